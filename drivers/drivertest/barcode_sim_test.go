package drivertest_test

import (
	"context"
	"testing"

	simcode "tongban/deploy/sim/barcode"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/barcode/hidpos"
	"tongban/drivers/barcode/serial"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
)

// The contract of code readers, kept with and without a trigger, and with the suffixes that readers have.
func TestBarcodeContract(t *testing.T) {
	t.Parallel()
	trigger := drivers.Params{"trigger_on": "16540d", "trigger_off": "16550d"}
	for name, c := range map[string]struct {
		params drivers.Params
		set    func(*rig.Config)
	}{
		"speaks":  {nil, func(*rig.Config) {}},
		"trigger": {trigger, func(c *rig.Config) { c.Barcode.Triggered = true }},
		"crlf":    {drivers.Params{"suffix": "crlf"}, func(c *rig.Config) { c.Barcode.Suffix, c.Barcode.Bytes = "\r\n", 11520 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drivertest.BarcodeReader(t, func(t *testing.T) drivertest.BarcodeBench {
				t.Parallel()
				return &simBarcode{b: simtest.StartWith(t, []simtest.Option{c.set}, simtest.Barcode), params: c.params}
			})
		})
	}
}

// The same with the reader on USB, as a HID point-of-sale device.
func TestBarcodeContractUSB(t *testing.T) {
	t.Parallel()
	drivertest.BarcodeReader(t, func(t *testing.T) drivertest.BarcodeBench {
		t.Parallel()
		bus := usb.NewBus()
		b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus, c.ScanUSB, c.NoPTY = bus, simcode.POSReader, true }}, simtest.Barcode)
		return &simBarcode{b: b, open: func(ctx context.Context) (drivers.BarcodeReader, error) {
			port, err := hal.Sockets{HID: usb.HID{Bus: bus}}.Open(ctx, "hid:05e0:1300?as=reports")
			if err != nil {
				return nil, err
			}
			return hidpos.Open(port, nil)
		}}
	})
}

// The same with a reader that plays a keyboard.
func TestBarcodeContractKeyboard(t *testing.T) {
	t.Parallel()
	drivertest.BarcodeReader(t, func(t *testing.T) drivertest.BarcodeBench {
		t.Parallel()
		bus := usb.NewBus()
		b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Bus, c.ScanUSB, c.NoPTY = bus, simcode.KeyboardReader, true }}, simtest.Barcode)
		return simKeyboard{&simBarcode{b: b, open: func(ctx context.Context) (drivers.BarcodeReader, error) {
			port, err := hal.Sockets{Keys: usb.Keys{Bus: bus}}.Open(ctx, "keys:05e0:1200")
			if err != nil {
				return nil, err
			}
			return serial.Open(port, drivers.Params{"gap": "100ms"})
		}}}
	})
}

type simBarcode struct {
	b      *simtest.Bench
	params drivers.Params
	open   func(context.Context) (drivers.BarcodeReader, error) // nil: on the pty
}

// simKeyboard is one that types.
type simKeyboard struct{ *simBarcode }

func (simKeyboard) Typed() {}

func (s *simBarcode) Open(ctx context.Context) (drivers.BarcodeReader, error) {
	if s.open != nil {
		return s.open(ctx)
	}
	port, err := hal.Open(ctx, s.b.Barcode)
	if err != nil {
		return nil, err
	}
	return serial.Open(port, s.params)
}

func (s *simBarcode) Hold(code string)              { s.b.Paper(simtest.Barcode, code) }
func (s *simBarcode) Press(fault string, value int) { s.b.Press(simtest.Barcode, fault, value) }
func (s *simBarcode) Once(fault string, value int)  { s.b.Once(simtest.Barcode, fault, value) }
func (s *simBarcode) Release(fault string)          { s.b.Release(simtest.Barcode, fault) }
