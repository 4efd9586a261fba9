package hal

import (
	"context"
	"sync"
	"time"

	"tongban/drivers"
)

// healing is a port that opens itself again after the cable was pulled and put back. A driver above it sees an error
// while the line is gone, at least one per loss, and must greet its device anew when calls succeed again: what is on the
// line now may have lost its settings, or be another device.
type healing struct {
	address string
	open    func(context.Context) (drivers.Port, error)
	clk     clock
	base    context.Context
	stop    context.CancelFunc

	mu     sync.Mutex
	inner  drivers.Port // nil while the line is gone
	why    error        // it is gone
	tried  time.Time
	closed bool
}

func newHealing(address string, inner drivers.Port, open func(context.Context) (drivers.Port, error), clk clock) *healing {
	h := &healing{address: address, inner: inner, open: open, clk: clk}
	h.base, h.stop = context.WithCancel(context.Background())
	return h
}

// line is the port to use now, opened again where that is due.
func (h *healing) line() (drivers.Port, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, lost(errClosed)
	}
	if h.inner != nil {
		return h.inner, nil
	}
	now := h.clk.now()
	if now.Sub(h.tried) < healEvery {
		return nil, h.why
	}
	h.tried = now
	ctx, cancel := context.WithTimeout(h.base, healLimit)
	defer cancel()
	p, err := h.open(ctx)
	if err != nil {
		h.why = err
		return nil, err
	}
	h.inner = p
	return p, nil
}

// drop gives up a port that failed, unless another call has done so already.
func (h *healing) drop(p drivers.Port, err error) error {
	h.mu.Lock()
	mine := h.inner == p
	if mine {
		h.inner, h.why, h.tried = nil, err, h.clk.now()
	}
	h.mu.Unlock()
	if mine {
		_ = p.Close()
	}
	return err
}

// Read implements drivers.Port.
func (h *healing) Read(b []byte, timeout time.Duration) (int, error) {
	p, err := h.line()
	if err != nil {
		return 0, err
	}
	n, err := p.Read(b, timeout)
	if err != nil {
		return n, h.drop(p, err)
	}
	return n, nil
}

// Write implements drivers.Port.
func (h *healing) Write(b []byte) (int, error) {
	p, err := h.line()
	if err != nil {
		return 0, err
	}
	n, err := p.Write(b)
	if err != nil {
		return n, h.drop(p, err)
	}
	return n, nil
}

// Again gives the line up, so that the next call opens it anew: the device then begins from the beginning.
func (h *healing) Again() {
	if p, err := h.line(); err == nil {
		_ = h.drop(p, lost(errAgain))
	}
}

// Discard implements drivers.Port.
func (h *healing) Discard() error {
	p, err := h.line()
	if err != nil {
		return err
	}
	if err := p.Discard(); err != nil {
		return h.drop(p, err)
	}
	return nil
}

// Close implements drivers.Port.
func (h *healing) Close() error {
	h.stop() // ends a connection attempt, which holds mu
	h.mu.Lock()
	p := h.inner
	h.inner, h.closed = nil, true
	h.mu.Unlock()
	if p == nil {
		return nil
	}
	return p.Close()
}

func (h *healing) String() string { return h.address }

// Plate implements drivers.Plated; empty while the line is gone.
func (h *healing) Plate() (model, version string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, ok := h.inner.(drivers.Plated); ok {
		return p.Plate()
	}
	return "", ""
}
