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
	"tongban/drivers/receipt/escpos"
)

// The contract of receipt printers, kept by the ESC/POS driver against the emulator, over both kinds of line.
func TestReceiptContract(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"tcp", "pty"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			drivertest.ReceiptPrinter(t, func(t *testing.T) drivertest.ReceiptBench {
				t.Parallel()
				return &simPrinter{t: t, b: simtest.Start(t, simtest.Receipt), line: line}
			})
		})
	}
}

// The same over the USB printer class.
func TestReceiptContractUSB(t *testing.T) {
	t.Parallel()
	drivertest.ReceiptPrinter(t, func(t *testing.T) drivertest.ReceiptBench {
		t.Parallel()
		bus := usb.NewBus()
		set := func(c *rig.Config) { c.Bus, c.PrintUSB, c.NoPTY, c.ReceiptTCP = bus, true, true, "" }
		return &simPrinter{t: t, b: simtest.StartWith(t, []simtest.Option{set}, simtest.Receipt), line: "usb", sockets: hal.Sockets{USB: bus}}
	})
}

// At the pace of real hardware: 100 mm a second, 80 mm paper.
func TestReceiptContractRealTime(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	drivertest.ReceiptPrinter(t, func(t *testing.T) drivertest.ReceiptBench {
		t.Parallel()
		options := []simtest.Option{simtest.RealTime(), simtest.Dots(576)}
		return &simPrinter{t: t, b: simtest.StartWith(t, options, simtest.Receipt), line: "tcp", params: drivers.Params{"dots": 576}}
	})
}

type simPrinter struct {
	t      *testing.T
	b      *simtest.Bench
	line   string
	params drivers.Params

	sockets hal.Sockets
}

func (s *simPrinter) Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.ReceiptPrinter, error) {
	port, err := s.sockets.Open(ctx, map[string]string{"usb": "usb:04b8:0202", "tcp": "tcp:" + s.b.ReceiptTCP, "pty": "serial:" + s.b.Receipt}[s.line])
	if err != nil {
		return nil, err
	}
	if wrap != nil {
		port = wrap(port)
	}
	p, err := escpos.Open(ctx, port, s.params)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (s *simPrinter) Press(fault string, value int) { s.b.Press(simtest.Receipt, fault, value) }
func (s *simPrinter) Once(fault string, value int)  { s.b.Once(simtest.Receipt, fault, value) }
func (s *simPrinter) Release(fault string)          { s.b.Release(simtest.Receipt, fault) }
func (s *simPrinter) Paper(what string)             { s.b.Paper(simtest.Receipt, what) }

func (s *simPrinter) Slips() []drivertest.SeenSlip {
	var out []drivertest.SeenSlip
	for _, slip := range s.b.Slips() {
		raw, err := s.b.Control.SlipPNG(s.t.Context(), slip.N)
		if err != nil {
			s.t.Fatal(err)
		}
		out = append(out, drivertest.SeenSlip{Complete: slip.Complete, PNG: raw})
	}
	return out
}
