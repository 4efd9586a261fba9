package tape

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// Player is a port that answers from a tape. What stands on the tape after some written bytes can be read as soon as
// those were written; how reads and writes are cut into calls does not matter.
type Player struct {
	mu     sync.Mutex
	writes []byte // all that the tape expects
	done   int    // written so far
	reads  []gated
	off    int // within reads[0]
	bad    error
	closed bool
	woken  chan struct{} // closed and replaced when something can be read
	after  func(time.Duration) <-chan time.Time
}

// gated is a piece from the device, ready once so many bytes were written.
type gated struct {
	gate int
	Piece
}

var _ drivers.Port = (*Player)(nil)

// Deck is a port that plays a tape.
type Deck interface {
	drivers.Port
	// Err says what went wrong so far: what the driver sent that is not on the tape, or what is left over.
	Err() error
}

// Play makes a port of a tape, of whichever kind its carrier is.
func Play(t *Tape) (Deck, error) {
	if t.Head[headCarrier] == carrierHTTP {
		return playWeb(t)
	}
	return playBytes(t), nil
}

// Heads of a tape that decide how it is played.
const (
	headCarrier = "carrier" // absent: bytes
	carrierHTTP = "http"    // each piece is a whole request or answer
)

func playBytes(t *Tape) *Player {
	p := &Player{woken: make(chan struct{}), after: after}
	for _, x := range t.Pieces {
		if x.Kind == ToDevice {
			p.writes = append(p.writes, x.Bytes...)
			continue
		}
		p.reads = append(p.reads, gated{len(p.writes), x})
	}
	return p
}

var errClosed = errors.New("tape is closed")

// Write implements drivers.Port; bytes that differ from the tape fail it for good.
func (p *Player) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		return 0, errClosed
	case p.bad != nil:
		return 0, p.bad
	}
	rest := p.writes[p.done:]
	if !bytes.HasPrefix(rest, b) {
		same := 0
		for same < len(b) && same < len(rest) && b[same] == rest[same] {
			same++
		}
		want := "nothing"
		if same < len(rest) {
			want = fmt.Sprintf("% X", rest[same:min(len(rest), same+16)])
		}
		p.bad = fmt.Errorf("tape: byte %d written is % X, on the tape %s", p.done+same, b[same:min(len(b), same+16)], want)
		return 0, p.bad
	}
	p.done += len(b)
	close(p.woken)
	p.woken = make(chan struct{})
	return len(b), nil
}

// glance is a look whether the line is there, not for what comes over it.
const glance = 10 * time.Millisecond

// Read implements drivers.Port. Silence takes as long as on a real line. What a device says without being asked does not come in the one
// moment of a glance: there was a pause before it that a tape does not hold.
func (p *Player) Read(b []byte, timeout time.Duration) (int, error) {
	limit := p.after(timeout)
	if timeout < glance && p.unasked() {
		<-limit
		return 0, nil
	}
	for {
		n, wake, err := p.take(b)
		if n > 0 || err != nil {
			return n, err
		}
		select {
		case <-wake:
		case <-limit:
			return 0, nil
		}
	}
}

// unasked reports whether nothing was ever written on this tape.
func (p *Player) unasked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.writes) == 0 && !p.closed
}

func (p *Player) take(b []byte) (int, <-chan struct{}, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, nil, errClosed
	}
	if len(p.reads) == 0 || p.reads[0].gate > p.done {
		return 0, p.woken, nil
	}
	x := p.reads[0]
	if x.Kind == Failed {
		p.reads = p.reads[1:]
		return 0, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "tape: " + x.Text}
	}
	n := copy(b, x.Bytes[p.off:])
	if p.off += n; p.off == len(x.Bytes) {
		p.reads, p.off = p.reads[1:], 0
	}
	return n, nil, nil
}

// Discard implements drivers.Port. A recorder only knows what was read, so nothing on a tape was ever discarded.
func (p *Player) Discard() error { return nil }

// Close implements drivers.Port; it ends a Read under way.
func (p *Player) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.closed = true
		close(p.woken)
		p.woken = make(chan struct{})
	}
	return nil
}

func (p *Player) String() string { return "tape" }

// Err says what went wrong: bytes that differ, or what was left over when the player was last used.
func (p *Player) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bad != nil {
		return p.bad
	}
	unread := -p.off
	for _, x := range p.reads {
		unread += max(len(x.Bytes), 1)
	}
	if left := len(p.writes) - p.done; left > 0 || unread > 0 {
		return fmt.Errorf("tape: %d bytes were never written and %d never read", left, max(unread, 0))
	}
	return nil
}
