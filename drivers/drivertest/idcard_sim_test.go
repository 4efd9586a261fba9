package drivertest_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/control"
	simcard "tongban/deploy/sim/idcard"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/idcard/sdt"
)

// The contract of ID-card readers, kept by the driver against the emulator, over both kinds of line.
func TestIDCardContract(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"pty", "tcp"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			drivertest.IDCardReader(t, func(t *testing.T) drivertest.IDCardBench {
				t.Parallel()
				t.Helper()
				return newSimReader(t, line)
			})
		})
	}
}

// The same over USB, in both layouts of pipes that readers have, and inside HID reports.
func TestIDCardContractUSB(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{simcard.TwoPipes, simcard.FourPipes, simcard.Reports} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			drivertest.IDCardReader(t, func(t *testing.T) drivertest.IDCardBench {
				t.Parallel()
				t.Helper()
				return newUSBReader(t, layout)
			})
		})
	}
}

// newUSBReader is a reader that is on USB only.
func newUSBReader(t *testing.T, layout string, options ...simtest.Option) *simReader {
	t.Helper()
	bus := usb.NewBus()
	s := newSimReader(t, "pty", append(options, func(c *rig.Config) { c.Bus, c.IDCardUSB, c.NoPTY, c.IDCardTCP = bus, layout, true, "" })...)
	s.addr, s.sockets = "usb:0400:c35a", hal.Sockets{USB: bus, HID: usb.HID{Bus: bus}}
	if layout == simcard.Reports {
		s.addr = "hid:0400:c35a"
	}
	return s
}

// The same at the pace of real hardware: 115200 baud, a card that takes 350 ms.
func TestIDCardContractRealTime(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes two minutes of waiting")
	}
	drivertest.IDCardReader(t, func(t *testing.T) drivertest.IDCardBench {
		t.Parallel()
		t.Helper()
		return newSimReader(t, "pty", simtest.RealTime())
	})
}

// A read stays within the second that the tender allows, with the emulated reader at real line speed.
func TestIDCardReadTime(t *testing.T) {
	for name, b := range map[string]*simReader{
		"serial": newSimReader(t, "pty", simtest.RealTime()), "two pipes": newUSBReader(t, simcard.TwoPipes, simtest.RealTime()),
		"four pipes": newUSBReader(t, simcard.FourPipes, simtest.RealTime()),
	} {
		t.Run(name, func(t *testing.T) { readTime(t, b) })
	}
}

func readTime(t *testing.T, b *simReader) {
	t.Helper()
	r, err := b.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	worst := int64(0)
	for range 5 {
		b.TakeCard()
		b.PutCard("xie") // has an added address, the longest way
		c, err := r.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		worst = max(worst, c.ElapsedMS)
		t.Logf("read in %d ms", c.ElapsedMS)
	}
	if worst > 1000 {
		t.Errorf("slowest read took %d ms, the tender allows 1000", worst)
	}
}

type simReader struct {
	t    *testing.T
	b    *simtest.Bench
	addr string

	sockets hal.Sockets
	params  drivers.Params // nil: those of the contract
}

func newSimReader(t *testing.T, line string, options ...simtest.Option) *simReader {
	t.Helper()
	b := simtest.StartWith(t, options, simtest.IDCard)
	s := &simReader{t: t, b: b, addr: "serial:" + b.IDCard}
	if line == "tcp" {
		s.addr = "tcp:" + b.IDCardTCP
	}
	return s
}

func (s *simReader) Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.IDCardReader, error) {
	port, err := s.sockets.Open(ctx, s.addr)
	if err != nil {
		return nil, err
	}
	if wrap != nil {
		port = wrap(port)
	}
	if s.params != nil {
		return sdt.Open(ctx, port, s.params)
	}
	return sdt.Open(ctx, port, drivers.Params{"poll": "100ms"})
}

// Holders says what a driver must make of the emulator's people. It is written from the data file, not from the driver.
func (s *simReader) Holders() []drivertest.Holder {
	var out []drivertest.Holder
	for _, p := range simcard.People() {
		out = append(out, drivertest.Holder{Key: p.Key, Want: drivers.IDCard{
			Type: p.Type, Name: p.Name, NameEN: p.NameEN, Sex: map[string]string{"1": "male", "2": "female"}[p.Sex],
			Nation: p.Nation, Nationality: p.Nationality, Birth: day(p.Birth), Address: p.Address, AddressAdded: p.AddressAdded,
			IDNumber: p.IDNumber, PermitNumber: p.PermitNumber, IssueCount: p.IssueCount + p.Renewals, Issuer: p.Issuer,
			ValidFrom: day(p.ValidFrom), ValidTo: day(p.ValidTo),
		}})
	}
	return out
}

func day(s string) string {
	if s == "长期" {
		return "long-term"
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:]
}

func (s *simReader) PutCard(key string) { s.b.PutCard(key) }
func (s *simReader) TakeCard()          { s.b.TakeCard() }

func (s *simReader) Press(fault string, value int, at string) { s.order(fault, value, at, 0) }
func (s *simReader) Once(fault string, value int, at string)  { s.order(fault, value, at, 1) }

func (s *simReader) order(fault string, value int, at string, times int) {
	s.t.Helper()
	err := s.b.Control.Fault(context.Background(), control.FaultOrder{Device: simtest.IDCard, Fault: fault, Value: value, At: at, Times: times})
	if err != nil {
		s.t.Errorf("press %s: %v", fault, err)
	}
}

func (s *simReader) Release(fault string) {
	s.b.Release(simtest.IDCard, fault)
	if fault != "cut" {
		return
	}
	for range 100 { // a pty path is back when its link is
		if _, err := os.Stat(strings.TrimPrefix(s.addr, "serial:")); err == nil || !strings.HasPrefix(s.addr, "serial:") {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}
