package uvc

import (
	"context"
	"image"
	"image/color"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// Snapshot implements drivers.FaceCamera. A picture that came broken is taken once more.
func (c *Camera) Snapshot(ctx context.Context, streams ...drivers.Stream) ([]drivers.Snapshot, error) {
	channels, err := c.channels(streams)
	if err != nil {
		return nil, err
	}
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitSnapshot)
	defer cancel()
	out, err := c.shoot(ctx, channels)
	for e := drivers.Fault(err); e != nil && ctx.Err() == nil && again(e); e = drivers.Fault(err) {
		next, nextErr := c.shoot(ctx, channels)
		if ctx.Err() != nil && nextErr != nil {
			break // the time ran out during another try: tell the cause, not the clock
		}
		out, err = next, nextErr
		if e2 := drivers.Fault(err); e2 != nil && e2.Reason == e.Reason && e2.Reason != drivers.ReasonPictureFrozen {
			break
		}
	}
	c.remember(err)
	return out, err
}

// again reports whether another picture may be better.
func again(e *drivers.Error) bool {
	return e.Reason == drivers.ReasonNoImage || e.Reason == drivers.ReasonPictureBlack
}

// shoot takes one picture of each channel. With the first fault come the pictures of the other channels.
func (c *Camera) shoot(ctx context.Context, channels []int) ([]drivers.Snapshot, error) {
	var first error
	note := func(channel int, err error) {
		if first == nil {
			first = c.named(channel, err)
		}
	}
	var on []int
	for _, ch := range channels {
		if err := c.run(ctx, ch); err != nil {
			note(ch, err)
			continue
		}
		on = append(on, ch)
	}
	if len(on) == 0 {
		return nil, c.whole(first, channels)
	}
	got, err := c.line.cam.NextOf(ctx, true, on...)
	if err != nil {
		return nil, c.lostAll(err)
	}
	var out []drivers.Snapshot
	for i, ch := range on {
		err := got[i].Err
		if err != nil {
			err = c.lost(ch, err)
		} else {
			err = c.look(ch, got[i].Picture)
		}
		if err != nil {
			note(ch, err)
			continue
		}
		out = append(out, c.snapshot(ch, got[i].Picture))
	}
	if len(out) == 0 {
		return nil, c.whole(first, channels)
	}
	return out, first
}

// whole is the fault when nothing came: of a camera that is gone altogether no stream is lost.
func (c *Camera) whole(first error, channels []int) error {
	e := drivers.Fault(first)
	if e.Reason != drivers.ReasonStreamLost || len(channels) < len(c.cfg.streams) {
		return first
	}
	for _, ch := range channels {
		if c.line.eyes[ch].known {
			return first
		}
	}
	gone := *e
	gone.Reason = drivers.ReasonUnplugged
	return &gone
}

func (c *Camera) snapshot(channel int, p v4l2.Picture) drivers.Snapshot {
	return drivers.NewSnapshot(drivers.Snapshot{
		Stream: c.cfg.streams[channel], Width: p.Mode.Width, Height: p.Mode.Height, Sequence: p.Sequence, At: p.At,
	}, p.Image)
}

// Watch implements drivers.FaceCamera. Pictures are handed on as they come; who looks into one decodes it.
func (c *Camera) Watch(ctx context.Context, see func(drivers.Snapshot) bool) ([]drivers.Measured, error) {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	w := watch{c: c, counts: make([]count, len(c.cfg.streams))}
	for ch, s := range c.cfg.streams {
		w.counts[ch].Stream = s
		if err := c.run(ctx, ch); err != nil {
			e := c.named(ch, err)
			c.remember(e)
			return nil, e
		}
	}
	err = w.follow(ctx, see)
	if e := drivers.Fault(err); e != nil && ctx.Err() != nil && c.base.Err() == nil && (e.Code == drivers.CodeCanceled || e.Code == drivers.CodeTimeOut) {
		err = nil // the caller has seen enough
	}
	c.remember(err)
	return w.measured(), err
}

// watch is one look at all streams.
type watch struct {
	c      *Camera
	counts []count
}

type count struct {
	drivers.Measured
	first, last       time.Duration
	sequence, started uint32
}

func (w *watch) follow(ctx context.Context, see func(drivers.Snapshot) bool) error {
	all := make([]int, len(w.counts))
	for i := range all {
		all[i] = i
	}
	for {
		got, err := w.round(ctx, all)
		if err != nil {
			return err
		}
		for i, t := range got {
			if t.Err != nil {
				return w.c.named(i, w.c.lost(i, t.Err))
			}
			w.counts[i].add(t.Picture)
			if !see(w.c.snapshot(i, t.Picture)) {
				return nil
			}
		}
	}
}

// round takes the next picture of every stream.
func (w *watch) round(ctx context.Context, all []int) ([]v4l2.Taken, error) {
	single, cancel := context.WithTimeout(ctx, limitSilent)
	defer cancel()
	got, err := w.c.line.cam.NextOf(single, false, all...)
	if err != nil {
		return nil, w.c.lostAll(err)
	}
	if ctx.Err() != nil {
		return nil, drivers.Fault(ctx.Err())
	}
	return got, nil
}

func (n *count) add(p v4l2.Picture) {
	if n.Frames == 0 {
		n.first, n.started = p.At, p.Sequence
	}
	n.Width, n.Height = p.Mode.Width, p.Mode.Height
	n.last, n.sequence = p.At, p.Sequence
	n.Frames++
}

func (w *watch) measured() []drivers.Measured {
	var out []drivers.Measured
	for _, n := range w.counts {
		if took := (n.last - n.first).Seconds(); took > 0 {
			n.FPS = float64(n.Frames-1) / took
			n.Skipped = max(0, int(n.sequence-n.started)+1-n.Frames)
		}
		out = append(out, n.Measured)
	}
	return out
}

// Limits of a black picture: no point of the grid is brighter.
const (
	blackLevel = 20
	blackGrid  = 32
)

// black looks at a grid of points: a dark room still has a bright one.
func black(img image.Image) bool {
	b := img.Bounds()
	for y := range blackGrid {
		for x := range blackGrid {
			g, ok := color.GrayModel.Convert(img.At(b.Min.X+b.Dx()*x/blackGrid, b.Min.Y+b.Dy()*y/blackGrid)).(color.Gray)
			if !ok || g.Y > blackLevel {
				return false
			}
		}
	}
	return true
}
