package drivertest_test

import (
	"context"
	"testing"

	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/laser/ipp"
)

// The contract of page printers, kept over USB without any gateway: HTTP on the pipes of an interface 7/1/4.
func TestLaserContractUSB(t *testing.T) {
	drivertest.LaserPrinter(t, func(t *testing.T) drivertest.LaserBench {
		bus := usb.NewBus()
		b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Laser.Bus = bus }}, simtest.Laser)
		return &usbLaser{simLaser{b: b}, bus}
	})
}

type usbLaser struct {
	simLaser
	bus *usb.Bus
}

// Open opens the printer on USB; a second one while the first is open comes over the net, for the pipes have one owner.
func (s *usbLaser) Open(ctx context.Context) (drivers.LaserPrinter, error) {
	port, err := hal.Sockets{USB: s.bus}.Open(ctx, "ippusb:1d6b:0510")
	if f := drivers.Fault(err); f != nil && f.Code == drivers.CodeDeviceNotReady {
		return s.simLaser.Open(ctx)
	}
	if err != nil {
		return nil, err
	}
	d, err := ipp.Driver().Open(ctx, port, nil)
	if err != nil {
		return nil, err
	}
	return d.(drivers.LaserPrinter), nil
}
