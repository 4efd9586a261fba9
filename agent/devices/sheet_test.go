package devices_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"tongban/agent/devices"
	"tongban/deploy/sim/laser"
	"tongban/deploy/sim/rig"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	profiles "tongban/firmware-profiles"
)

// A page goes to the colour printer of the tender as it is in its profile: A4, in colour, at 600 dots an inch, and the
// document arrives byte for byte, so that size and colour are the document's own.
func TestPageIsA4InColourAt600(t *testing.T) {
	dir := t.TempDir()
	tm, at, err := rig.Start(rig.Config{Name: "SHEET", Kinds: []string{laser.Kind}, Laser: laser.Config{Out: dir}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tm.Close() })
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	model := profiles.Terminal{Devices: []profiles.Place{{Kind: "laser", Profile: "ipp-a4-colour"}}}
	slots, err := devices.Slots(set, model, map[string]string{"laser": at.Laser})
	if err != nil {
		t.Fatal(err)
	}
	dev, err := slots[0].Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dev.Close() }()
	doc := bytes.Replace(drivertest.TestPDF(1), []byte("BT /F 24"), []byte("1 0 0 rg BT /F 24"), 1)
	acc, err := dev.(drivers.LaserPrinter).Print(t.Context(), drivers.PrintJob{Key: "sheet", Document: bytes.NewReader(doc), Format: drivers.FormatPDF, Pages: 1})
	if err != nil || acc.Sheets != 1 {
		t.Fatalf("%+v, %v", acc, err)
	}
	jobs := tm.Laser.Printed()
	if len(jobs) != 1 || jobs[0].Media != "iso_a4_210x297mm" || jobs[0].Color != "color" || jobs[0].DPI != 600 || !jobs[0].Complete {
		t.Errorf("the printer was asked for %+v", jobs)
	}
	got, err := os.ReadFile(filepath.Join(dir, "001.pdf"))
	if err != nil || !bytes.Equal(got, doc) {
		t.Errorf("the printer has %d bytes of %d, %v", len(got), len(doc), err)
	}
	if !bytes.Contains(got, []byte("/MediaBox [0 0 595 842]")) {
		t.Error("the page is not A4")
	}
}
