package gateway

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/kerneltest"
	"tongban/fleet"
	"tongban/fleet/internal/store"
	"tongban/fleet/migrations"
	"tongban/fleet/wire"
)

// kit is a gate on a real database with one enrolled terminal, K-01 in epoch 2, and a broker made of slices.
type kit struct {
	*kerneltest.Kit
	g      *Gateway
	signer *ecdsa.PrivateKey
	centre *ecdh.PrivateKey
	seq    int64
	out    post
	taken  []string // bodies that the acceptor took, in order of commit
}

func newKit(t testing.TB, k *kerneltest.Kit) *kit {
	t.Helper()
	k.Migrate(t, db.Migrations{Name: "fleet", FS: migrations.FS})
	c := &kit{Kit: k}
	var err error
	if c.signer, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	if c.centre, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	c.enrol(t, "K-01", 1, 2)
	c.g = New(Config{DB: k.DB, Clock: k.Clock, Log: k.Log, Metrics: k.Metrics, Centre: c.centre, Acceptors: map[wire.Kind]fleet.Acceptor{
		wire.KindSubmission: fleet.AcceptorFunc(c.accept), wire.KindRating: fleet.AcceptorFunc(c.accept),
	}})
	return c
}

// enrol makes code a terminal with the kit's own key.
func (c *kit) enrol(t testing.TB, code string, number, epoch int) {
	t.Helper()
	public, err := x509.MarshalPKIXPublicKey(&c.signer.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	err = c.DB.Do(t.Context(), func(tx db.Tx) error {
		if err := store.Plan(t.Context(), tx, fleet.Terminal{Code: code, Number: number, Model: "kiosk-21", Place: "涪城区政务服务中心", Label: "3号机"}); err != nil {
			return err
		}
		return store.Enrol(t.Context(), tx, store.Row{Terminal: fleet.Terminal{Code: code, Epoch: epoch, CertSerial: "01"}, Public: public})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// accept keeps nothing but its body; what the body says happens: {"fail":"retry"} and so on.
func (c *kit) accept(_ context.Context, tx db.Tx, env wire.Envelope, from fleet.Terminal, body []byte) (string, error) {
	var b struct {
		Fail   string `json:"fail"`
		CaseNo string `json:"case_no"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return "", err
	}
	if err := failures[b.Fail]; err != nil {
		return "", err
	}
	if b.Fail == "panic" {
		panic("planted")
	}
	tx.OnCommit(func() { c.taken = append(c.taken, string(body)) })
	return b.CaseNo, nil
}

// envelope seals body; change it before raw to break it.
func (c *kit) envelope(t testing.TB, lane wire.Lane, body string) *wire.Envelope {
	t.Helper()
	c.seq++
	kind := wire.KindSubmission
	if lane == wire.LaneReport {
		kind = wire.KindRating
	}
	e := &wire.Envelope{V: wire.Version, ID: ids.New(), Terminal: "K-01", Epoch: 2, Lane: lane, Kind: kind, Seq: c.seq, MadeAt: c.Clock.Now()}
	var err error
	if e.Box, err = wire.Close(c.centre.PublicKey(), e.ID, []byte(body)); err != nil {
		t.Fatal(err)
	}
	return c.sign(t, e)
}

func (c *kit) sign(t testing.TB, e *wire.Envelope) *wire.Envelope {
	t.Helper()
	if err := e.Sign(c.signer); err != nil {
		t.Fatal(err)
	}
	return e
}

// take lets the gate take one batch and returns its receipts in order.
func (c *kit) take(t *testing.T, batch ...Message) []wire.Receipt {
	t.Helper()
	c.out.sent = nil
	if err := c.g.Take(t.Context(), batch, &c.out); err != nil {
		t.Fatalf("Take: %v", err)
	}
	for i, m := range batch {
		if n := m.(*message).acks; n != 1 {
			t.Errorf("message %d was acknowledged %d times", i, n)
		}
	}
	return c.out.receipts(t)
}

// brief is a receipt without what differs each time.
func brief(r wire.Receipt) string { return fmt.Sprint(r.Status, " ", r.Code) }

// message is one uplink message.
type message struct {
	subject string
	data    []byte
	acks    int
	alive   int
}

func (m *message) Subject() string   { return m.subject }
func (m *message) Data() []byte      { return m.data }
func (m *message) Ack() error        { m.acks++; return nil }
func (m *message) InProgress() error { m.alive++; return nil }

func mail(t testing.TB, e *wire.Envelope) *message {
	t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return &message{subject: "d." + e.Terminal + ".up." + string(e.Lane), data: raw}
}

// post keeps what is sent to terminals.
type post struct {
	mu     sync.Mutex
	sent   []sent
	broken error
}

type sent struct {
	topic string
	body  []byte
}

func (p *post) Start(topic string, body []byte) (jetstream.PubAckFuture, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return nil, p.broken
	}
	p.sent = append(p.sent, sent{topic, body})
	return stored{}, nil
}

func (p *post) receipts(t *testing.T) []wire.Receipt {
	t.Helper()
	var out []wire.Receipt
	for _, s := range p.sent {
		if s.topic != wire.TopicReceipt("K-01") {
			t.Errorf("receipt on %s", s.topic)
		}
		var r wire.Receipt
		if err := json.Unmarshal(s.body, &r); err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// stored is the future of a message that is stored already.
type stored struct{}

func (stored) Ok() <-chan *jetstream.PubAck {
	c := make(chan *jetstream.PubAck, 1)
	c <- &jetstream.PubAck{}
	return c
}
func (stored) Err() <-chan error { return nil }
func (stored) Msg() *nats.Msg    { return nil }
