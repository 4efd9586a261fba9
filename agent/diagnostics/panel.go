package diagnostics

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tongban/agent/screen"
	"tongban/drivers"
	"tongban/drivers/display/brightness"
)

// ErrNoBrightness means that this terminal's screen cannot be set by a program.
var ErrNoBrightness = errors.New("the screen does not offer its brightness")

// kindPanel is under what the terminal's own screen is kept; it is no device of the rack, since the terminal is nothing without it.
const kindPanel drivers.Kind = "panel"

const nameBrightness = "brightness"

const (
	brightnessLeast = 20 // below, whoever sees badly takes the terminal for switched off
	panelLimit      = 5 * time.Second
)

// States of the panel for the technician.
const (
	panelLooking = "looking"
	panelOK      = "ok"
	panelNone    = "none"
	panelFault   = "fault"
)

// Panel is the terminal's own screen as far as its brightness goes (本机屏幕). It is safe for concurrent use.
type Panel struct {
	Find        func(context.Context) (brightness.Screen, error)
	Full        float64 // as bright as the model's screen is sold, in cd/㎡; 0: nobody wrote it down
	Calibration Calibration
	Log         *slog.Logger

	line sync.Mutex // one conversation with the screen at a time
	mu   sync.Mutex
	seen screen.ServiceBrightness
}

// Restore sets what a technician has set; it is called once at the start. A screen that cannot be set keeps its own brightness.
func (p *Panel) Restore(ctx context.Context) {
	percent, set, err := p.Calibration.value(ctx, kindPanel, nameBrightness)
	if err == nil && set {
		ctx, cancel := context.WithTimeout(ctx, panelLimit)
		defer cancel()
		p.line.Lock()
		defer p.line.Unlock()
		var s brightness.Screen
		if s, err = p.Find(ctx); err == nil {
			err = s.Set(ctx, percent)
		}
	}
	if err != nil {
		p.Log.Warn("screen keeps its own brightness", "err", err)
	}
}

// look asks the screen anew: it may have been changed for another.
func (p *Panel) look(ctx context.Context) {
	p.show(screen.ServiceBrightness{State: panelLooking})
	p.line.Lock()
	defer p.line.Unlock()
	ctx, cancel := context.WithTimeout(ctx, panelLimit)
	defer cancel()
	s, err := p.Find(ctx)
	percent := 0
	if err == nil {
		percent, err = s.Get(ctx)
	}
	p.tell(s, percent, err)
}

// set makes the screen so bright and keeps it.
func (p *Panel) set(ctx context.Context, percent int) error {
	if percent < brightnessLeast || percent > 100 {
		return ErrValue
	}
	p.line.Lock()
	defer p.line.Unlock()
	ctx, cancel := context.WithTimeout(ctx, panelLimit)
	defer cancel()
	s, err := p.Find(ctx)
	if err == nil {
		err = s.Set(ctx, percent)
	}
	is := percent
	if err == nil {
		is, err = s.Get(ctx) // a screen of few steps takes the nearest
	}
	p.tell(s, is, err)
	if errors.Is(err, brightness.ErrNone) {
		return ErrNoBrightness
	}
	if err != nil {
		return err
	}
	return p.Calibration.keep(ctx, kindPanel, nameBrightness, percent)
}

// tell writes down what came of a conversation.
func (p *Panel) tell(s brightness.Screen, percent int, err error) {
	switch {
	case errors.Is(err, brightness.ErrNone):
		p.show(screen.ServiceBrightness{State: panelNone})
	case err != nil:
		p.Log.Warn("brightness of the screen cannot be asked or set", "err", err)
		p.show(screen.ServiceBrightness{State: panelFault, Detail: drivers.Fault(err).Detail})
	default:
		p.show(screen.ServiceBrightness{State: panelOK, Percent: percent, Way: s.String()})
	}
}

func (p *Panel) show(b screen.ServiceBrightness) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b.Full = p.Full
	p.seen = b
}

func (p *Panel) view() *screen.ServiceBrightness {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.seen
	return &b
}

// lookAtPanel asks the screen while the technician reads what is there already.
func (d *Desk) lookAtPanel() {
	p := d.o.Panel
	if p == nil {
		return
	}
	p.show(screen.ServiceBrightness{State: panelLooking})
	go func() {
		p.look(context.Background()) // bounded by itself, and longer than the call that opened the visit
		d.o.Changed()
	}()
}

// SetBrightness sets how bright the terminal's own screen is (屏幕亮度), now and after each start.
func (d *Desk) SetBrightness(ctx context.Context, percent int) error {
	d.mu.Lock()
	v := d.visit
	if v != nil {
		v.touched = d.o.Clock.Now()
	}
	d.mu.Unlock()
	switch {
	case v == nil:
		return ErrClosed
	case d.o.Panel == nil:
		return ErrNoBrightness
	}
	return d.o.Panel.set(ctx, percent)
}
