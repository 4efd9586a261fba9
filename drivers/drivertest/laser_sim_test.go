package drivertest_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/laser/ipp"
)

// The contract of page printers, kept by the IPP driver against the emulator.
func TestLaserContract(t *testing.T) {
	t.Parallel()
	drivertest.LaserPrinter(t, func(t *testing.T) drivertest.LaserBench {
		t.Parallel()
		return &simLaser{b: simtest.Start(t, simtest.Laser)}
	})
}

// A printer that tells its supplies in the older words is understood too.
func TestLaserMarkers(t *testing.T) {
	b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Laser.Markers, c.Laser.NoDuplex = true, true }}, simtest.Laser)
	p, err := (&simLaser{b: b}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	b.Press(simtest.Laser, "toner-low", 0)
	list, err := p.Supplies(t.Context())
	if err != nil || len(list) != 2 || list[0].Level != 8 || list[0].State != drivers.SupplyLow || list[1].Type != "waste-toner" {
		t.Errorf("%+v %v", list, err)
	}
	if p.Capabilities().Duplex {
		t.Error("it prints both sides")
	}
}

type simLaser struct{ b *simtest.Bench }

func (s *simLaser) Open(ctx context.Context) (drivers.LaserPrinter, error) {
	port, err := hal.Open(ctx, s.b.Laser)
	if err != nil {
		return nil, err
	}
	d, err := ipp.Driver().Open(ctx, port, nil)
	if err != nil {
		return nil, err
	}
	return d.(drivers.LaserPrinter), nil
}

func (s *simLaser) Press(fault string, value int) { s.b.Press(simtest.Laser, fault, value) }
func (s *simLaser) Once(fault string, value int)  { s.b.Once(simtest.Laser, fault, value) }
func (s *simLaser) Release(fault string)          { s.b.Release(simtest.Laser, fault) }

func (s *simLaser) Sheets() []drivertest.SeenSheets {
	var out []drivertest.SeenSheets
	for _, p := range s.b.Terminal.Laser.Printed() {
		out = append(out, drivertest.SeenSheets{Name: p.Name, Sides: p.Sides, Sheets: p.Sheets, Complete: p.Complete, Over: p.State >= 7})
	}
	return out
}

// Twenty pages at the pace of the tender's printer, which makes 21 a minute: all are out within a minute, and of that the software takes next
// to nothing. The engine never waits for data (HW-K6.3).
func TestTwentyPagesInAMinute(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	const pages, each = 20, time.Minute / 21
	b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Laser.Page = each }}, simtest.Laser)
	p, err := (&simLaser{b: b}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	acc, err := p.Print(t.Context(), drivers.PrintJob{Key: "k-20", Document: bytes.NewReader(drivertest.TestPDF(pages)), Format: drivers.FormatPDF, Pages: pages})
	if err != nil {
		t.Fatal(err)
	}
	jobs := b.Terminal.Laser.Printed()
	if len(jobs) != 1 || jobs[0].Sides != pages || !jobs[0].Complete {
		t.Errorf("printed %+v", jobs)
	}
	if acc.Took < (pages-1)*each { // the first may be fed while the document comes
		t.Errorf("after %v: faster than the engine goes", acc.Took)
	}
	if acc.Took > time.Minute || acc.Took-pages*each > 2500*time.Millisecond {
		t.Errorf("after %v, of which the engine worked %v", acc.Took, pages*each)
	}
	t.Logf("%d pages after %v, of which the engine worked %v", pages, acc.Took, pages*each)
}
