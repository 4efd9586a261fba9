package usb

import (
	"context"
	"sync"
	"time"

	"tongban/drivers"
)

// roomFor is how much an inbox holds before its pipe is left alone; the device then waits, as it would for a slow host.
const roomFor = 64 << 10

// inbox is what has come over one IN pipe. One transfer is always under way, as the hosts of these devices do it: a
// transfer that is started for each look and cancelled again can lose what arrived in between.
type inbox struct {
	mu      sync.Mutex
	data    []byte
	err     error
	changed chan struct{} // closed and replaced whenever something changes
}

func newInbox() *inbox { return &inbox{changed: make(chan struct{})} }

func (b *inbox) update(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	close(b.changed)
	b.changed = make(chan struct{})
}

// fill reads the pipe until it fails or ctx ends.
func (b *inbox) fill(ctx context.Context, pipes Pipes, e Endpoint) {
	size := max(e.Packet, 1)
	buf := make([]byte, (4096+size-1)/size*size) // whole packets, or a long one would overflow
	for b.room(ctx) {
		n, err := pipes.Read(ctx, e.Address, buf)
		b.update(func() {
			if b.data = append(b.data, buf[:n]...); err != nil {
				b.err = err
			}
		})
		if err != nil {
			return
		}
	}
}

// room waits for room and reports whether to go on.
func (b *inbox) room(ctx context.Context) bool {
	for {
		b.mu.Lock()
		full, next := len(b.data) >= roomFor, b.changed
		b.mu.Unlock()
		if ctx.Err() != nil {
			return false
		}
		if !full {
			return true
		}
		select {
		case <-next:
		case <-ctx.Done():
		}
	}
}

// take waits for bytes, at most timeout; what came before the pipe broke is still given.
func (b *inbox) take(ctx context.Context, p []byte, timeout time.Duration) (int, error) {
	var limit <-chan time.Time
	for {
		n, err, next := b.look(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		if limit == nil {
			t := newTimer(max(timeout, time.Millisecond)) // no timeout still looks at what is just arriving
			defer t.Stop()
			limit = t.C
		}
		select {
		case <-next:
		case <-limit:
			return 0, nil
		case <-ctx.Done():
			return 0, lost(ctx.Err())
		}
	}
}

func (b *inbox) look(p []byte) (n int, err error, next chan struct{}) { //nolint:staticcheck // the channel is no result
	b.mu.Lock()
	n = copy(p, b.data)
	b.data = append(b.data[:0], b.data[n:]...)
	if n == 0 {
		err = b.err
	}
	next = b.changed
	b.mu.Unlock()
	if n > 0 {
		b.update(func() {}) // there is room again
	}
	if err != nil {
		err = lost(err)
	}
	return n, err, next
}

func (b *inbox) clear() error {
	var err error
	b.update(func() { b.data, err = nil, b.err })
	if err != nil {
		return lost(err)
	}
	return nil
}

// lost is what every call says once a pipe is broken; the words are those of a serial line.
func lost(err error) error { return Fault(err) }

var _ drivers.Port = (*port)(nil)
