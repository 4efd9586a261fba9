package escl

import (
	"bytes"
	"context"
	"image/jpeg"
	"time"

	"tongban/drivers"
)

// Preview implements drivers.DocumentCamera.
func (c *Camera) Preview(ctx context.Context) (drivers.Frame, error) {
	return c.shoot(ctx, c.source.preview, limitPreview)
}

// Capture implements drivers.DocumentCamera.
func (c *Camera) Capture(ctx context.Context) (drivers.Frame, error) {
	return c.shoot(ctx, c.source.full, limitCapture)
}

// shoot takes one picture within limit. A busy camera is asked again while there is time; a picture that came broken is
// taken once more.
func (c *Camera) shoot(ctx context.Context, dpi int, limit time.Duration) (drivers.Frame, error) {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return drivers.Frame{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	order, broken, start := c.source.order(dpi), 0, c.clk.now()
	var last *drivers.Error
	for {
		f, err := c.once(ctx, order)
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
			c.freeStray(ctx)
		case broken == 0 && (e.Code == drivers.CodeLineError || e.Reason == drivers.ReasonNoImage):
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

// once is one order and its picture. An order whose picture was not fetched is taken back: it would block the camera.
func (c *Camera) once(ctx context.Context, order []byte) (drivers.Frame, error) {
	quick, cancel := context.WithTimeout(ctx, limitAnswer)
	job, err := c.web.order(quick, order)
	cancel()
	if err != nil {
		if e := drivers.Fault(err); e.Code != drivers.CodeDeviceNotReady && e.Code != drivers.CodeNoDevice {
			c.setStray(true) // the camera may have taken the order although we never heard its number
		}
		return drivers.Frame{}, err
	}
	raw, err := c.web.document(ctx, job)
	if err != nil {
		c.takeBack(job)
		return drivers.Frame{}, err
	}
	return frame(raw)
}

// takeBack frees the camera of an order in the background.
func (c *Camera) takeBack(job string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.base), limitCleanup)
	go func() {
		defer cancel()
		if c.web.remove(ctx, job) != nil {
			c.setStray(true)
		}
	}()
}

// freeStray takes back what earlier orders of ours may have left: a camera with an order that nobody fetches is busy for
// a minute.
func (c *Camera) freeStray(ctx context.Context) {
	c.mu.Lock()
	stray := c.stray
	c.mu.Unlock()
	if stray && c.removeJobs(ctx) == nil {
		c.setStray(false)
	}
}

func (c *Camera) setStray(v bool) {
	c.mu.Lock()
	c.stray = v
	c.mu.Unlock()
}

// removeJobs takes back all jobs that the camera still works on.
func (c *Camera) removeJobs(ctx context.Context) error {
	s, err := c.web.status(ctx)
	if err != nil {
		return err
	}
	for _, j := range s.Jobs {
		if j.State != "Processing" && j.State != "Pending" {
			continue
		}
		p, err := c.web.jobPath(j.URI)
		if err != nil {
			continue // not one of ours to touch
		}
		if err := c.web.remove(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// frame looks at both ends of a picture; its pixels are the business of whoever needs them.
func frame(raw []byte) (drivers.Frame, error) {
	noImage := func(detail string, err error) error {
		return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: detail, Cause: err}
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return drivers.Frame{}, noImage("answer is no JPEG picture", err)
	}
	if !bytes.HasSuffix(bytes.TrimRight(raw, "\x00"), []byte{0xFF, 0xD9}) {
		return drivers.Frame{}, noImage("picture has no end", nil)
	}
	return drivers.Frame{JPEG: raw, Width: cfg.Width, Height: cfg.Height}, nil
}

// Status implements drivers.Device. When the camera cannot be asked, the state says so and the error says why.
func (c *Camera) Status(ctx context.Context) (drivers.Status, error) {
	now := c.clk.now()
	claimed, release, err := c.claim(ctx)
	if err != nil {
		if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
			return drivers.Status{State: drivers.StateBusy, At: now}, nil
		}
		return drivers.Status{State: drivers.StateNoDevice, Code: drivers.CodeNoDevice, Detail: "closed", At: now}, err
	}
	defer release()
	claimed, cancel := context.WithTimeout(claimed, limitStatus)
	defer cancel()
	s, err := c.web.status(claimed)
	if err != nil {
		e := drivers.Fault(err)
		out := drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Detail: e.Detail, At: c.clk.now()}
		if e.Reason == drivers.ReasonProtocol {
			out.State = drivers.StateOffline // something answers, but nobody understands it
		}
		return out, e
	}
	out := drivers.Status{At: c.clk.now()}
	switch s.State {
	case "Idle":
		out.State = drivers.StateOnline
	case "Processing", "Testing":
		out.State = drivers.StateBusy
	case "Stopped":
		out.State, out.Code, out.Detail = drivers.StateOffline, drivers.CodeDeviceNotReady, "camera says Stopped"
	case "Down":
		out.State, out.Code, out.Detail = drivers.StateHardwareError, drivers.CodeHardwareError, "camera says Down"
	default:
		out.State, out.Code, out.Detail = drivers.StateOffline, drivers.CodeLineError, "camera names no state"
	}
	return out, nil
}

// Reset implements drivers.Device: takes back the jobs that a crashed program left behind.
func (c *Camera) Reset(ctx context.Context) error {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	return c.removeJobs(ctx)
}
