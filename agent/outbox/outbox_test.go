package outbox

import (
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/seal"
	"tongban/agent/store"
	"tongban/fleet/wire"
)

type bed struct {
	*Box
	db     *store.DB
	clock  *clock.Fake
	sealer *seal.Sealer
	dir    string
}

var day = time.Date(2026, 11, 26, 10, 0, 0, 0, clock.Shanghai)

func newBed(t testing.TB, dir string, o store.Options) *bed {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(dir, "agent.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	b := &bed{db: db, clock: clock.Fixed(day), sealer: newSealer(t), dir: filepath.Join(dir, "files")}
	l := Default()
	l.FreeBytes = 0
	if b.Box, err = Open(context.Background(), db, b.clock, b.dir, l); err != nil {
		t.Fatal(err)
	}
	return b
}

func newSealer(t testing.TB) *seal.Sealer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	centre, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &seal.Sealer{Terminal: "K-01", Epoch: 1, Key: key, Centre: centre.PublicKey()}
}

func (b *bed) order(t testing.TB) Case {
	t.Helper()
	id, err := seal.NewID(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return Case{ID: id, Number: 1, Day: day, Item: "高龄津贴", CheckCode: "7K4MQX", Seal: func(no string, seq int64) (wire.Envelope, error) {
		return b.sealer.Close(seal.Order{ID: id, Lane: wire.LaneCase, Kind: wire.KindSubmission, Seq: seq, At: day}, wire.Submission{CaseNo: no})
	}}
}

func (b *bed) put(t testing.TB) (id, no string) {
	t.Helper()
	c := b.order(t)
	no, err := b.PutCase(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return c.ID, no
}

func (b *bed) report(t testing.TB) {
	t.Helper()
	err := b.PutReport(context.Background(), func(seq int64) (wire.Envelope, error) {
		id, err := seal.NewID(time.Now())
		if err != nil {
			return wire.Envelope{}, err
		}
		return b.sealer.Close(seal.Order{ID: id, Lane: wire.LaneReport, Kind: wire.KindRating, Seq: seq, At: day}, wire.Rating{Level: 5})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func hold(int) time.Duration { return 10 * time.Second }

func (b *bed) claim(t testing.TB, lane wire.Lane, n int) []Row {
	t.Helper()
	rows, err := b.Claim(context.Background(), lane, n, hold)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (b *bed) settle(t testing.TB, id string, s wire.ReceiptStatus) []CaseState {
	t.Helper()
	moved, err := b.Settle(context.Background(), []Answer{{Receipt: wire.Receipt{ID: id, Status: s, Code: "x"}, After: time.Minute}})
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

// One case under way, the next only after the first is settled, whatever the centre says.
func TestCaseLaneIsStrict(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	first, no1 := b.put(t)
	second, _ := b.put(t)
	if no1 != "MY261126-001-0001-"+no1[len(no1)-1:] {
		t.Errorf("first number is %s", no1)
	}
	if rows := b.claim(t, wire.LaneCase, 10); len(rows) != 1 || rows[0].ID != first {
		t.Fatalf("claimed %v", rows)
	}
	if rows := b.claim(t, wire.LaneCase, 10); len(rows) != 0 {
		t.Fatalf("two under way: %v", rows)
	}
	b.settle(t, first, wire.Retry) // “later” does not let the second one overtake
	if rows := b.claim(t, wire.LaneCase, 10); len(rows) != 0 {
		t.Fatalf("overtaken: %v", rows)
	}
	b.clock.Advance(2 * time.Minute)
	rows := b.claim(t, wire.LaneCase, 10)
	if len(rows) != 1 || rows[0].ID != first || rows[0].Attempts != 2 {
		t.Fatalf("claimed %v", rows)
	}
	if moved := b.settle(t, first, wire.Accepted); len(moved) != 1 || moved[0].State != StateReceived {
		t.Errorf("moved %v", moved)
	}
	if moved := b.settle(t, first, wire.Duplicate); len(moved) != 0 {
		t.Errorf("a second receipt moved %v", moved)
	}
	if rows := b.claim(t, wire.LaneCase, 1); len(rows) != 1 || rows[0].ID != second {
		t.Fatalf("claimed %v", rows)
	}
}

// A receipt that never comes makes the row due again; a restart does so at once and keeps the count.
func TestResend(t *testing.T) {
	dir := t.TempDir()
	b := newBed(t, dir, store.Options{})
	id, _ := b.put(t)
	b.claim(t, wire.LaneCase, 1)
	b.clock.Advance(11 * time.Second)
	if rows := b.claim(t, wire.LaneCase, 1); len(rows) != 1 || rows[0].Attempts != 2 {
		t.Fatalf("claimed %v", rows)
	}
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	again := newBed(t, dir, store.Options{})
	if rows := again.claim(t, wire.LaneCase, 1); len(rows) != 1 || rows[0].ID != id || rows[0].Attempts != 3 {
		t.Fatalf("after a restart: %v", rows)
	}
	// A clock that jumps back a year does not keep the row waiting for a year.
	again.clock.Advance(-365 * 24 * time.Hour)
	if rows := again.claim(t, wire.LaneCase, 1); len(rows) != 1 {
		t.Fatal("the row sleeps until next year")
	}
}

func TestRefusedIsParkedAndSeen(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	id, no := b.put(t)
	b.put(t)
	b.claim(t, wire.LaneCase, 1)
	b.settle(t, id, wire.Refused)
	if rows := b.claim(t, wire.LaneCase, 1); len(rows) != 1 || rows[0].ID == id {
		t.Fatalf("claimed %v", rows)
	}
	entries, err := Dump(t.Context(), b.db)
	if err != nil || len(entries) != 2 || entries[0].State != Parked || entries[0].CaseNo != no || entries[0].Code != "x" {
		t.Errorf("dump: %+v, %v", entries, err)
	}
	if s, ok, err := b.Get(t.Context(), no); err != nil || !ok || s.State != StateStored {
		t.Errorf("state %v, %v, %v", s, ok, err)
	}
}

func TestReportsArePipelinedAndCapped(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	b.limits.ReportRows = 5
	for range 5 {
		b.report(t)
	}
	if rows := b.claim(t, wire.LaneReport, 3); len(rows) != 3 {
		t.Fatalf("claimed %d", len(rows))
	}
	if rows := b.claim(t, wire.LaneReport, 3); len(rows) != 2 {
		t.Fatalf("claimed %d", len(rows))
	}
	err := b.PutReport(t.Context(), func(int64) (wire.Envelope, error) { return wire.Envelope{}, nil })
	if !errors.Is(err, ErrFull) {
		t.Errorf("PutReport = %v", err)
	}
}

// The same envelope id is the same case, also when the first answer was lost.
func TestSameIDIsOneCase(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	c := b.order(t)
	first, err := b.PutCase(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.PutCase(t.Context(), c)
	if err != nil || second != first {
		t.Errorf("second = %s, %v, want %s", second, err, first)
	}
	if n, err := b.Waiting(t.Context()); err != nil || n[wire.LaneCase] != 1 {
		t.Errorf("waiting %v, %v", n, err)
	}
}

// A full disk refuses the new case and keeps the old ones; space that comes back is enough.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	b := newBed(t, dir, store.Options{MaxPages: 60})
	b.limits.Room = 64 << 10
	if err := b.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	var kept []string
	var err error
	for range 1000 {
		c := b.order(t)
		var no string
		if no, err = b.PutCase(t.Context(), c); err != nil {
			break
		}
		kept = append(kept, no)
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("PutCase = %v after %d", err, len(kept))
	}
	if err := b.Ready(t.Context()); !errors.Is(err, ErrFull) {
		t.Errorf("Ready = %v", err)
	}
	entries, err := Dump(t.Context(), b.db)
	if err != nil || len(entries) != len(kept) {
		t.Fatalf("%d rows of %d, %v", len(entries), len(kept), err)
	}
	if n, faults := Verify(t.Context(), b.db, b.dir); n != len(kept) || len(faults) > 0 {
		t.Errorf("verify: %d, %v", n, faults)
	}
	// The last number was not used up by the case that was refused.
	if err := b.db.Close(); err != nil {
		t.Fatal(err)
	}
	wide := newBed(t, dir, store.Options{})
	_, no := wide.put(t)
	want, err := wire.CaseNo(day, 1, len(kept)+1)
	if err != nil || no != want {
		t.Errorf("next number %s, want %s, %v", no, want, err)
	}
}

func TestReadySeesTheDisk(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	b.limits.FreeBytes = 100 << 20
	b.free = func(string) (int64, error) { return 99 << 20, nil }
	if err := b.Ready(t.Context()); !errors.Is(err, ErrFull) {
		t.Errorf("Ready = %v", err)
	}
	b.free = func(string) (int64, error) { return 101 << 20, nil }
	if err := b.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFilesGoOnlyWithTheReceipt(t *testing.T) {
	dir := t.TempDir()
	b := newBed(t, dir, store.Options{})
	meta, text, err := seal.File([]byte("页面"), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(dir, "page")
	if err := WriteFile(page, text); err != nil {
		t.Fatal(err)
	}
	f := File{Digest: meta.Digest, Size: meta.Size}
	if err := b.Adopt(page, f); err != nil {
		t.Fatal(err)
	}
	c := b.order(t)
	c.Files = []File{f}
	if _, err := b.PutCase(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.Path("sha256:orphan"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := b.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []wire.ReceiptStatus{wire.Retry, wire.Refused} {
		b.settle(t, c.ID, s)
		if n, faults := Verify(t.Context(), b.db, b.dir); n != 1 || len(faults) > 0 {
			t.Fatalf("after %s: %d rows, %v", s, n, faults)
		}
	}
	b.settle(t, c.ID, wire.Accepted)
	if left, err := os.ReadDir(b.dir); err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestNoticesNeverMoveBack(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	id, no := b.put(t)
	for _, c := range []struct{ news, want string }{
		{"accepted", "accepted"}, {"received", "accepted"}, {"notice", "notice"}, {"accepted", "accepted"}, {"granted", "granted"}, {"accepted", "granted"},
	} {
		if _, err := b.Notice(t.Context(), wire.CaseNotice{CaseNo: no, State: c.news}); err != nil {
			t.Fatal(err)
		}
		if s, _, _ := b.Get(t.Context(), no); s.State != c.want {
			t.Errorf("after %s: %s, want %s", c.news, s.State, c.want)
		}
	}
	b.settle(t, id, wire.Accepted)
	if s, _, _ := b.Get(t.Context(), no); s.State != "granted" {
		t.Errorf("a late receipt moved it to %s", s.State)
	}
	if _, ok, err := b.Find(t.Context(), no, "WRONG1"); ok || err != nil {
		t.Errorf("wrong check code: %v, %v", ok, err)
	}
	if _, ok, err := b.Find(t.Context(), no, "7K4MQX"); !ok || err != nil {
		t.Errorf("right check code: %v, %v", ok, err)
	}
}

func TestVerifyFindsDamage(t *testing.T) {
	b := newBed(t, t.TempDir(), store.Options{})
	c := b.order(t)
	c.Files = []File{{Digest: "sha256:" + fmt.Sprintf("%064d", 1), Size: 3}}
	if _, err := b.PutCase(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, faults := Verify(t.Context(), b.db, b.dir); len(faults) != 1 {
		t.Errorf("faults: %v", faults)
	}
}
