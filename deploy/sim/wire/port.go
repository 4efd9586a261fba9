// Package wire holds the far ends of lines (线路): a pty with a stable link path, or a TCP listener. A port can be cut
// and plugged again, the way a cable is pulled and put back.
package wire

import (
	"errors"
	"io"
	"sync"
)

// Handler serves one connection until its Read fails.
type Handler func(conn io.ReadWriter)

// Port is the device's side of one line.
type Port struct {
	open    func() (carrier, error)
	kind    string
	mu      sync.Mutex
	carrier carrier
	handler Handler
	closed  bool
	path    string
	wg      sync.WaitGroup
}

// carrier is a plugged line: a pty master or a listener.
type carrier interface {
	serve(h Handler)
	close() error
	path() string
}

// ErrClosed is returned when a closed port is plugged.
var ErrClosed = errors.New("port is closed")

// Start plugs the line for the first time; h runs once per connection, on a pty once per plugging.
func (p *Port) Start(h Handler) error {
	p.mu.Lock()
	p.handler = h
	p.mu.Unlock()
	return p.Plug()
}

// Plug puts the line back. Plugging a plugged line does nothing.
func (p *Port) Plug() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if p.carrier != nil {
		return nil
	}
	c, err := p.open()
	if err != nil {
		return err
	}
	p.carrier, p.path = c, c.path()
	h := p.handler
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		c.serve(h)
	}()
	return nil
}

// Cut hangs the line up: the other side reads an error and the link path vanishes.
func (p *Port) Cut() {
	p.mu.Lock()
	c := p.carrier
	p.carrier = nil
	p.mu.Unlock()
	if c != nil {
		_ = c.close()
	}
}

// Plugged says whether the line is there.
func (p *Port) Plugged() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.carrier != nil
}

// Path is what a driver opens: the link (or /dev/pts/N without one), or host:port.
func (p *Port) Path() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.path
}

// Kind is "pty" or "tcp".
func (p *Port) Kind() string { return p.kind }

// Close ends the port for good and waits for its handlers.
func (p *Port) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.Cut()
	p.wg.Wait()
	return nil
}
