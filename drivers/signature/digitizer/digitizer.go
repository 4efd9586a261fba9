// Package digitizer drives signature pads (电子签名板) that are USB devices of the HID digitizer class: the pad says in its report
// descriptor where in a report position, pressure and pen lie, and how large it is. The port carries records of drivers/hal/hid,
// so the address ends in "?as=reports".
package digitizer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/hid"
	"tongban/drivers/hal/turn"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "signature/digitizer"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindSignature, Redact: func() drivers.Redactor { return &redactor{} },
		Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			return Open(ctx, port, params)
		}}
}

// Pad is one opened pad.
type Pad struct {
	port drivers.Port
	clk  clock
	turn *turn.Turn
	line line // only in the hands of who has claimed the pad

	mu    sync.Mutex
	shape shape // as last heard
}

var _ drivers.SignaturePad = (*Pad)(nil)

// Open takes over the port and waits for the report descriptor.
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Pad, error) {
	p := &Pad{port: port, clk: wall, turn: turn.New(), line: line{port: port}}
	err := p.greet(ctx, params)
	if err != nil {
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Pad) greet(ctx context.Context, params drivers.Params) error {
	if len(params) > 0 {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: "this driver has no settings"}
	}
	for end := p.clk.now().Add(greetLimit); !p.line.known; {
		if err := ctx.Err(); err != nil {
			return drivers.Fault(err)
		}
		if p.clk.now().After(end) {
			return protocol(errors.New("the port carries no report descriptor: the address needs ?as=reports"))
		}
		if _, _, err := p.line.next(look); err != nil {
			return err
		}
	}
	p.heard()
	return nil
}

// heard keeps the shape for who asks while somebody writes.
func (p *Pad) heard() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shape = p.line.shape
}

// Info implements drivers.Device.
func (p *Pad) Info() drivers.Info {
	p.mu.Lock()
	defer p.mu.Unlock()
	return drivers.Info{Kind: drivers.KindSignature, Driver: Name, Model: p.shape.model()}
}

// Area implements drivers.SignaturePad.
func (p *Pad) Area() drivers.PadArea {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shape.area
}

// Close implements drivers.Device; a Write under way ends at its next look at the line.
func (p *Pad) Close() error {
	if !p.turn.Close() {
		return nil
	}
	if err := p.port.Close(); err != nil {
		return fmt.Errorf("close pad: %w", err)
	}
	return nil
}

// Status implements drivers.Device: a pad is not asked anything, but its line tells whether it is there, and its descriptor whether
// it still is a pad.
func (p *Pad) Status(ctx context.Context) (drivers.Status, error) {
	_, release, err := p.turn.Claim(ctx)
	if err != nil {
		return turn.Refused(err, p.clk.now())
	}
	defer release()
	if err := p.line.drain(); err != nil {
		return turn.Failed(err, p.clk.now())
	}
	p.heard()
	return drivers.Status{State: drivers.StateOnline, At: p.clk.now()}, nil
}

// Reset implements drivers.Device: forgets what was written.
func (p *Pad) Reset(ctx context.Context) error {
	_, release, err := p.turn.Claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	return p.line.drain()
}

// protocol says that what speaks there is no pad.
func protocol(err error) error {
	return &drivers.Error{Code: drivers.CodeInvalidData, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
}

func noise(err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: err.Error(), Cause: err}
}

// line reads the pad's reports and follows its pen.
type line struct {
	port  drivers.Port
	cut   hid.Cutter
	shape shape
	known bool // the descriptor was heard
	stale bool // a pen that touches has touched since before anybody listened
	last  bool // the pen touches
}

// next waits for one record and returns the sample in it, if it holds one; heard is false for silence. One at a time: what was not
// asked for yet stays with the port.
func (l *line) next(timeout time.Duration) (got []sample, heard bool, _ error) {
	for {
		buf := make([]byte, l.cut.Missing())
		n, err := l.port.Read(buf, timeout)
		if err != nil {
			*l = line{port: l.port} // what is plugged in next begins anew
			return nil, false, err
		}
		if n == 0 {
			return nil, false, nil
		}
		if got, err = l.feed(buf[:n]); err != nil || l.cut.Held() == 0 {
			return got, true, err
		}
	}
}

func (l *line) feed(b []byte) ([]sample, error) {
	records, err := l.cut.Feed(b)
	if err != nil {
		return nil, protocol(err)
	}
	var out []sample
	for _, r := range records {
		if r.Letter == hid.RecordDescriptor {
			if l.shape, err = shapeOf(r.Content); err != nil {
				l.known = false
				return nil, protocol(err)
			}
			l.known = true
			continue
		}
		if !l.known {
			continue // nobody has said how to read it
		}
		s, ok, err := l.shape.read(r.Content)
		if err != nil {
			return nil, noise(err)
		}
		if !ok {
			continue
		}
		if l.last = s.touches; !s.touches {
			l.stale = false
		}
		if l.stale {
			s.touches = false
		}
		out = append(out, s)
	}
	return out, nil
}

// drain drops what has arrived. A pen that rests on the pad now began before whoever comes next.
func (l *line) drain() error {
	for range 256 { // a pad that never stops must not hold the caller
		_, heard, err := l.next(peek)
		if e := drivers.Fault(err); e != nil && e.Reason == drivers.ReasonLineNoise {
			continue // a broken report that nobody wanted
		}
		if err != nil {
			return err
		}
		if !heard {
			break
		}
	}
	l.stale = l.last
	return nil
}
