package escpos

import (
	"bytes"
	"testing"
	"time"

	"tongban/drivers"
)

func openFake(t *testing.T, p *paper, quirks ...string) *Printer {
	t.Helper()
	pr, err := Open(t.Context(), p, drivers.Params{"quirks": append(quirks, quirkNoName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pr.Close() })
	return pr
}

var small = drivers.Slip{Key: "k", Image: gray(384, 160, func(x, y int) bool { return x > 40 && x < 300 && (x+y)%3 == 0 })}

func TestHowTheEndIsKnown(t *testing.T) {
	cases := []struct {
		name   string
		p      *paper
		quirks []string
		by     string
		reason drivers.Reason
	}{
		{name: "echo", p: &paper{}, by: byEcho},
		{name: "echo without counter", p: &paper{noCount: true}, quirks: []string{quirkNoCounter}, by: byEcho},
		{name: "counter", p: &paper{noEcho: true}, by: byCounter},
		{name: "counter, echo known to be missing", p: &paper{noEcho: true}, quirks: []string{quirkNoEcho}, by: byCounter},
		{name: "status", p: &paper{noEcho: true, noCount: true}, quirks: []string{quirkNoEcho, quirkNoCounter}, by: byStatus},
		{name: "status of a printer with nothing else", p: &paper{deaf: true}, quirks: []string{quirkNoEcho, quirkNoCounter, quirkNoPaperQuery, quirkNoASB, quirkNoClear}, by: byStatus},
		{name: "counter did not move", p: &paper{noEcho: true, stuck: true}, reason: drivers.ReasonNotPrinted},
		{name: "rows never confirmed", p: &paper{noEcho: true, noCount: true}, quirks: []string{quirkNoPaperQuery}, reason: drivers.ReasonNotPrinted},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := openFake(t, c.p, c.quirks...)
			res, err := p.Print(t.Context(), small)
			if c.reason != "" {
				if f := drivers.Fault(err); f == nil || f.Reason != c.reason {
					t.Fatalf("%+v %v, want %s", res, err, c.reason)
				}
				return
			}
			if err != nil || res.By != c.by || res.Confirmed != (c.by != byStatus) {
				t.Fatalf("%+v %v, want by %s", res, err, c.by)
			}
		})
	}
}

// The cut must not be on the line before the rows are confirmed.
func TestNoCutBeforeTheRows(t *testing.T) {
	f := &paper{noEcho: true, noCount: true}
	p := openFake(t, f, quirkNoPaperQuery)
	_, _ = p.Print(t.Context(), small)
	f.mu.Lock()
	defer f.mu.Unlock()
	end := bytes.Index(f.got, []byte{dle, 0x14})
	if end < 0 {
		t.Fatal("buffer was not cleared")
	}
	if bytes.Contains(f.got[:end], []byte{gs, 'V', 66}) {
		t.Error("cut although nothing was confirmed")
	}
}

func TestXOFFHoldsTheJob(t *testing.T) {
	f := &paper{xoffAt: 1000}
	p := openFake(t, f)
	start := time.Now()
	if _, err := p.Print(t.Context(), drivers.Slip{Image: gray(384, 400, func(x, y int) bool { return (x+y)%2 == 0 })}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 250*time.Millisecond {
		t.Errorf("went on after %v", took)
	}
}

// A port that heals itself: the driver greets the printer again and goes on.
func TestLineComesBack(t *testing.T) {
	f := &paper{}
	p := openFake(t, f)
	f.pull(true)
	time.Sleep(100 * time.Millisecond)
	if s, err := p.Status(t.Context()); s.State != drivers.StateNoDevice || drivers.Fault(err).Reason != drivers.ReasonUnplugged {
		t.Fatalf("%+v %v", s, err)
	}
	if _, err := p.Print(t.Context(), small); drivers.Fault(err).Reason != drivers.ReasonUnplugged {
		t.Fatalf("print: %v", err)
	}
	f.pull(false)
	time.Sleep(2 * lostEvery)
	f.mu.Lock()
	f.got = nil
	f.mu.Unlock()
	if s, err := p.Status(t.Context()); err != nil || !s.Ready() {
		t.Fatalf("%+v %v", s, err)
	}
	f.mu.Lock()
	again := bytes.Contains(f.got, []byte{gs, 'a', 0xFF})
	f.mu.Unlock()
	if !again {
		t.Error("automatic status was not asked for again")
	}
	if _, err := p.Print(t.Context(), small); err != nil {
		t.Fatal(err)
	}
}

func TestSilentPortDoesNotOpen(t *testing.T) {
	start := time.Now()
	_, err := Open(t.Context(), mute{}, nil)
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonSilent {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

type mute struct{}

func (mute) Read(_ []byte, d time.Duration) (int, error) { time.Sleep(d); return 0, nil }
func (mute) Write(b []byte) (int, error)                 { return len(b), nil }
func (mute) Discard() error                              { return nil }
func (mute) Close() error                                { return nil }
func (mute) String() string                              { return "mute" }
