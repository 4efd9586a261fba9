package tap

import (
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/tape"
)

// Bounds of one listening: a line that is forgotten, or a camera, must not fill the memory.
const (
	Longest   = time.Minute
	MaxBytes  = 256 << 10
	MaxPieces = 400
	together  = 30 * time.Millisecond // bytes of one direction with no longer a pause between them are one piece
)

// Options of a listening.
type Options struct {
	// Redact makes the redactor of the line. Nil: nobody has said what on it is personal, so that only direction, time, length and
	// name are kept.
	Redact func() drivers.Redactor
	// Decode names a frame; nil names nothing.
	Decode func(toDevice bool, frame []byte) string
	Now    func() time.Time
	// Changed is called after each piece, from the driver's goroutine: it must not block.
	Changed func()
}

// Piece is a run of bytes in one direction (一段字节).
type Piece struct {
	At       time.Duration // since the listening began
	ToDevice bool
	Size     int    // also of what is not kept
	Bytes    []byte // redacted; nil where nothing may be shown
	Name     string // "" where the driver does not know
	Lost     string // the line failed here

	raw  []byte // for the name, while a piece of a hidden line grows
	last time.Duration
}

// Ear is one listening. It is safe for concurrent use.
type Ear struct {
	o     Options
	line  *Line
	began time.Time

	mu     sync.Mutex
	redact drivers.Redactor
	pieces []Piece
	kept   int
	over   string
}

// Ends of a listening.
const (
	EndStopped = "stopped"
	EndTime    = "time"
	EndSize    = "size"
)

// Stop ends it; what was heard stays.
func (e *Ear) Stop() { e.end(EndStopped) }

func (e *Ear) end(why string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.finish(why)
}

// finish is end. Called with mu held.
func (e *Ear) finish(why string) {
	if e.over != "" {
		return
	}
	e.over = why
	if e.redact != nil {
		if rest := e.redact.Rest(); len(rest) > 0 {
			e.add(false, rest, nil, e.at())
		}
	}
	for i := range e.pieces {
		clear(e.pieces[i].raw)
		e.pieces[i].raw = nil
	}
	e.line.ear.CompareAndSwap(e, nil)
}

// Over says why it has ended, "" while it goes on. A line that is silent ends by the clock too.
func (e *Ear) Over() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over == "" && e.at() >= Longest {
		e.finish(EndTime)
	}
	return e.over
}

func (e *Ear) at() time.Duration { return e.o.Now().Sub(e.began) }

// heard notes what passed.
func (e *Ear) heard(toDevice bool, b []byte, err error) {
	if len(b) == 0 && err == nil {
		return // silence
	}
	e.mu.Lock()
	at := e.at()
	switch {
	case e.over != "":
		e.mu.Unlock()
		return
	case at >= Longest:
		e.finish(EndTime)
	case e.kept+len(b) > MaxBytes || len(e.pieces) >= MaxPieces:
		e.finish(EndSize)
	default:
		e.note(toDevice, b, err, at)
	}
	e.mu.Unlock()
	if e.o.Changed != nil {
		e.o.Changed()
	}
}

// note redacts and keeps. Called with mu held.
func (e *Ear) note(toDevice bool, b []byte, err error, at time.Duration) {
	if len(b) > 0 {
		if e.redact == nil {
			e.add(toDevice, nil, b, at)
		} else {
			b = append([]byte(nil), b...) // the driver goes on using its own
			if toDevice {
				if rest := e.redact.Rest(); len(rest) > 0 {
					e.add(false, rest, nil, at)
				}
				b = e.redact.ToDevice(b)
			} else {
				b = e.redact.FromDevice(b)
			}
			if len(b) > 0 {
				e.add(toDevice, b, nil, at)
			}
		}
	}
	if err != nil {
		n := len(e.pieces)
		if n == 0 || e.pieces[n-1].Lost == "" { // a driver that tries again and again is told once
			e.pieces = append(e.pieces, Piece{At: at, ToDevice: toDevice, Lost: string(drivers.Fault(err).Code), last: at})
		}
	}
}

// add keeps shown bytes, or of a hidden line the length and the name. Called with mu held.
func (e *Ear) add(toDevice bool, shown, hidden []byte, at time.Duration) {
	n := len(e.pieces)
	if n == 0 || e.pieces[n-1].Lost != "" || e.pieces[n-1].ToDevice != toDevice || at-e.pieces[n-1].last > together {
		e.pieces = append(e.pieces, Piece{At: at, ToDevice: toDevice})
		n++
	}
	p := &e.pieces[n-1]
	p.last = at
	p.Size += len(shown) + len(hidden)
	e.kept += len(shown) + len(hidden)
	p.Bytes = append(p.Bytes, shown...)
	if room := nameLength - len(p.raw); room > 0 && len(hidden) > 0 {
		p.raw = append(p.raw, hidden[:min(room, len(hidden))]...)
	}
	if e.o.Decode != nil {
		frame := p.Bytes
		if e.redact == nil {
			frame = p.raw
		}
		p.Name = e.o.Decode(toDevice, frame)
	}
}

// nameLength is as much of a hidden piece as a name may need: a command stands at its front.
const nameLength = 16

// Pieces is what was heard so far.
func (e *Ear) Pieces() []Piece {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make([]Piece, len(e.pieces))
	for i, p := range e.pieces {
		p.raw, p.Bytes = nil, append([]byte(nil), p.Bytes...)
		out[i] = p
	}
	return out
}

// Tape is the same as a recording; where nothing may be shown stand as many zeros as there were bytes.
func (e *Ear) Tape(head map[string]string) *tape.Tape {
	t := &tape.Tape{Head: head}
	for _, p := range e.Pieces() {
		kind := byte(tape.FromDevice)
		if p.ToDevice {
			kind = tape.ToDevice
		}
		switch {
		case p.Lost != "":
			t.Pieces = append(t.Pieces, tape.Piece{Kind: tape.Failed, Text: p.Lost})
		case p.Bytes == nil:
			t.Pieces = append(t.Pieces, tape.Piece{Kind: kind, Bytes: make([]byte, p.Size)})
		default:
			t.Pieces = append(t.Pieces, tape.Piece{Kind: kind, Bytes: p.Bytes})
		}
	}
	return t
}
