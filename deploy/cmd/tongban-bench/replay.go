package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// step is one piece of an exchange: bytes to the device, then so many from it.
type step struct {
	out []byte
	in  int
}

// noted is a port that notes an exchange, so that the same bytes can be sent again by nobody clever.
type noted struct {
	drivers.Port
	mu    sync.Mutex
	steps []step
}

func (n *noted) Write(b []byte) (int, error) {
	n.mu.Lock()
	n.steps = append(n.steps, step{out: append([]byte(nil), b...)})
	n.mu.Unlock()
	return n.Port.Write(b)
}

func (n *noted) Read(b []byte, timeout time.Duration) (int, error) {
	got, err := n.Port.Read(b, timeout)
	n.mu.Lock()
	if got > 0 && len(n.steps) > 0 {
		n.steps[len(n.steps)-1].in += got
	}
	n.mu.Unlock()
	return got, err
}

// take returns what was noted and begins anew.
func (n *noted) take() []step {
	n.mu.Lock()
	defer n.mu.Unlock()
	s := n.steps
	n.steps = nil
	return s
}

// replay sends the bytes of an exchange and waits for as many as came then: what the line and the device take by themselves.
func replay(ctx context.Context, p drivers.Port, steps []step) (time.Duration, error) {
	from := time.Now()
	buf := make([]byte, 4096)
	for i, s := range steps {
		if _, err := p.Write(s.out); err != nil {
			return 0, fmt.Errorf("replay: %w", err)
		}
		for got, limit := 0, time.Now().Add(15*time.Second); got < s.in; {
			n, err := p.Read(buf[:min(len(buf), s.in-got)], 100*time.Millisecond)
			if err != nil {
				return 0, fmt.Errorf("replay: %w", err)
			}
			if got += n; time.Now().After(limit) || ctx.Err() != nil {
				return 0, fmt.Errorf("replay: step %d gave %d of %d bytes", i, got, s.in)
			}
		}
	}
	return time.Since(from), nil
}

// paced is a port that takes bytes at the speed of a serial line, and adds up how long the line was at work. Like a kernel
// it lets the writer go a little before the last byte is out, so that the line does not rest between two writes.
type paced struct {
	drivers.Port
	perSecond int // 0: as fast as it goes

	mu   sync.Mutex
	sent int
	busy time.Duration
	free time.Time // when the line has sent what it was given
}

// ahead is what the line may still hold when a write returns.
const ahead = 256

func (p *paced) Write(b []byte) (int, error) {
	from := time.Now()
	n, err := p.Port.Write(b)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent += n
	if p.perSecond == 0 {
		p.busy += time.Since(from)
		return n, err
	}
	if p.free.Before(from) {
		p.free = from
	}
	took := p.lasts(len(b))
	p.busy, p.free = p.busy+took, p.free.Add(took)
	time.Sleep(time.Until(p.free) - p.lasts(ahead))
	return n, err
}

func (p *paced) lasts(n int) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(p.perSecond)
}

func (p *paced) count() (sent int, busy time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sent, p.busy
}
