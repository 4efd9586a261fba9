package drivertest_test

import (
	"context"
	"testing"

	"tongban/deploy/sim/barcode"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/signature/digitizer"
)

// The contract of signature pads, kept by the digitizer driver against the emulated pad.
func TestSignatureContract(t *testing.T) {
	t.Parallel()
	drivertest.SignaturePad(t, func(t *testing.T) drivertest.SignatureBench {
		t.Parallel()
		bus := usb.NewBus()
		return &simPad{bus: bus, b: simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus, c.NoPTY = bus, true }}, simtest.Signature)}
	})
}

// A pad of any maker is found by what it is for, behind a code reader that is a HID device as well.
func TestPadByItsUsage(t *testing.T) {
	t.Parallel()
	bus := usb.NewBus()
	simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus, c.NoPTY, c.ScanUSB = bus, true, barcode.POSReader }}, simtest.Barcode, simtest.Signature)
	port, err := hal.Sockets{HID: usb.HID{Bus: bus}}.Open(t.Context(), "usage:000d:0002")
	if err != nil {
		t.Fatal(err)
	}
	p, err := digitizer.Open(t.Context(), port, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if a := p.Area(); a.PerMM == 0 || a.Width/a.PerMM != 260 {
		t.Errorf("area %+v", a)
	}
	if _, err := (hal.Sockets{HID: usb.HID{Bus: bus}}).Open(t.Context(), "usage:000d:0004"); err == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("a touch screen: %v", err)
	}
}

type simPad struct {
	b   *simtest.Bench
	bus *usb.Bus
}

func (s *simPad) Open(ctx context.Context) (drivers.SignaturePad, error) {
	port, err := hal.Sockets{HID: usb.HID{Bus: s.bus}}.Open(ctx, "hid:1209:0001?as=reports")
	if err != nil {
		return nil, err
	}
	return digitizer.Open(ctx, port, nil)
}

func (s *simPad) Hand(what string)              { s.b.Paper(simtest.Signature, what) }
func (s *simPad) Press(fault string, value int) { s.b.Press(simtest.Signature, fault, value) }
func (s *simPad) Once(fault string, value int)  { s.b.Once(simtest.Signature, fault, value) }
func (s *simPad) Release(fault string)          { s.b.Release(simtest.Signature, fault) }
