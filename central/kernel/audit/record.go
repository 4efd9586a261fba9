package audit

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// Record is what an act tells about itself. Who acts and from where comes from
// the context.
type Record struct {
	Action string            // "module.verb", such as "window.accept"
	Object string            // id of the thing acted on; never a person's number
	Reason string            // what the person gave as reason; "" where none is asked
	Detail map[string]string // further facts; personal keys are redacted before they are kept
	Result string            // actions.OK, Denied or Failed; as the action's own when ""
}

// Entry is a kept record (审计记录).
type Entry struct {
	Seq        int64             `json:"seq"` // 1, 2, 3… without gaps
	At         time.Time         `json:"at"`
	ActorKind  string            `json:"actor_kind"`
	ActorID    string            `json:"actor_id"`
	ActorName  string            `json:"actor_name"`
	Desk       string            `json:"desk"`
	Department string            `json:"department"`
	Source     string            `json:"source"`
	Request    string            `json:"request"`
	Action     string            `json:"action"`
	Object     string            `json:"object"`
	Reason     string            `json:"reason"`
	Detail     map[string]string `json:"detail,omitempty"`
	Result     string            `json:"result"` // ok, denied or failed; "" in records from before there was one
	Prev       string            `json:"prev"`   // hash of the record before; zeros for the first
	Hash       string            `json:"hash"`
}

// zero is the hash before the first record.
var zero = hex.EncodeToString(make([]byte, sm3.Size))

// sum is the SM3 hash over every field, each with its length in front, so
// that no text can move from one field into the next unnoticed.
func (e Entry) sum() string {
	h := sm3.New()
	put := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	if e.Result == "" {
		put("tongban-audit-1")
	} else {
		put("tongban-audit-2")
		put(e.Result)
	}
	put(e.Prev)
	put(fmt.Sprint(e.Seq))
	put(fmt.Sprint(e.At.UnixMilli()))
	for _, s := range []string{
		e.ActorKind, e.ActorID, e.ActorName, e.Desk, e.Department, e.Source, e.Request,
		e.Action, e.Object, e.Reason,
	} {
		put(s)
	}
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		put(k)
		put(e.Detail[k])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func detailText(detail map[string]string) (string, error) {
	if len(detail) == 0 {
		return "", nil
	}
	text, err := json.Marshal(detail)
	return string(text), err
}

func detailFrom(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	var detail map[string]string
	err := json.Unmarshal([]byte(text), &detail)
	return detail, err
}
