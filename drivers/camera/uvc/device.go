package uvc

import (
	"context"
	"slices"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// Status implements drivers.Device. A camera that works is only asked what it is: looking through it would light its lamp before a citizen
// who has not been told. After a fault pictures are tried, because nothing else tells whether the fault is over.
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
	if err := c.well(claimed); err != nil {
		e := drivers.Fault(err)
		return drivers.Status{State: stateOf(e), Code: e.Code, Reason: e.Reason, Detail: e.Detail, At: c.clk.now()}, e
	}
	return drivers.Status{State: drivers.StateOnline, At: c.clk.now()}, nil
}

func (c *Camera) well(ctx context.Context) error {
	all, err := c.channels(nil)
	if err != nil {
		return err
	}
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	if last != nil {
		_, err := c.shoot(ctx, all)
		c.remember(err)
		return err
	}
	for _, ch := range all {
		err := c.greet(ctx, ch)
		if err == nil {
			_, err = c.line.cam.Describe(ctx, ch)
		}
		if err != nil {
			err = c.named(ch, c.lost(ch, err))
			c.remember(err)
			return err
		}
	}
	return nil
}

func stateOf(e *drivers.Error) drivers.State {
	switch {
	case e.Reason == drivers.ReasonStreamLost, e.Code == drivers.CodeLineError, e.Code == drivers.CodeUnsupported:
		return drivers.StateOffline
	case e.Code == drivers.CodeHardwareError:
		return drivers.StateHardwareError
	case e.Code == drivers.CodeDeviceNotReady:
		return drivers.StateBusy
	}
	return drivers.StateNoDevice
}

// Reset implements drivers.Device: every eye is stopped, asked anew what it is and set up again.
func (c *Camera) Reset(ctx context.Context) error {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	c.halt(ctx)
	for ch := range c.line.eyes {
		c.line.eyes[ch] = eye{}
		for {
			err := c.greet(ctx, ch)
			if err == nil {
				break
			}
			if drivers.Fault(err).Code != drivers.CodeNoDevice || !pause(ctx) {
				return c.named(ch, err)
			}
		}
	}
	return nil
}

// pause waits a moment: a cable that was just put back is seen at the next try.
func pause(ctx context.Context) bool {
	wait, cancel := context.WithTimeout(ctx, retryAfter)
	defer cancel()
	<-wait.Done()
	return ctx.Err() == nil
}

// Controls implements drivers.FaceCamera.
func (c *Camera) Controls(ctx context.Context, s drivers.Stream) ([]drivers.CameraControl, error) {
	var out []drivers.CameraControl
	err := c.settings(ctx, []drivers.Stream{s}, func(ctx context.Context, ch int) error {
		d, err := c.line.cam.Describe(ctx, ch)
		for _, x := range d.Controls {
			out = append(out, drivers.CameraControl{Name: x.Name, Min: x.Min, Max: x.Max, Default: x.Default, Value: x.Value, Auto: x.Held})
		}
		return err
	})
	return out, err
}

// SetControl implements drivers.FaceCamera.
func (c *Camera) SetControl(ctx context.Context, s drivers.Stream, name string, value int) error {
	return c.settings(ctx, []drivers.Stream{s}, func(ctx context.Context, ch int) error {
		if mode, held := byHand[name]; held && c.line.eyes[ch].has(mode.Name) {
			if err := c.line.cam.SetControl(ctx, ch, mode.Name, mode.Value); err != nil {
				return err
			}
		}
		return c.line.cam.SetControl(ctx, ch, name, value)
	})
}

// byHand are the automatic modes that hold a setting, with what ends them.
var byHand = map[string]v4l2.Setting{
	"exposure": {Name: "exposure_auto", Value: 1}, "white_balance": {Name: "white_balance_auto"}, "focus": {Name: "focus_auto"},
}

func (e eye) has(name string) bool {
	return slices.ContainsFunc(e.controls, func(x v4l2.Control) bool { return x.Name == name })
}

// Automatic implements drivers.FaceCamera.
func (c *Camera) Automatic(ctx context.Context) error {
	return c.settings(ctx, nil, func(ctx context.Context, ch int) error {
		for _, s := range automatic(c.line.eyes[ch].controls) {
			// What an automatic mode holds cannot be written, and need not be.
			if err := c.line.cam.SetControl(ctx, ch, s.Name, s.Value); err != nil && drivers.Fault(err).Code != drivers.CodeUnsupported {
				return err
			}
		}
		return nil
	})
}

// settings does something with the settings of streams.
func (c *Camera) settings(ctx context.Context, streams []drivers.Stream, do func(ctx context.Context, channel int) error) error {
	channels, err := c.channels(streams)
	if err != nil {
		return err
	}
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitControls)
	defer cancel()
	for _, ch := range channels {
		err := c.greet(ctx, ch)
		if err == nil {
			if err = do(ctx, ch); err != nil {
				err = c.lost(ch, err)
			}
		}
		if err != nil {
			e := c.named(ch, err)
			if e.Code == drivers.CodeNoDevice || e.Code == drivers.CodeTimeOut {
				c.remember(e)
			}
			return e
		}
	}
	return nil
}

// exposureAuto is the automatic mode that video class cameras have: light by time, at a fixed aperture.
const exposureAuto = 3

// automatic are the settings of a camera left to itself.
func automatic(controls []v4l2.Control) []v4l2.Setting {
	m := map[string]any{}
	for _, x := range controls {
		switch x.Name {
		case "exposure_auto":
			m[x.Name] = min(exposureAuto, x.Max)
		case "white_balance_auto", "focus_auto":
			m[x.Name] = x.Max
		case "exposure", "white_balance", "focus":
		default:
			m[x.Name] = x.Default
		}
	}
	out, err := v4l2.Settings(m)
	if err != nil {
		return nil
	}
	return out
}
