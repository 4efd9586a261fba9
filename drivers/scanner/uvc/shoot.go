package uvc

import (
	"context"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// Preview implements drivers.DocumentCamera.
func (c *Camera) Preview(ctx context.Context) (drivers.Frame, error) {
	return c.shoot(ctx, false, limitPreview)
}

// Capture implements drivers.DocumentCamera.
func (c *Camera) Capture(ctx context.Context) (drivers.Frame, error) {
	return c.shoot(ctx, true, limitCapture)
}

// shoot takes one picture. A busy camera is asked again while there is time; a picture that came broken is taken once more.
func (c *Camera) shoot(ctx context.Context, still bool, limit time.Duration) (drivers.Frame, error) {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return drivers.Frame{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	f, err := c.insist(ctx, still)
	c.remember(err)
	return f, err
}

func (c *Camera) insist(ctx context.Context, still bool) (drivers.Frame, error) {
	broken, start := 0, c.clk.now()
	var last *drivers.Error
	for {
		f, err := c.once(ctx, still)
		if err == nil {
			return f, nil
		}
		e := drivers.Fault(err)
		if last != nil && ctx.Err() != nil { // the time ran out during another try: tell the cause, not the clock
			return drivers.Frame{}, last
		}
		last = e
		switch {
		case e.Code == drivers.CodeDeviceNotReady && c.clk.now().Sub(start) < limitBusy:
		case broken == 0 && e.Reason == drivers.ReasonNoImage:
			broken++
		default:
			return drivers.Frame{}, e
		}
		select {
		case <-ctx.Done():
			return drivers.Frame{}, e
		case <-c.clk.after(retryAfter):
		}
	}
}

// remember keeps the last fault for Status. That a caller went away is none.
func (c *Camera) remember(err error) {
	e := drivers.Fault(err)
	if e != nil && e.Code == drivers.CodeCanceled {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = e
}

// once takes one picture in the mode that is wanted.
func (c *Camera) once(ctx context.Context, still bool) (drivers.Frame, error) {
	if err := c.greet(ctx); err != nil {
		return drivers.Frame{}, err
	}
	mode, skip := c.line.preview, 0
	if still {
		mode, skip = c.line.still, c.cfg.settle
	}
	p, err := c.line.picture(ctx, mode, skip)
	if err != nil {
		return drivers.Frame{}, err
	}
	b, err := p.JPEG()
	if err != nil {
		return drivers.Frame{}, &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: err.Error(), Cause: err}
	}
	return drivers.Frame{JPEG: b, Width: p.Mode.Width, Height: p.Mode.Height}, nil
}

// greet asks a camera that is new, or was plugged again, what it can do, and sets it up.
func (c *Camera) greet(ctx context.Context) error {
	if c.line.known {
		return nil
	}
	d, err := c.line.cam.Describe(ctx, 0)
	if err != nil {
		return c.line.lost(err)
	}
	preview, still, ok := choose(d.Modes)
	if !ok || still.Pixels() < c.cfg.least {
		return &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: tooSmall(still, c.cfg.least)}
	}
	for _, s := range c.cfg.controls {
		if err := c.line.cam.SetControl(ctx, 0, s.Name, s.Value); err != nil {
			return c.line.lost(err)
		}
	}
	c.line.preview, c.line.still, c.line.known = preview, still, true
	c.mu.Lock()
	defer c.mu.Unlock()
	c.info = drivers.Info{Kind: drivers.KindScanner, Driver: Name, Model: d.Card, Firmware: d.Version}
	return nil
}

// Status implements drivers.Device. A camera that works is only asked what it is: looking through it would light its lamp. After
// a fault a picture is tried, because nothing else tells whether the fault is over.
func (c *Camera) Status(ctx context.Context) (drivers.Status, error) {
	now := c.clk.now()
	claimed, release, err := c.claim(ctx)
	if err != nil {
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: now}, nil
		}
		return drivers.Status{State: drivers.StateNoDevice, Code: drivers.Fault(err).Code, Detail: drivers.Fault(err).Detail, At: now}, err
	}
	defer release()
	claimed, cancel := context.WithTimeout(claimed, limitStatus)
	defer cancel()
	if err := c.well(claimed); err != nil {
		e := drivers.Fault(err)
		return drivers.Status{State: stateOf(e), Code: e.Code, Detail: e.Detail, At: c.clk.now()}, e
	}
	return drivers.Status{State: drivers.StateOnline, At: c.clk.now()}, nil
}

func (c *Camera) well(ctx context.Context) error {
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	if last != nil {
		_, err := c.once(ctx, false)
		c.remember(err)
		return err
	}
	if err := c.greet(ctx); err != nil {
		return err
	}
	_, err := c.line.cam.Describe(ctx, 0)
	if err != nil {
		return c.line.lost(err)
	}
	return nil
}

func stateOf(e *drivers.Error) drivers.State {
	switch e.Code {
	case drivers.CodeHardwareError:
		return drivers.StateHardwareError
	case drivers.CodeDeviceNotReady:
		return drivers.StateBusy
	case drivers.CodeLineError, drivers.CodeUnsupported:
		return drivers.StateOffline
	default:
		return drivers.StateNoDevice
	}
}

// Reset implements drivers.Device: the camera is stopped, asked anew what it is and set up again.
func (c *Camera) Reset(ctx context.Context) error {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	c.line.halt(ctx)
	c.line.known = false
	for {
		err := c.greet(ctx)
		if err == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-c.clk.after(retryAfter): // a cable that was just put back is seen at the next try
		}
	}
}

// line is what is known of the camera at the other end. It is used by one goroutine at a time.
type line struct {
	cam            *v4l2.Client
	known          bool
	preview, still v4l2.Mode
	mode           v4l2.Mode // that is set
	on             bool
	quiet          int // pictures in a row that did not come
}

// maxQuiet is after how many pictures that did not come the camera is started anew.
const maxQuiet = 3

// picture takes the picture after skip others. Starting a camera takes its time: one that has no picture ready in time is left
// running, so that the next call finds it.
func (l *line) picture(ctx context.Context, mode v4l2.Mode, skip int) (v4l2.Picture, error) {
	if err := l.run(ctx, mode); err != nil {
		return v4l2.Picture{}, l.lost(err)
	}
	for {
		single, cancel := context.WithTimeout(ctx, limitSilent)
		p, err := l.cam.Next(single, 0, true)
		cancel()
		switch {
		case err != nil:
			return v4l2.Picture{}, l.lost(err)
		case skip == 0:
			l.quiet = 0
			return p, nil
		}
		skip--
	}
}

// run starts the camera in a mode, unless it does so already.
func (l *line) run(ctx context.Context, mode v4l2.Mode) error {
	if l.on && l.mode == mode && l.quiet < maxQuiet {
		return nil
	}
	l.halt(ctx)
	got, err := l.cam.SetMode(ctx, 0, mode)
	if err != nil {
		return err
	}
	if got.Layout != mode.Layout || got.Width != mode.Width || got.Height != mode.Height {
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonProtocol, Detail: "camera does not take a mode that it offers"}
	}
	if err := l.cam.Start(ctx, 0); err != nil {
		return err
	}
	l.mode, l.on, l.quiet = mode, true, 0
	return nil
}

// halt stops the camera as well as it goes: one that cannot be stopped is told by what is asked of it next.
func (l *line) halt(ctx context.Context) {
	if l.on {
		l.on = false
		_ = l.cam.Stop(ctx, 0)
	}
}

// lost notes what a fault means for what is known.
func (l *line) lost(err error) error {
	switch e := drivers.Fault(err); e.Code {
	case drivers.CodeCanceled:
	case drivers.CodeTimeOut:
		l.quiet++
	case drivers.CodeNoDevice:
		*l = line{cam: l.cam}
	default:
		l.quiet = maxQuiet // start anew
	}
	return err
}
