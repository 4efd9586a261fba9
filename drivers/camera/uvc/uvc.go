// Package uvc drives the cameras that look at a citizen's face (可见光、红外双目摄像头) by the kernel's video nodes: one eye, or a visible and an infrared
// one side by side. The port carries records of drivers/hal/v4l2, a channel for each eye.
package uvc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "camera/uvc"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindCamera, Redact: v4l2.NewRedactor,
		Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			return Open(ctx, port, params)
		}}
}

// Camera is one opened camera.
type Camera struct {
	cfg  config
	clk  clock
	port drivers.Port

	mu     sync.Mutex
	info   drivers.Info
	busy   bool
	closed bool
	last   *drivers.Error
	base   context.Context
	stop   context.CancelFunc

	line line // used by who holds busy
}

var _ drivers.FaceCamera = (*Camera)(nil)

// Open takes over the port and asks every eye what it can do. A camera of which an eye is missing, or is smaller or slower than the
// profile asks, is refused.
//
//	streams: [visible, infrared]   the eyes in the order of the address
//	width, height, fps: 1280, 960, 30   the least that each must give; that mode is used
//	controls: {exposure_auto: 3}   settings of every eye that has them, by the names of drivers/hal/v4l2; automatic without
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Camera, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	c := &Camera{cfg: cfg, clk: wall, port: port, line: line{cam: v4l2.NewClient(port), eyes: make([]eye, len(cfg.streams))}}
	c.base, c.stop = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	if err := c.greetAll(ctx); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// greetAll asks every eye, also behind one that is missing: only then it is known whether a stream is lost, or the camera.
func (c *Camera) greetAll(ctx context.Context) error {
	var first error
	all, err := c.channels(nil)
	if err != nil {
		return err
	}
	for _, ch := range all {
		if err := c.greet(ctx, ch); err != nil && first == nil {
			first = c.named(ch, err)
		}
	}
	if first == nil {
		return nil
	}
	return c.whole(first, all)
}

// Info implements drivers.Device.
func (c *Camera) Info() drivers.Info {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.info
}

// Streams implements drivers.FaceCamera.
func (c *Camera) Streams() []drivers.Stream { return slices.Clone(c.cfg.streams) }

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
	if err := c.port.Close(); err != nil {
		return fmt.Errorf("close camera: %w", err)
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

// channels are the places of the wanted streams, of all when none is named.
func (c *Camera) channels(streams []drivers.Stream) ([]int, error) {
	if len(streams) == 0 {
		streams = c.cfg.streams
	}
	var out []int
	for _, s := range streams {
		i := slices.Index(c.cfg.streams, s)
		if i < 0 || slices.Contains(out, i) {
			return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("stream %q of %v", s, c.cfg.streams)}
		}
		out = append(out, i)
	}
	return out, nil
}

// remember keeps the last fault for Status. That a caller went away is none.
func (c *Camera) remember(err error) {
	e := drivers.Fault(err)
	if e != nil && (e.Code == drivers.CodeCanceled || e.Code == drivers.CodeInvalidData) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = e
}
