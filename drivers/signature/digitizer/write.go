package digitizer

import (
	"context"
	"errors"
	"math"
	"time"

	"tongban/drivers"
)

// maxPoints bounds a signature: minutes of writing at the pace of the fastest pads.
const maxPoints = 50_000

var (
	errJump = errors.New("the pen jumped further than any hand goes")
	errMuch = errors.New("more was written than a signature")
	errMid  = errors.New("in the middle of a stroke")
)

// Write implements drivers.SignaturePad.
func (p *Pad) Write(ctx context.Context, done <-chan struct{}, on func(drivers.InkPoint, drivers.PenStep)) (drivers.Ink, error) {
	ctx, release, err := p.turn.Claim(ctx)
	if err != nil {
		return drivers.Ink{}, err
	}
	defer release()
	if err := p.line.drain(); err != nil {
		return drivers.Ink{}, err
	}
	p.heard()
	w := &writing{on: on, area: p.line.shape.area, now: p.clk.now}
	for {
		select {
		case <-done:
			return p.finish(w)
		default:
		}
		if err := ctx.Err(); err != nil {
			return drivers.Ink{}, p.ended(err, w)
		}
		if _, err := p.collect(w, look); err != nil {
			return drivers.Ink{}, err
		}
	}
}

// collect takes what comes next within a time; heard is false for silence.
func (p *Pad) collect(w *writing, wait time.Duration) (heard bool, _ error) {
	samples, heard, err := p.line.next(wait)
	if err != nil {
		return false, p.broken(err, w)
	}
	for _, s := range samples {
		if err := w.add(s); err != nil {
			return false, err
		}
	}
	return heard, nil
}

// finish takes what has arrived by now as well: it was written before.
func (p *Pad) finish(w *writing) (drivers.Ink, error) {
	for range 64 { // a pen that goes on does not hold the caller
		heard, err := p.collect(w, peek)
		if err != nil {
			return drivers.Ink{}, err
		}
		if !heard {
			break
		}
	}
	return w.ink()
}

// ended says why nobody waits any more.
func (p *Pad) ended(err error, w *writing) error {
	if errors.Is(err, context.DeadlineExceeded) && len(w.strokes) == 0 {
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNoSignature, Detail: "nobody wrote", Cause: err}
	}
	return drivers.Fault(err)
}

// broken says of a line that fails whether somebody was writing; what he wrote is not kept.
func (p *Pad) broken(err error, w *writing) error {
	if p.turn.Ended() {
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
	}
	if !w.down {
		return err
	}
	e := *drivers.Fault(err)
	e.Detail, e.Cause = e.Detail+" "+errMid.Error(), err
	return &e
}

// writing is the ink so far.
type writing struct {
	area    drivers.PadArea
	on      func(drivers.InkPoint, drivers.PenStep)
	now     func() time.Time
	strokes []drivers.Stroke
	points  int
	down    bool
	began   time.Time
}

// add takes one sample.
func (w *writing) add(s sample) error {
	if !s.touches {
		w.lift()
		return nil
	}
	at := w.now()
	if w.points == 0 {
		w.began = at
	}
	if w.points++; w.points > maxPoints {
		return &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonNoSignature, Detail: errMuch.Error(), Cause: errMuch}
	}
	pt := drivers.InkPoint{X: s.x, Y: s.y, Pressure: s.pressure, At: at.Sub(w.began)}
	step := drivers.PenMove
	if !w.down {
		w.down, step = true, drivers.PenDown
		w.strokes = append(w.strokes, nil)
	}
	last := &w.strokes[len(w.strokes)-1]
	if n := len(*last); n > 0 {
		before := (*last)[n-1]
		far := math.Hypot(pt.X-before.X, pt.Y-before.Y) > math.Hypot(w.area.Width, w.area.Height)/4
		if far && pt.At-before.At < calm {
			return noise(errJump)
		}
	}
	*last = append(*last, pt)
	if w.on != nil {
		w.on(pt, step)
	}
	return nil
}

// lift ends a stroke.
func (w *writing) lift() {
	if !w.down {
		return
	}
	w.down = false
	if s := w.strokes[len(w.strokes)-1]; w.on != nil {
		w.on(s[len(s)-1], drivers.PenUp)
	}
}

func (w *writing) ink() (drivers.Ink, error) {
	w.lift()
	if w.points == 0 {
		return drivers.Ink{}, &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonNoSignature, Detail: "nobody wrote"}
	}
	return drivers.Ink{Width: w.area.Width, Height: w.area.Height, PerMM: w.area.PerMM, Strokes: w.strokes}, nil
}
