package drivertest

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
	"time"

	"tongban/drivers"
)

// ReceiptBench is a printer with a hand on it: an emulator, or a real one with a technician beside it. Fault names are
// those of the emulator's board (cover, paper-out, paper-out-after, near-end, cutter, jam, silent, no-echo, garbage,
// slow, power, power-after, cut).
type ReceiptBench interface {
	// Open makes a driver on a fresh port; wrap, where not nil, stands between the port and the driver.
	Open(ctx context.Context, wrap func(drivers.Port) drivers.Port) (drivers.ReceiptPrinter, error)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
	Paper(what string) // roll, none, tear
	Slips() []SeenSlip
}

// SeenSlip is a slip as it lies before the printer.
type SeenSlip struct {
	Complete bool // cut, and nothing missing
	PNG      []byte
}

// receiptLimit is how soon every fault must be told.
const receiptLimit = 3 * time.Second

// ReceiptPrinter is the contract that every receipt driver keeps. start makes a fresh bench for each case.
func ReceiptPrinter(t *testing.T, start func(t *testing.T) ReceiptBench) {
	t.Helper()
	for _, c := range receiptCases {
		t.Run(c.name, func(t *testing.T) { c.run(t, newReceiptDesk(t, start(t))) })
	}
	for _, f := range receiptFaults {
		t.Run("fault/"+f.name, func(t *testing.T) { f.run(t, newReceiptDesk(t, start(t))) })
	}
}

// receiptDesk keeps the books of one case: no job may be reported done without one more complete slip.
type receiptDesk struct {
	ReceiptBench
	t *testing.T
	p drivers.ReceiptPrinter
}

func newReceiptDesk(t *testing.T, b ReceiptBench) *receiptDesk {
	t.Helper()
	d := &receiptDesk{ReceiptBench: b, t: t}
	d.open(nil)
	return d
}

// open replaces the driver by a new one, as a supervisor does after a fault.
func (d *receiptDesk) open(wrap func(drivers.Port) drivers.Port) {
	d.t.Helper()
	if d.p != nil {
		_ = d.p.Close()
	}
	var err error
	for range 20 { // a re-plugged line may need a moment
		if d.p, err = d.Open(d.t.Context(), wrap); err == nil {
			p := d.p
			d.t.Cleanup(func() { _ = p.Close() })
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	d.t.Fatalf("open: %v", err)
}

func (d *receiptDesk) complete() int {
	n := 0
	for _, s := range d.Slips() {
		if s.Complete {
			n++
		}
	}
	return n
}

// print runs one job and checks the book.
func (d *receiptDesk) print(slip drivers.Slip) (drivers.PrintResult, error) {
	d.t.Helper()
	before := d.complete()
	res, err := d.p.Print(d.t.Context(), slip)
	grown := d.complete() - before
	switch {
	case err == nil && grown != 1:
		d.t.Fatalf("job reported done by %s, %d complete slips came out", res.By, grown)
	case err != nil && drivers.Fault(err).Reason != drivers.ReasonPrintUnknown && grown != 0:
		d.t.Fatalf("job reported failed (%v), but a complete slip came out", err)
	}
	return res, err
}

// mustPrint is print for a healthy printer; the paper must show every dot of the picture.
func (d *receiptDesk) mustPrint() drivers.PrintResult {
	d.t.Helper()
	img := testSlip(d.p.Dots(), 400)
	res, err := d.print(drivers.Slip{Key: "job", Image: img})
	if err != nil {
		d.t.Fatalf("print: %v", err)
	}
	slips := d.Slips()
	if diff, first := dotsDiffer(d.t, slips[len(slips)-1].PNG, img); diff > 4 {
		d.t.Fatalf("%d dots of the slip differ from the picture, the first in row %d; slip %d", diff, first, len(slips))
	}
	return res
}

// fail runs a job that must fail with reason within the limit after cause.
func (d *receiptDesk) fail(slip drivers.Slip, reason drivers.Reason, cause func() time.Time) {
	d.t.Helper()
	_, err := d.print(slip)
	late := time.Since(cause())
	if got := drivers.Fault(err); got == nil || got.Reason != reason {
		d.t.Fatalf("print: %v, want %s", err, reason)
	}
	told(d.t, d.p, late, receiptLimit)
}

// testSlip is a picture with text-like lines, white gaps and a ragged right edge, h dots high.
func testSlip(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			ink := y%40 < 26 && x > 8 && x < w-8-(y/40*37)%(w/2) && (x*7+y*13)%5 < 2
			if y < 6 || ink {
				continue
			}
			img.Pix[y*img.Stride+x] = 255
		}
	}
	return img
}

// dotsDiffer counts the dots that the paper and the picture do not share; white paper below the picture is no difference.
// dotsDiffer counts the dots that are not as wanted, and tells the row of the first.
func dotsDiffer(t *testing.T, raw []byte, want *image.Gray) (n, first int) {
	t.Helper()
	got, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("decode slip: %v", err)
	}
	b := want.Bounds()
	if got.Bounds().Dx() != b.Dx() || got.Bounds().Dy() < b.Dy() {
		t.Fatalf("slip of %v, picture of %v", got.Bounds(), b)
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, _, _, _ := got.At(x, y).RGBA()
			if (r < 0x8000) != (want.Pix[y*want.Stride+x] < 128) {
				if n++; n == 1 {
					first = y
				}
			}
		}
	}
	return n, first
}
