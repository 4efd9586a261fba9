package escpos

import (
	"bytes"
	"errors"
	"strconv"
	"sync"
	"time"
)

// paper is a printer of a few lines for what the emulator cannot do: flow control, missing commands, a port that heals.
type paper struct {
	mu      sync.Mutex
	in      []byte // what it will say
	got     []byte
	cuts    int
	deaf    bool // knows DLE EOT only
	noEcho  bool
	noCount bool
	stuck   bool // the knife does nothing
	pulled  bool
	xoffAt  int // holds the line once, after so many raster bytes
	closed  bool
}

var errPulled = errors.New("pulled")

func (p *paper) Read(b []byte, timeout time.Duration) (int, error) {
	ends := time.Now().Add(timeout)
	for {
		p.mu.Lock()
		if p.pulled || p.closed {
			p.mu.Unlock()
			return 0, errPulled
		}
		n := copy(b, p.in)
		p.in = p.in[n:]
		p.mu.Unlock()
		if n > 0 || time.Now().After(ends) {
			return n, nil
		}
		time.Sleep(time.Millisecond)
	}
}

func (p *paper) Write(b []byte) (int, error) {
	time.Sleep(3 * time.Millisecond) // a line has a speed
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pulled || p.closed {
		return 0, errPulled
	}
	p.got = append(p.got, b...)
	if len(b) == 3 && b[0] == dle && b[1] == 4 {
		p.in = append(p.in, 0x12)
		return len(b), nil
	}
	if p.xoffAt > 0 && len(p.got) > p.xoffAt {
		p.xoffAt = 0
		p.in = append(p.in, xoff)
		time.AfterFunc(300*time.Millisecond, func() { p.say(xon) })
	}
	if p.deaf {
		return len(b), nil
	}
	if bytes.HasPrefix(b, []byte{gs, 'V'}) && !p.stuck {
		p.cuts++
	}
	if i := bytes.Index(b, []byte{gs, '(', 'H'}); i >= 0 && !p.noEcho {
		p.in = append(append(append(p.in, 0x37, 0x22), b[i+7:i+11]...), 0)
	}
	if bytes.HasSuffix(b, counterQuery) && !p.noCount {
		p.in = append(append(append(p.in, 0x5F), strconv.Itoa(p.cuts)...), 0)
	}
	if bytes.HasSuffix(b, paperQuery) {
		p.in = append(p.in, 0)
	}
	return len(b), nil
}

func (p *paper) say(b ...byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.in = append(p.in, b...)
}

func (p *paper) pull(v bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pulled, p.in = v, nil
}

func (p *paper) Discard() error { return nil }
func (p *paper) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	return nil
}
func (p *paper) String() string { return "fake" }
