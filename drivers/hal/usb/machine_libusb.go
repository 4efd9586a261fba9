//go:build linux && cgo

package usb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/gousb"
)

// Host is the machine's own bus.
func Host() Bus { return machine{} }

// machine claims interfaces with libusb. Every claim has a libusb context of its own: one that was made before a device was
// plugged in does not see it where no udevd runs, and an event loop that fails takes no other device with it.
type machine struct{}

func (machine) List(context.Context) ([]Info, error) { return Machine.List() }

func (machine) Claim(_ context.Context, d Info, i Interface) (Pipes, error) {
	lib, err := newContext()
	if err != nil {
		return nil, err
	}
	c := &claimed{lib: lib, pipes: map[byte]func(context.Context, []byte) (int, error){}}
	if err := c.open(d, i); err != nil {
		_ = c.Close()
		return nil, known(err)
	}
	return c, nil
}

// newContext starts libusb, which gives up by panic on a machine without USB.
func newContext() (lib *gousb.Context, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("%w: %v", ErrNoBus, x)
		}
	}()
	return gousb.NewContext(), nil
}

// claimed is one interface of one device.
type claimed struct {
	lib   *gousb.Context
	dev   *gousb.Device
	cfg   *gousb.Config
	iface *gousb.Interface
	pipes map[byte]func(context.Context, []byte) (int, error)
	once  sync.Once
}

func (c *claimed) open(d Info, i Interface) error {
	devs, err := c.lib.OpenDevices(func(x *gousb.DeviceDesc) bool {
		return x.Bus == d.Bus && x.Address == d.Device && uint16(x.Vendor) == d.VID && uint16(x.Product) == d.PID
	})
	if len(devs) == 0 {
		if err == nil {
			err = ErrNotFound
		}
		return err
	}
	c.dev = devs[0]
	if err := c.dev.SetAutoDetach(true); err != nil { // usblp and its kin let go and come back
		return fmt.Errorf("take over from the kernel's driver: %w", err)
	}
	n, err := c.dev.ActiveConfigNum()
	if err != nil {
		return fmt.Errorf("ask for the configuration: %w", err)
	}
	if c.cfg, err = c.dev.Config(n); err != nil {
		return fmt.Errorf("use the configuration: %w", err)
	}
	if c.iface, err = c.cfg.Interface(i.Number, i.Alt); err != nil {
		return fmt.Errorf("claim interface: %w", err)
	}
	for _, e := range i.Bulk {
		number := int(e.Address & 0x0F)
		if e.In() {
			in, err := c.iface.InEndpoint(number)
			if err != nil {
				return fmt.Errorf("open pipe: %w", err)
			}
			c.pipes[e.Address] = in.ReadContext
			continue
		}
		out, err := c.iface.OutEndpoint(number)
		if err != nil {
			return fmt.Errorf("open pipe: %w", err)
		}
		c.pipes[e.Address] = out.WriteContext
	}
	return nil
}

func (c *claimed) Read(ctx context.Context, endpoint byte, p []byte) (int, error) {
	return c.transfer(ctx, endpoint, p)
}

func (c *claimed) Write(ctx context.Context, endpoint byte, p []byte) (int, error) {
	return c.transfer(ctx, endpoint, p)
}

func (c *claimed) transfer(ctx context.Context, endpoint byte, p []byte) (int, error) {
	f, ok := c.pipes[endpoint]
	if !ok {
		return 0, ErrNoPipes
	}
	n, err := f(ctx, p)
	if err != nil {
		return n, known(err)
	}
	return n, nil
}

// Close implements Pipes, from the inside out.
func (c *claimed) Close() error {
	var errs []error
	c.once.Do(func() {
		if c.iface != nil {
			c.iface.Close()
		}
		if c.cfg != nil {
			errs = append(errs, c.cfg.Close())
		}
		if c.dev != nil {
			errs = append(errs, c.dev.Close())
		}
		errs = append(errs, c.lib.Close())
	})
	return errors.Join(errs...)
}

// known puts libusb's words into ours. The library passes some of its errors on as text only.
func known(err error) error {
	for _, w := range []struct{ theirs, ours error }{
		{gousb.ErrorBusy, ErrHeld},
		{gousb.ErrorAccess, ErrRight},
		{gousb.ErrorNoDevice, ErrGone},
		{gousb.ErrorNotFound, ErrNotFound},
		{gousb.TransferNoDevice, ErrGone},
		{gousb.TransferStall, ErrStalled},
		{gousb.TransferOverflow, ErrStalled},
	} {
		if errors.Is(err, w.theirs) || strings.Contains(err.Error(), w.theirs.Error()) {
			return fmt.Errorf("%w: %w", w.ours, err)
		}
	}
	return err
}
