// Package escl drives document cameras (高拍仪) that speak eSCL, the driverless scanning protocol over HTTP: capabilities,
// status, scan jobs and their documents. It is the one road to a camera that needs no vendor library on any platform.
package escl

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"tongban/drivers"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "scanner/escl"

// Driver is the entry for drivers/all. Its port carries no bytes: String gives the base URL of the service.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindScanner, Open: openPort}
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

// Camera is one opened document camera.
type Camera struct {
	web    *web
	clk    clock
	source source
	info   drivers.Info
	port   drivers.Port // nil when opened by URL

	mu     sync.Mutex
	busy   bool
	closed bool
	stray  bool // an order of ours may be left at the camera and block it
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.DocumentCamera = (*Camera)(nil)

// Open asks the service at baseURL ("http://host:port/eSCL") what it can do. It fails when nothing answers there, or
// when it takes no JPEG pictures.
func Open(ctx context.Context, baseURL string, params drivers.Params) (*Camera, error) {
	return open(ctx, baseURL, params, wall)
}

func open(ctx context.Context, baseURL string, params drivers.Params, clk clock) (*Camera, error) {
	cfg, err := decode(params)
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	u, err := url.Parse(baseURL)
	if err == nil && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		err = errors.New("not an http address")
	}
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: "address: " + err.Error(), Cause: err}
	}
	c := &Camera{web: newWeb(u), clk: clk}
	c.base, c.stop = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, limitOpen)
	defer cancel()
	caps, err := c.web.capabilities(ctx)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	if c.source, err = caps.choose(cfg.source); err != nil {
		_ = c.Close()
		return nil, &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: err.Error(), Cause: err}
	}
	c.info = drivers.Info{Kind: drivers.KindScanner, Driver: Name, Model: caps.Model, Serial: caps.Serial, Firmware: caps.Version}
	return c, nil
}

// Info implements drivers.Device.
func (c *Camera) Info() drivers.Info { return c.info }

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
	c.web.close()
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
