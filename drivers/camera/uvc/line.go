package uvc

import (
	"context"
	"fmt"
	"hash/maphash"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// line is what is known of the eyes at the other end. It is used by one goroutine at a time.
type line struct {
	cam  *v4l2.Client
	eyes []eye
}

// eye is one camera of the device.
type eye struct {
	known    bool
	mode     v4l2.Mode
	controls []v4l2.Control
	on       bool
	seen     uint64 // sum of the last picture
	same     int    // pictures in a row that were no other
	quiet    int    // pictures in a row that did not come
}

// maxQuiet is after how many pictures that did not come an eye is started anew.
const maxQuiet = 3

// maxSame is how many pictures in a row may be alike to the last point: a living sensor has noise.
const maxSame = 3

var seed = maphash.MakeSeed()

// greet asks an eye that is new, or was plugged again, what it can do, and sets it up.
func (c *Camera) greet(ctx context.Context, channel int) error {
	e := &c.line.eyes[channel]
	if e.known {
		return nil
	}
	d, err := c.line.cam.Describe(ctx, channel)
	if err != nil {
		return c.lost(channel, err)
	}
	m, ok := c.cfg.choose(d.Modes)
	if !ok {
		return &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol,
			Detail: fmt.Sprintf("the %s stream has no mode of at least %d×%d at %d pictures a second", c.cfg.streams[channel], c.cfg.width, c.cfg.height, c.cfg.fps)}
	}
	*e = eye{known: true, mode: m, controls: d.Controls}
	settings := c.cfg.controls
	if len(settings) == 0 {
		settings = automatic(d.Controls)
	}
	for _, s := range settings {
		if _, has := d.Control(s.Name); !has {
			continue // eyes differ: an infrared one has no white balance
		}
		if err := c.line.cam.SetControl(ctx, channel, s.Name, s.Value); err != nil && drivers.Fault(err).Code != drivers.CodeUnsupported {
			return c.lost(channel, err)
		}
	}
	if channel == 0 {
		c.mu.Lock()
		c.info = drivers.Info{Kind: drivers.KindCamera, Driver: Name, Model: d.Card, Firmware: d.Version}
		c.mu.Unlock()
	}
	return nil
}

// run starts an eye, unless it takes pictures already.
func (c *Camera) run(ctx context.Context, channel int) error {
	if err := c.greet(ctx, channel); err != nil {
		return err
	}
	e := &c.line.eyes[channel]
	if e.on {
		return nil
	}
	if err := c.line.cam.Stop(ctx, channel); err != nil { // after a fault it may still be running
		return c.lost(channel, err)
	}
	got, err := c.line.cam.SetMode(ctx, channel, e.mode)
	if err == nil && (got.Layout != e.mode.Layout || got.Width != e.mode.Width || got.Height != e.mode.Height) {
		err = &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonProtocol, Detail: "camera does not take a mode that it offers"}
	}
	if err == nil {
		err = c.line.cam.Start(ctx, channel)
	}
	if err != nil {
		return c.lost(channel, err)
	}
	e.on = true
	return nil
}

// halt stops the eyes as well as it goes: one that cannot be stopped is told by what is asked of it next.
func (c *Camera) halt(ctx context.Context) {
	for i := range c.line.eyes {
		if c.line.eyes[i].on {
			c.line.eyes[i].on = false
			_ = c.line.cam.Stop(ctx, i)
		}
	}
}

// lost notes what a fault means for what is known of an eye, and names the eye where others remain.
func (c *Camera) lost(channel int, err error) error {
	x := &c.line.eyes[channel]
	switch drivers.Fault(err).Code {
	case drivers.CodeCanceled, drivers.CodeUnsupported:
	case drivers.CodeTimeOut: // starting takes its time: only one that stays silent is started anew
		if x.quiet++; x.quiet >= maxQuiet {
			x.on, x.quiet = false, 0
		}
	case drivers.CodeNoDevice:
		*x = eye{}
	default:
		x.on = false // start anew
	}
	return err
}

// lostAll notes a lost line: every eye is asked anew.
func (c *Camera) lostAll(err error) error {
	for i := range c.line.eyes {
		_ = c.lost(i, err)
	}
	return err
}

// named says which stream a fault is of. A stream that is gone while others work is lost, not the camera.
func (c *Camera) named(channel int, err error) *drivers.Error {
	e := *drivers.Fault(err)
	if len(c.cfg.streams) > 1 {
		e.Detail = string(c.cfg.streams[channel]) + " stream: " + e.Detail
		if e.Code == drivers.CodeNoDevice {
			e.Reason = drivers.ReasonStreamLost
		}
	}
	return &e
}

// look judges a picture by what it must not be: broken, the same as ever, black.
func (c *Camera) look(channel int, p v4l2.Picture) error {
	e := &c.line.eyes[channel]
	e.quiet = 0
	img, err := p.Image()
	if err != nil {
		return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonNoImage, Detail: err.Error(), Cause: err}
	}
	if sum := maphash.Bytes(seed, p.Data); sum == e.seen {
		e.same++
	} else {
		e.seen, e.same = sum, 0
	}
	if e.same >= maxSame {
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonPictureFrozen, Detail: "the pictures are always the same"}
	}
	if black(img) {
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonPictureBlack, Detail: "the pictures are black"}
	}
	return nil
}
