package usb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
)

// port is the pipes of one interface as a line.
type port struct {
	address string
	plate   Info // of the device as it was when the port was opened
	pipes   Pipes
	out     []Endpoint
	in      []*inbox
	heads   *heads // nil on a stream
	base    context.Context
	stop    context.CancelFunc
	fills   sync.WaitGroup
	once    sync.Once
	read    sync.Mutex // one reader at a time, as on a serial line
}

// Open finds a device on a bus, claims its interface and makes a port of its pipes. Unplugging ends every call with the
// error that a serial line gives; the caller opens again.
func Open(ctx context.Context, bus Bus, w Wanted, address string) (drivers.Port, error) {
	list, err := bus.List(ctx)
	if err != nil {
		return nil, Fault(err)
	}
	d, i, err := Find(list, w)
	if err != nil {
		return nil, Fault(fmt.Errorf("%s: %w", w, err))
	}
	pipes, err := bus.Claim(ctx, d, i)
	if err != nil {
		return nil, Fault(err)
	}
	p := newPort(address, pipes, i) //nolint:contextcheck // the port outlives the opening
	p.plate = d
	return p, nil
}

// Plate implements drivers.Plated.
func (p *port) Plate() (model, version string) { return p.plate.Name(), p.plate.Version }

func newPort(address string, pipes Pipes, i Interface) *port {
	in, out := ends(i)
	p := &port{address: address, pipes: pipes, out: out}
	p.base, p.stop = context.WithCancel(context.Background())
	if layoutOf(i) == layoutHeaded {
		p.heads = &heads{}
	}
	for _, e := range in {
		b := newInbox()
		p.in = append(p.in, b)
		p.fills.Go(func() { b.fill(p.base, pipes, e) })
	}
	if len(in) == 0 { // a printer of the oldest kind has nothing to say
		p.in = append(p.in, newInbox())
	}
	return p
}

// Read implements drivers.Port.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	p.read.Lock()
	defer p.read.Unlock()
	if p.heads == nil {
		return p.in[0].take(p.base, b, timeout)
	}
	which, most := p.heads.next()
	n, err := p.in[which].take(p.base, b[:min(len(b), most)], timeout)
	p.heads.came(b[:n])
	return n, err
}

// Write implements drivers.Port. On a headed interface a call is one frame.
func (p *port) Write(b []byte) (int, error) {
	if p.heads == nil {
		return p.send(p.out[0], b)
	}
	n, err := p.send(p.out[0], b[:min(len(b), headLen)])
	if err != nil || len(b) <= headLen {
		return n, err
	}
	m, err := p.send(p.out[1], b[headLen:])
	return n + m, err
}

func (p *port) send(e Endpoint, b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		ctx, cancel := context.WithTimeout(p.base, writeLimit)
		n, err := p.pipes.Write(ctx, e.Address, b[sent:min(len(b), sent+pieceSize)])
		if err != nil && ctx.Err() != nil {
			err = ctx.Err()
		}
		cancel()
		if sent += n; err != nil {
			return sent, lost(err)
		}
	}
	return sent, nil
}

// Discard implements drivers.Port.
func (p *port) Discard() error {
	p.read.Lock()
	defer p.read.Unlock()
	if p.heads != nil {
		*p.heads = heads{}
	}
	var errs []error
	for _, b := range p.in {
		errs = append(errs, b.clear())
	}
	return errors.Join(errs...)
}

// Close implements drivers.Port; it also ends a Read and a Write under way.
func (p *port) Close() error {
	var err error
	p.once.Do(func() {
		p.stop()
		ended := make(chan struct{})
		go func() { p.fills.Wait(); close(ended) }()
		limit := newTimer(closeLimit)
		defer limit.Stop()
		select {
		case <-ended:
			err = p.pipes.Close()
		case <-limit.C: // a host controller that does not give a transfer back must not hold the program
			go func() { <-ended; _ = p.pipes.Close() }()
		}
	})
	if err != nil {
		return fmt.Errorf("close port: %w", err)
	}
	return nil
}

func (p *port) String() string { return p.address }

// heads follows the frames of a device with two pipes each way (四端点). The only such devices known are the security
// modules of GA 450: OUT 02 and IN 81 carry the first seven bytes of a frame, the last two of which are the length of the
// rest, big-endian; OUT 06 and IN 85 carry the rest.
type heads struct {
	head []byte
	left int // of the body
}

const headLen = 7

// next says which pipe to read, and how much of it at most.
func (h *heads) next() (pipe, most int) {
	if h.left > 0 {
		return 1, h.left
	}
	return 0, headLen - len(h.head)
}

func (h *heads) came(b []byte) {
	if h.left > 0 {
		h.left -= len(b)
		return
	}
	if h.head = append(h.head, b...); len(h.head) == headLen {
		h.left, h.head = int(binary.BigEndian.Uint16(h.head[headLen-2:])), h.head[:0]
	}
}
