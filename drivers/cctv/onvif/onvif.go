// Package onvif drives surveillance cameras (视频监控仪) on the net: ONVIF is asked who the camera is and where its stills are, HTTP gives them and the
// moving pictures as Motion-JPEG. What is masked is black before anybody sees a picture. Streams over RTSP are not served.
package onvif

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "cctv/onvif"

// Driver is the entry for drivers/all. Its port carries no bytes: String gives the address of the ONVIF device service.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindCCTV, Open: openPort}
}

func openPort(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
	c, err := Open(ctx, port.String(), params)
	if err != nil {
		_ = port.Close()
		return nil, err
	}
	c.port = port
	return c, nil
}

// Camera is one opened camera.
type Camera struct {
	cfg  config
	clk  clock
	web  *web
	port drivers.Port // nil when opened by URL

	mu     sync.Mutex
	info   drivers.Info
	still  string // path of the stills, empty while it must be asked for anew
	busy   bool
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

var (
	_ drivers.SurveillanceCamera = (*Camera)(nil)
	_ drivers.Clocked            = (*Camera)(nil)
)

// Open asks the device service at address ("http://host/onvif/device_service") who the camera is and where its stills are.
//
//	stream: /mjpeg   path of the moving pictures; without it there are none
//	user: tongban, password_file: /etc/tongban/cctv   what the camera asks for; the file is readable by the service account only
//	masks: [[0.1, 0.2, 0.5, 0.4]]   left, top, right and bottom of what is black, as parts of the picture
func Open(ctx context.Context, address string, params drivers.Params) (*Camera, error) {
	cfg, err := decode(params)
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	u, err := url.Parse(address)
	if err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil) {
		err = errors.New("not an http address without name and password")
	}
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "address: " + err.Error(), Cause: err}
	}
	c := &Camera{cfg: cfg, clk: wall, web: newWeb(u, cfg.who)}
	c.base, c.stop = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	if err := c.greet(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// Info implements drivers.Device.
func (c *Camera) Info() drivers.Info {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info
}

// Close implements drivers.Device.
func (c *Camera) Close() error {
	c.mu.Lock()
	was := c.closed
	c.closed = true
	c.mu.Unlock()
	if was {
		return nil
	}
	c.stop()
	c.web.client.CloseIdleConnections()
	if c.port != nil {
		if err := c.port.Close(); err != nil {
			return fmt.Errorf("close camera: %w", err)
		}
	}
	return nil
}

var errClosed = errors.New("camera is closed")

// claim makes the caller the only one at the camera; the context it returns also ends when the camera is closed.
func (c *Camera) claim(ctx context.Context) (context.Context, func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if c.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	c.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(c.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		c.mu.Lock()
		c.busy = false
		c.mu.Unlock()
	}, nil
}

// Masks implements drivers.SurveillanceCamera.
func (c *Camera) Masks() int { return len(c.cfg.masks) }

// Clock implements drivers.Clocked.
func (c *Camera) Clock(ctx context.Context) (time.Time, error) {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return time.Time{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitStatus)
	defer cancel()
	return c.web.time(ctx, c.clk.now())
}

// Still implements drivers.SurveillanceCamera. A picture that came broken is taken once more.
func (c *Camera) Still(ctx context.Context) (drivers.Frame, error) {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return drivers.Frame{}, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitStill)
	defer cancel()
	f, err := c.take(ctx)
	if e := drivers.Fault(err); e != nil && ctx.Err() == nil && (e.Code == drivers.CodeLineError || e.Reason == drivers.ReasonNoImage) {
		f, err = c.take(ctx)
	}
	return f, err
}

func (c *Camera) take(ctx context.Context) (drivers.Frame, error) {
	if err := c.greet(ctx); err != nil {
		return drivers.Frame{}, err
	}
	c.mu.Lock()
	path := c.still
	c.mu.Unlock()
	b, err := c.web.picture(ctx, path)
	if err != nil {
		if drivers.Fault(err).Reason == drivers.ReasonProtocol { // after a restart it may keep them elsewhere
			c.forget()
		}
		return drivers.Frame{}, err
	}
	return c.cfg.masked(b)
}

func (c *Camera) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = ""
}

// greet asks a camera that is new, or was restarted, who it is and where its stills are.
func (c *Camera) greet(ctx context.Context) error {
	c.mu.Lock()
	known := c.still != ""
	c.mu.Unlock()
	if known {
		return nil
	}
	info, still, err := c.web.ask(ctx, c.clk.now())
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.info, c.still = info, still
	return nil
}

// Stream implements drivers.SurveillanceCamera.
func (c *Camera) Stream(ctx context.Context, see func(drivers.Frame) bool) error {
	if c.cfg.stream == "" {
		return &drivers.Error{Code: drivers.CodeUnsupported, Detail: "the profile names no moving pictures"}
	}
	caller := ctx
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	err = c.web.follow(ctx, c.cfg.stream, func(b []byte) (bool, error) {
		f, err := c.cfg.masked(b)
		if err != nil {
			return false, err
		}
		return see(f), nil
	})
	if err != nil && caller.Err() != nil {
		return nil //nolint:nilerr // the caller has seen enough
	}
	return err
}

// Status implements drivers.Device.
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
	if _, err := c.web.information(claimed, now); err != nil {
		e := drivers.Fault(err)
		out := drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Reason: e.Reason, Detail: e.Detail, At: c.clk.now()}
		switch e.Code {
		case drivers.CodeHardwareError:
			out.State = drivers.StateHardwareError
		case drivers.CodeInternalError, drivers.CodeLineError, drivers.CodeDeviceNotReady:
			out.State = drivers.StateOffline
		default:
		}
		return out, e
	}
	return drivers.Status{State: drivers.StateOnline, At: c.clk.now()}, nil
}

// Reset implements drivers.Device: the camera is asked anew who it is and where its stills are.
func (c *Camera) Reset(ctx context.Context) error {
	ctx, release, err := c.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	c.forget()
	return c.greet(ctx)
}
