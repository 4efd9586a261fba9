package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// KindRemote is the body of an envelope on the report lane: RemoteReport.
const KindRemote Kind = "remote"

// TopicOrder carries RemoteOrder to the terminal.
func TopicOrder(terminal string) string { return "d/" + terminal + "/down/order" }

// RemoteTask is what a terminal is asked to do from afar (远程检查项目). None of them needs a person.
type RemoteTask string

// Tasks.
const (
	RemoteLook     RemoteTask = "look"     // the device tree as supervision keeps it, and the computer
	RemoteInternal RemoteTask = "internal" // each device is asked and nothing moves
	RemoteExternal RemoteTask = "external" // each device that can do so works once: a strip, a picture, a sound
)

var remoteTasks = []RemoteTask{RemoteLook, RemoteInternal, RemoteExternal}

// RemoteLife is how long an order may be on its way: a terminal that comes back an hour later must not print a strip then.
const RemoteLife = 30 * time.Second

// Errors of an order.
var (
	ErrOrder     = errors.New("order is not from the centre")
	ErrOrderLate = errors.New("order is too old")
)

// RemoteOrder asks a terminal for a remote diagnosis (远程诊断指令). Proof is made with the service key, so that neither whoever can
// write to the broker nor an order of another terminal or an earlier enrolment moves anything.
type RemoteOrder struct {
	ID       string     `json:"id"`
	Terminal string     `json:"terminal"`
	Task     RemoteTask `json:"task"`
	At       time.Time  `json:"at"`
	Proof    []byte     `json:"proof"`
}

// proven are the bytes under the proof: every field with its length before it.
func (o RemoteOrder) proven() []byte {
	var b bytes.Buffer
	for _, s := range []string{o.ID, o.Terminal, string(o.Task)} {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(s))) // #nosec G115 -- short texts
		b.WriteString(s)
	}
	_ = binary.Write(&b, binary.BigEndian, o.At.UnixMilli())
	return b.Bytes()
}

func orderProof(key, said []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("order\x00"))
	h.Write(said)
	return h.Sum(nil)
}

// Prove fills in Proof.
func (o *RemoteOrder) Prove(key []byte) {
	o.At = o.At.UTC().Truncate(time.Millisecond)
	o.Proof = orderProof(key, o.proven())
}

// ReadOrder checks an order that came to terminal at the moment now. With ErrOrderLate comes the order, so that it can be answered.
func ReadOrder(key []byte, terminal string, raw []byte, now time.Time) (RemoteOrder, error) {
	var o RemoteOrder
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return RemoteOrder{}, fmt.Errorf("decode order: %w", err)
	}
	switch {
	case !hmac.Equal(o.Proof, orderProof(key, o.proven())) || o.Terminal != terminal:
		return RemoteOrder{}, ErrOrder
	case !envelopeID.MatchString(o.ID) || !slices.Contains(remoteTasks, o.Task):
		return RemoteOrder{}, fmt.Errorf("%w: id %q, task %q", ErrOrder, o.ID, o.Task)
	case now.After(o.At.Add(RemoteLife+ServiceSkew)) || now.Before(o.At.Add(-ServiceSkew)):
		return o, ErrOrderLate
	}
	return o, nil
}

// RemoteState is how a remote diagnosis stands (远程诊断进度).
type RemoteState string

// States. The centre alone knows asked; all after running are ends.
const (
	RemoteAsked   RemoteState = "asked"
	RemoteRunning RemoteState = "running"
	RemoteDone    RemoteState = "done"
	RemoteBusy    RemoteState = "busy"    // nothing was done: Why says who has the terminal
	RemoteBroken  RemoteState = "stopped" // somebody came meanwhile: what is there was done before
	RemoteLate    RemoteState = "late"    // the order came too late, or the terminal's clock is wrong
)

// Over reports whether nothing more will come.
func (s RemoteState) Over() bool { return s != RemoteAsked && s != RemoteRunning }

// Why a terminal did not do what it was asked.
const (
	EngagedCitizen    = "citizen"    // 市民正在办事
	EngagedTechnician = "technician" // 有人在现场维护
	EngagedRemote     = "remote"     // another order is under way
)

// RemoteReport is what a terminal found so far (远程诊断结果): each part says all, and a later part replaces the earlier ones.
type RemoteReport struct {
	Order   string          `json:"order"`
	Part    int             `json:"part"` // from 1
	State   RemoteState     `json:"state"`
	Why     string          `json:"why,omitempty"`
	Now     string          `json:"now,omitempty"` // kind of the device under test
	At      time.Time       `json:"at"`
	Version string          `json:"version"`
	Model   string          `json:"model"`
	Devices []DeviceFinding `json:"devices,omitempty"`
	Machine []MachineCheck  `json:"machine,omitempty"`
	Network []NetworkCard   `json:"network,omitempty"`
}

// NetworkCard is one wired card of the computer (网卡). No address of it is told: it would name a place in the office's network.
type NetworkCard struct {
	Name  string `json:"name"`            // eth0
	Up    bool   `json:"up"`              // the cable is in and the other side answers
	Speed int    `json:"speed,omitempty"` // Mbit/s, 0 where the card does not say
	Route bool   `json:"route,omitempty"` // the way out goes through it now
}
