package tap

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/tape"
)

// wire answers each write with what is put into it.
type wire struct {
	answer []byte
	err    error
}

func (w *wire) Read(p []byte, _ time.Duration) (int, error) {
	n := copy(p, w.answer)
	w.answer = w.answer[n:]
	return n, w.err
}
func (w *wire) Write(p []byte) (int, error) { return len(p), w.err }
func (w *wire) Discard() error              { return nil }
func (w *wire) Close() error                { return nil }
func (w *wire) String() string              { return "wire" }

// stars blanks every answer.
type stars struct{}

func (stars) ToDevice(p []byte) []byte   { return p }
func (stars) FromDevice(p []byte) []byte { return bytes.Repeat([]byte{'*'}, len(p)) }
func (stars) Rest() []byte               { return nil }

type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

func listen(h *hand, o Options) (*wire, drivers.Port, *Line, *Ear) {
	w, l := &wire{}, &Line{}
	o.Now = h.Now
	return w, l.Wrap(w), l, l.Listen(o)
}

func say(t *testing.T, w *wire, p drivers.Port, question, answer string) {
	t.Helper()
	if _, err := p.Write([]byte(question)); err != nil {
		t.Fatal(err)
	}
	w.answer = []byte(answer)
	got := make([]byte, 64)
	n, err := p.Read(got, 0)
	if err != nil || string(got[:n]) != answer {
		t.Fatalf("the driver reads %q, %v: listening changes what passes", got[:n], err)
	}
}

// Both directions are heard with their time and name, the answer without what is personal, and the driver sees every byte as it is.
func TestALineIsHeard(t *testing.T) {
	h := &hand{time.Unix(1000, 0)}
	names := func(to bool, b []byte) string {
		if to && string(b) == "who?" {
			return "问是谁"
		}
		return ""
	}
	rung := 0
	w, p, _, e := listen(h, Options{Redact: func() drivers.Redactor { return stars{} }, Decode: names, Changed: func() { rung++ }})
	say(t, w, p, "who?", "Zhou")
	h.now = h.now.Add(2 * time.Second)
	say(t, w, p, "who?", "Chen")
	got := e.Pieces()
	if len(got) != 4 || got[0].Name != "问是谁" || !got[0].ToDevice || string(got[1].Bytes) != "****" || got[1].ToDevice || got[2].At != 2*time.Second || rung != 4 {
		t.Errorf("heard: %+v, rung %d times", got, rung)
	}
	var text strings.Builder
	if _, err := e.Tape(map[string]string{"driver": "x"}).WriteTo(&text); err != nil {
		t.Fatal(err)
	}
	back, err := tape.Parse(strings.NewReader(text.String()))
	if err != nil || len(back.Pieces) != 4 || strings.Contains(text.String(), "Zhou") || strings.Contains(text.String(), "5A 68") {
		t.Errorf("tape: %v\n%s", err, text.String())
	}
}

// A line of which nobody has said what is personal shows how much passed and what it is called, and no byte of it.
func TestAHiddenLineShowsNoByte(t *testing.T) {
	h := &hand{time.Unix(1000, 0)}
	w, p, _, e := listen(h, Options{Decode: func(bool, []byte) string { return "打印" }})
	say(t, w, p, "样例", "ok")
	for _, piece := range e.Pieces() {
		if piece.Bytes != nil || piece.raw != nil || piece.Size == 0 || piece.Name != "打印" {
			t.Errorf("%+v", piece)
		}
	}
	for _, piece := range e.Tape(nil).Pieces {
		if bytes.Trim(piece.Bytes, "\x00") != nil {
			t.Errorf("on the tape: %v", piece.Bytes)
		}
	}
	e.Stop()
	for _, piece := range e.pieces {
		if piece.raw != nil {
			t.Error("bytes stay in memory after the end")
		}
	}
}

// It ends by itself after a minute, after too much, or when it is stopped; then nothing more is heard and the line is free.
func TestListeningEnds(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(h *hand, w *wire, p drivers.Port, e *Ear)
		want string
	}{
		"stopped": {func(_ *hand, _ *wire, _ drivers.Port, e *Ear) { e.Stop() }, EndStopped},
		"silent":  {func(h *hand, _ *wire, _ drivers.Port, _ *Ear) { h.now = h.now.Add(Longest) }, EndTime},
		"long": {func(h *hand, _ *wire, p drivers.Port, _ *Ear) {
			h.now = h.now.Add(Longest)
			_, _ = p.Write([]byte("x"))
		}, EndTime},
		"too much":   {func(_ *hand, _ *wire, p drivers.Port, _ *Ear) { _, _ = p.Write(make([]byte, MaxBytes+1)) }, EndSize},
		"many bits":  {func(h *hand, _ *wire, p drivers.Port, _ *Ear) { many(h, p) }, EndSize},
		"still open": {func(*hand, *wire, drivers.Port, *Ear) {}, ""},
	} {
		h := &hand{time.Unix(1000, 0)}
		w, p, l, e := listen(h, Options{Redact: func() drivers.Redactor { return stars{} }})
		c.do(h, w, p, e)
		if got := e.Over(); got != c.want {
			t.Errorf("%s: over %q, want %q", name, got, c.want)
		}
		if was := len(e.Pieces()); c.want != "" {
			_, _ = p.Write([]byte("later"))
			if len(e.Pieces()) != was || l.ear.Load() != nil || was > MaxPieces {
				t.Errorf("%s: still heard, %d pieces", name, len(e.Pieces()))
			}
		}
	}
}

func many(h *hand, p drivers.Port) {
	for range MaxPieces + 1 {
		h.now = h.now.Add(together + time.Millisecond)
		_, _ = p.Write([]byte("x"))
	}
}

// A line that fails is told once, however often the driver tries.
func TestALostLineIsHeardOnce(t *testing.T) {
	h := &hand{time.Unix(1000, 0)}
	w, p, _, e := listen(h, Options{Redact: func() drivers.Redactor { return stars{} }})
	w.err = &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged}
	for range 3 {
		if _, err := p.Read(make([]byte, 4), 0); err == nil || !errors.Is(err, w.err) {
			t.Fatalf("read: %v", err)
		}
	}
	if got := e.Pieces(); len(got) != 1 || got[0].Lost != string(drivers.CodeNoDevice) {
		t.Errorf("heard: %+v", got)
	}
}
