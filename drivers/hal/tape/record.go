package tape

import (
	"strings"
	"sync"
	"time"

	"tongban/drivers"
)

// Recorder is a port that notes what passes. Personal data never reaches the tape: the driver's redactor replaces it
// before it is noted, and what the redactor does not understand it blanks.
type Recorder struct {
	drivers.Port
	mu     sync.Mutex
	redact drivers.Redactor // nil: nothing on this line is personal
	tape   *Tape
	gone   bool
	ended  bool // closed by its owner: what the line says now is no fault
}

// Recording is a port that keeps a tape of what passes.
type Recording interface {
	drivers.Port
	Tape() *Tape
}

// Record wraps a port. A port that is only the address of a web service becomes a loopback server that passes requests on.
func Record(port drivers.Port, redact drivers.Redactor, head map[string]string) (Recording, error) {
	if head == nil {
		head = map[string]string{}
	}
	if strings.HasPrefix(port.String(), "http") {
		return recordWeb(port.String(), head)
	}
	return &Recorder{Port: port, redact: redact, tape: &Tape{Head: head}}, nil
}

// Read implements drivers.Port.
func (r *Recorder) Read(b []byte, timeout time.Duration) (int, error) {
	n, err := r.Port.Read(b, timeout)
	r.mu.Lock()
	defer r.mu.Unlock()
	if n > 0 {
		r.gone = false
		r.note(FromDevice, b[:n])
	}
	if err != nil {
		r.fail()
	}
	return n, err
}

// Write implements drivers.Port. It is noted before it is done: the answer may be read by another goroutine at once.
func (r *Recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	r.flush()
	r.note(ToDevice, b)
	r.mu.Unlock()
	n, err := r.Port.Write(b)
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.fail()
	}
	return n, err
}

// note is called with mu held.
func (r *Recorder) note(kind byte, b []byte) {
	b = append([]byte(nil), b...)
	if r.redact != nil && kind == ToDevice {
		b = r.redact.ToDevice(b)
	}
	if r.redact != nil && kind == FromDevice {
		b = r.redact.FromDevice(b)
	}
	if len(b) > 0 {
		r.tape.add(kind, b)
	}
}

// flush notes what the redactor still holds: half a frame that will not be completed.
func (r *Recorder) flush() {
	if r.redact == nil {
		return
	}
	if b := r.redact.Rest(); len(b) > 0 {
		r.tape.add(FromDevice, b)
	}
}

// fail notes a lost line once.
func (r *Recorder) fail() {
	r.flush()
	if !r.gone && !r.ended {
		r.tape.Pieces = append(r.tape.Pieces, Piece{Kind: Failed, Text: "unplugged"})
	}
	r.gone = true
}

// Close implements drivers.Port.
func (r *Recorder) Close() error {
	r.mu.Lock()
	r.ended = true
	r.mu.Unlock()
	return r.Port.Close()
}

// Tape is what was recorded so far.
func (r *Recorder) Tape() *Tape {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flush()
	out := &Tape{Head: r.tape.Head}
	for _, p := range r.tape.Pieces {
		out.Pieces = append(out.Pieces, Piece{Kind: p.Kind, Bytes: append([]byte(nil), p.Bytes...), Text: p.Text})
	}
	return out
}
