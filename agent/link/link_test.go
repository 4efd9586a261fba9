package link

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/outbox"
	"tongban/agent/seal"
	"tongban/agent/store"
	"tongban/fleet/wire"
)

// gate is a broker and a centre in one: it takes envelopes and answers as it is told.
type gate struct {
	mu     sync.Mutex
	down   bool
	conns  []*conn
	seen   []string                                  // ids as they came
	once   map[string]bool                           // ids taken over
	answer func(n int, id string) wire.ReceiptStatus // "" = silence; n counts arrivals of id
	status []wire.Status
}

type conn struct {
	g    *gate
	in   chan<- Message
	lost chan struct{}
	once sync.Once
}

func (g *gate) dial(_ context.Context, _ []byte, in chan<- Message) (Conn, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return nil, errors.New("no network")
	}
	c := &conn{g: g, in: in, lost: make(chan struct{})}
	g.conns = append(g.conns, c)
	return c, nil
}

func (c *conn) Lost() <-chan struct{} { return c.lost }
func (c *conn) Close()                { c.once.Do(func() { close(c.lost) }) }

func (c *conn) Publish(topic string, _ bool, payload []byte) <-chan error {
	done := make(chan error, 1)
	done <- nil
	c.g.mu.Lock()
	defer c.g.mu.Unlock()
	if topic == wire.TopicStatus("K-01") {
		var s wire.Status
		_ = json.Unmarshal(payload, &s)
		c.g.status = append(c.g.status, s)
		return done
	}
	e, err := wire.ParseEnvelope(payload)
	if err != nil {
		done <- err
		return done
	}
	n := 1
	for _, id := range c.g.seen {
		if id == e.ID {
			n++
		}
	}
	c.g.seen = append(c.g.seen, e.ID)
	st := wire.Accepted
	if c.g.answer != nil {
		st = c.g.answer(n, e.ID)
	}
	if st == wire.Accepted && c.g.once[e.ID] {
		st = wire.Duplicate
	}
	if st == wire.Accepted {
		c.g.once[e.ID] = true
	}
	if st != "" {
		c.down(wire.TopicReceipt("K-01"), wire.Receipt{ID: e.ID, Status: st, Code: "test", At: time.Now()})
	}
	return done
}

func (c *conn) down(topic string, v any) {
	text, _ := json.Marshal(v)
	select {
	case c.in <- Message{topic, text}:
	case <-c.lost:
	}
}

func (g *gate) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.conns {
		c.Close()
	}
}

func (g *gate) arrivals() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.seen)
}

type files struct {
	mu   sync.Mutex
	fail int
	sent []string
}

func (f *files) Send(_ context.Context, file outbox.File, _ string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail > 0 {
		f.fail--
		return errors.New("line broke")
	}
	f.sent = append(f.sent, file.Digest)
	return nil
}

type bed struct {
	*Link
	box    *outbox.Box
	db     *store.DB
	gate   *gate
	files  *files
	sealer *seal.Sealer
	mu     sync.Mutex
	moved  []outbox.CaseState
	final  []wire.Receipt
}

func newBed(t *testing.T) *bed {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	box, err := outbox.Open(t.Context(), db, clock.System(), filepath.Join(t.TempDir(), "files"), outbox.Default())
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	centre, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := &bed{box: box, db: db, gate: &gate{once: map[string]bool{}}, files: &files{}, sealer: &seal.Sealer{Terminal: "K-01", Epoch: 1, Key: key, Centre: centre.PublicKey()}}
	b.Link = New(Options{
		Terminal: "K-01", Dial: b.gate.dial, Files: b.files, Box: box, Clock: clock.System(), Log: slog.New(slog.DiscardHandler),
		ReceiptTimeout: 100 * time.Millisecond, BackoffMin: 5 * time.Millisecond, BackoffMax: 20 * time.Millisecond,
		Changed:  func() {},
		Moved:    func(m []outbox.CaseState) { b.mu.Lock(); b.moved = append(b.moved, m...); b.mu.Unlock() },
		Answered: func(r wire.Receipt) { b.mu.Lock(); b.final = append(b.final, r); b.mu.Unlock() },
	})
	return b
}

func (b *bed) start(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { b.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
}

func (b *bed) put(t *testing.T, files ...outbox.File) string {
	t.Helper()
	id, err := seal.NewID(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.box.PutCase(t.Context(), outbox.Case{ID: id, Number: 1, Day: time.Now(), Files: files, Seal: func(no string, seq int64) (wire.Envelope, error) {
		return b.sealer.Close(seal.Order{ID: id, Lane: wire.LaneCase, Kind: wire.KindSubmission, Seq: seq, At: time.Now()}, wire.Submission{CaseNo: no})
	}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (b *bed) left(t *testing.T) []outbox.Entry {
	t.Helper()
	e, err := outbox.Dump(t.Context(), b.db)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%s: not within 5 s", what)
}

// Cases arrive once each and in order, although the network comes late, breaks in the middle, receipts get lost and the
// centre says “later” now and then.
func TestEverythingArrivesOnceInOrder(t *testing.T) {
	b := newBed(t)
	b.gate.down = true
	b.gate.answer = func(n int, id string) wire.ReceiptStatus {
		switch {
		case n == 1 && id[len(id)-1]%4 == 0:
			return "" // taken over, the receipt is lost
		case n == 1 && id[len(id)-1]%4 == 1:
			return wire.Retry
		}
		return wire.Accepted
	}
	b.start(t)
	var ids []string
	for range 20 {
		ids = append(ids, b.put(t))
	}
	if on, _ := b.Online(); on {
		t.Fatal("online without a network")
	}
	b.gate.mu.Lock()
	b.gate.down = false
	b.gate.mu.Unlock()
	until(t, "half", func() bool { return len(b.left(t)) < 10 })
	b.gate.cut()
	until(t, "all", func() bool { return len(b.left(t)) == 0 })
	var order []string
	for _, id := range b.gate.arrivals() {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	if !slices.Equal(order, ids) {
		t.Errorf("first arrivals are out of order:\n%v\n%v", order, ids)
	}
	until(t, "20 moves", func() bool { b.mu.Lock(); defer b.mu.Unlock(); return len(b.moved) == 20 })
	until(t, "online", func() bool { on, _ := b.Online(); return on })
}

func TestRefusedIsParkedAndTheNextGoesOn(t *testing.T) {
	b := newBed(t)
	bad := b.put(t)
	b.gate.answer = func(_ int, id string) wire.ReceiptStatus {
		if id == bad {
			return wire.Refused
		}
		return wire.Accepted
	}
	b.put(t)
	b.start(t)
	until(t, "second", func() bool { return len(b.left(t)) == 1 })
	if e := b.left(t)[0]; e.ID != bad || e.State != outbox.Parked || e.Code != "test" {
		t.Errorf("left: %+v", e)
	}
}

func TestFilesGoFirst(t *testing.T) {
	b := newBed(t)
	b.files.fail = 2
	f := outbox.File{Digest: "sha256:" + fmt.Sprintf("%064d", 7), Size: 1}
	b.put(t, f)
	b.start(t)
	until(t, "arrival", func() bool { return len(b.gate.arrivals()) == 1 })
	if len(b.files.sent) != 1 || b.files.sent[0] != f.Digest {
		t.Errorf("sent: %v", b.files.sent)
	}
}

func TestNoticeMovesTheCase(t *testing.T) {
	b := newBed(t)
	id := b.put(t)
	b.start(t)
	no := ""
	until(t, "receipt", func() bool { // the row goes first, then the screen is told
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, m := range b.moved {
			no = m.CaseNo
		}
		return no != "" && len(b.final) > 0
	})
	b.gate.mu.Lock()
	b.gate.conns[0].down(wire.TopicNotice("K-01"), wire.CaseNotice{CaseNo: no, State: "accepted", Due: "2026-12-03"})
	b.gate.mu.Unlock()
	until(t, "notice", func() bool {
		s, _, _ := b.box.Get(t.Context(), no)
		return s.State == "accepted" && s.Due == "2026-12-03"
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.final[0].ID != id {
		t.Errorf("answered: %v", b.final)
	}
}

// The status says online when it is, and offline in good order at the end.
func TestStatus(t *testing.T) {
	b := newBed(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { b.Run(ctx); close(done) }()
	until(t, "online", func() bool { on, _ := b.Online(); return on })
	cancel()
	<-done
	b.gate.mu.Lock()
	defer b.gate.mu.Unlock()
	if n := len(b.gate.status); n < 2 || !b.gate.status[0].Online || b.gate.status[n-1].Online {
		t.Errorf("statuses: %+v", b.gate.status)
	}
}

func TestBackoffIsJitteredAndBounded(t *testing.T) {
	l := New(Options{Clock: clock.System()})
	seen := map[time.Duration]bool{}
	for n := 1; n < 80; n++ {
		d := l.backoff(n)
		if d < l.o.BackoffMin/2 || d > l.o.BackoffMax {
			t.Errorf("backoff(%d) = %s", n, d)
		}
		seen[d] = true
	}
	if len(seen) < 40 {
		t.Errorf("only %d different pauses", len(seen))
	}
	for lane, limit := range map[wire.Lane]time.Duration{wire.LaneCase: 20 * time.Second, wire.LaneReport: 5 * time.Minute} {
		if h := l.hold(lane, 1<<30); h > limit || h <= 0 {
			t.Errorf("hold of lane %s = %s, want at most %s", lane, h, limit)
		}
	}
}
