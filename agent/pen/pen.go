// Package pen takes what is written on the signature pad of a terminal (签名板笔迹), for a page that shows it while it is written. The touch
// screen is always the other way to sign: a pad that is not there, or goes away, is no reason to wait.
package pen

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/drivers"
)

// Pauses.
const (
	takeLimit  = 2 * time.Second        // for a health check that has the pad just now
	afterFault = 300 * time.Millisecond // before the next try
)

// Pen is the pad of one terminal. It is safe for concurrent use.
type Pen struct {
	rack  *devices.Rack
	clock clock.Clock
	log   *slog.Logger

	mu  sync.Mutex
	now *writing
}

// New makes the pen of a rack, which need not have a pad.
func New(r *devices.Rack, c clock.Clock, log *slog.Logger) *Pen {
	return &Pen{rack: r, clock: c, log: log}
}

// There reports whether somebody could write on the pad now.
func (p *Pen) There() bool {
	s := p.rack.Status(drivers.KindSignature)
	return s.Ready() || s.State == drivers.StateBusy || s.InUse
}

// writing is one signature under way. Its fields are guarded by the pen's lock.
type writing struct {
	base context.Context // of who began
	ctx  context.Context
	stop context.CancelFunc
	done chan struct{} // closed: hand it over
	over chan struct{} // closed when nobody reads the pad any more

	asked bool // done is closed
	moved bool // something was written since Moved was asked
	live  drivers.Ink
	ink   drivers.Ink
	err   error // why the pad gives nothing now
}

// Begin starts to take what is written, until End or the end of ctx. What was begun before is forgotten.
func (p *Pen) Begin(ctx context.Context) {
	p.End()
	w := &writing{base: ctx, done: make(chan struct{}), over: make(chan struct{})}
	w.ctx, w.stop = context.WithCancel(ctx)
	p.mu.Lock()
	p.now = w
	p.mu.Unlock()
	go func() {
		defer close(w.over)
		p.follow(w)
	}()
}

// End forgets what was written and gives the pad back.
func (p *Pen) End() {
	p.mu.Lock()
	w := p.now
	p.now = nil
	p.mu.Unlock()
	if w == nil {
		return
	}
	w.stop()
	<-w.over
	p.mu.Lock()
	defer p.mu.Unlock()
	w.live, w.ink = drivers.Ink{}, drivers.Ink{}
}

// Clear is 擦掉重写: it begins anew for whoever began.
func (p *Pen) Clear() {
	p.mu.Lock()
	w := p.now
	p.mu.Unlock()
	if w != nil {
		p.Begin(w.base)
	}
}

// follow reads the pad until the signature is handed over or nobody wants it any more. A pad that went away is waited for.
func (p *Pen) follow(w *writing) {
	for w.ctx.Err() == nil {
		ink, err := p.write(w)
		p.mu.Lock()
		asked := w.asked
		w.ink, w.err, w.live = ink, err, drivers.Ink{}
		p.mu.Unlock()
		if asked || w.ctx.Err() != nil {
			return
		}
		p.log.Info("signature pad gave nothing", "code", string(drivers.Fault(err).Code), "reason", string(drivers.Fault(err).Reason))
		_ = clock.Sleep(w.ctx, p.clock, afterFault)
		if p.rack.Await(w.ctx, drivers.KindSignature) != nil {
			return
		}
	}
}

// write takes the pad for one signature.
func (p *Pen) write(w *writing) (drivers.Ink, error) {
	take, cancel := context.WithTimeout(w.ctx, takeLimit)
	defer cancel()
	l, err := devices.Take[drivers.SignaturePad](take, p.rack, drivers.KindSignature)
	if err != nil {
		return drivers.Ink{}, err
	}
	area := l.Device.Area()
	p.mu.Lock()
	w.err, w.live = nil, drivers.Ink{Width: area.Width, Height: area.Height, PerMM: area.PerMM}
	p.mu.Unlock()
	ink, err := l.Device.Write(w.ctx, w.done, func(pt drivers.InkPoint, step drivers.PenStep) {
		p.mu.Lock()
		defer p.mu.Unlock()
		w.moved = true
		switch s := w.live.Strokes; {
		case step == drivers.PenDown || len(s) == 0:
			w.live.Strokes = append(s, drivers.Stroke{pt})
		case step == drivers.PenMove:
			s[len(s)-1] = append(s[len(s)-1], pt)
		}
	})
	if w.ctx.Err() != nil {
		l.Done(nil) // the page went away, not the pad
	} else {
		l.Done(err)
	}
	return ink, err
}

// Moved reports whether something was written since it was last asked: who writes on the pad is there, without touching the screen.
func (p *Pen) Moved() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil {
		return false
	}
	moved := p.now.moved
	p.now.moved = false
	return moved
}

// Live is what has been written so far; an error says why the pad gives nothing now.
func (p *Pen) Live() (drivers.Ink, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil {
		return drivers.Ink{}, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "nobody is asked to write"}
	}
	i := p.now.live
	i.Strokes = slices.Clone(i.Strokes) // a stroke that grows leaves what it had
	return i, p.now.err
}

// Take hands over the signature. After it, Clear begins anew and End ends.
func (p *Pen) Take(ctx context.Context) (drivers.Ink, error) {
	p.mu.Lock()
	w := p.now
	if w == nil {
		p.mu.Unlock()
		return drivers.Ink{}, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "nobody is asked to write"}
	}
	if err := w.err; err != nil {
		p.mu.Unlock()
		return drivers.Ink{}, err
	}
	if !w.asked {
		w.asked = true
		close(w.done)
	}
	p.mu.Unlock()
	select {
	case <-w.over:
	case <-ctx.Done():
		return drivers.Ink{}, drivers.Fault(ctx.Err())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return w.ink, w.err
}
