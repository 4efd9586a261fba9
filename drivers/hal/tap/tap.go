// Package tap lets somebody listen to a line while its driver works (线路旁听): what goes over it, in which direction and when, without
// personal data. A line to which nobody listens costs one look at a pointer.
package tap

import (
	"sync/atomic"
	"time"

	"tongban/drivers"
)

// Line is the place of a device, whose port may be opened many times.
type Line struct{ ear atomic.Pointer[Ear] }

// Wrap puts a port on the line.
func (l *Line) Wrap(p drivers.Port) drivers.Port { return &port{p, l} }

// Listen begins to listen; whoever listened before hears nothing more.
func (l *Line) Listen(o Options) *Ear {
	e := &Ear{o: o, line: l, began: o.Now()}
	if o.Redact != nil {
		e.redact = o.Redact()
	}
	l.ear.Store(e)
	return e
}

// port is a port on a line.
type port struct {
	drivers.Port
	line *Line
}

// Read implements drivers.Port.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	n, err := p.Port.Read(b, timeout)
	if e := p.line.ear.Load(); e != nil {
		e.heard(false, b[:max(n, 0)], err)
	}
	return n, err
}

// Write implements drivers.Port. It is heard before it is done, as the answer may be read by another goroutine at once.
func (p *port) Write(b []byte) (int, error) {
	e := p.line.ear.Load()
	if e != nil {
		e.heard(true, b, nil)
	}
	n, err := p.Port.Write(b)
	if e != nil && err != nil {
		e.heard(true, nil, err)
	}
	return n, err
}
