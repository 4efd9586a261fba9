// Package uvc drives document cameras (高拍仪) that are cameras of the USB video class, by the kernel's video nodes: a live picture of
// up to 1280 points width, and stills of the largest size that the camera has. The port carries records of drivers/hal/v4l2.
package uvc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tongban/drivers"
	"tongban/drivers/hal/v4l2"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "scanner/uvc"

// Driver is the entry for drivers/all.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindScanner, Redact: v4l2.NewRedactor,
		Open: func(ctx context.Context, port drivers.Port, params drivers.Params) (drivers.Device, error) {
			return Open(ctx, port, params)
		}}
}

// Camera is one opened document camera.
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

var _ drivers.DocumentCamera = (*Camera)(nil)

// Open takes over the port and asks the camera what it can do. It fails when nothing answers, or when the camera takes no
// pictures of a layout that is understood.
//
//	least_pixels: 8000000   a camera whose largest still has fewer is refused
//	settle: 2               pictures that are dropped before a still, while light and focus settle
//	controls: {focus_auto: 1, brightness: 128}   settings, by the names of drivers/hal/v4l2
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Camera, error) {
	return open(ctx, port, params, wall)
}

func open(ctx context.Context, port drivers.Port, params drivers.Params, clk clock) (*Camera, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	c := &Camera{cfg: cfg, clk: clk, port: port, line: line{cam: v4l2.NewClient(port)}}
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
