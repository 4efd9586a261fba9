package drivertest_test

import (
	"bytes"
	"slices"
	"testing"

	"tongban/deploy/sim/laser/raster"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/laser/ipp"
	"tongban/drivers/laser/render"
)

func needRenderer(t *testing.T) {
	t.Helper()
	if err := render.Ready(); err != nil {
		t.Skip("no renderer: apt-get install poppler-utils")
	}
}

func rasterPrinter(dpi int, grey bool, back string, formats ...string) simtest.Option {
	return func(c *rig.Config) {
		c.Laser.Formats, c.Laser.DPI, c.Laser.Grey, c.Laser.Back = formats, dpi, grey, back
	}
}

func openLaser(t *testing.T, b *simtest.Bench, params drivers.Params) drivers.LaserPrinter {
	t.Helper()
	port, err := hal.Open(t.Context(), b.Laser)
	if err != nil {
		t.Fatal(err)
	}
	d, err := ipp.Driver().Open(t.Context(), port, params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d.(drivers.LaserPrinter)
}

// The contract of page printers, kept with printers that take no PDF: each document goes out as pages of dots.
func TestRasterContract(t *testing.T) {
	needRenderer(t)
	for _, format := range []string{drivers.FormatPWG, drivers.FormatURF} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			drivertest.LaserPrinter(t, func(t *testing.T) drivertest.LaserBench {
				return &simLaser{b: simtest.StartWith(t, []simtest.Option{rasterPrinter(100, true, "rotated", format)}, simtest.Laser)}
			})
		})
	}
}

// What is chosen follows from what the printer says, and comes out so: format, density, colour, sides, backs, pages.
func TestRasterAsThePrinterSays(t *testing.T) {
	needRenderer(t)
	for name, c := range map[string]struct {
		formats []string
		dpi     int
		grey    bool
		back    string
		params  drivers.Params
		want    string
		colour  bool
	}{
		"takes PDF":        {formats: []string{drivers.FormatURF, drivers.FormatPDF, drivers.FormatPWG}, dpi: 600, want: drivers.FormatPDF},
		"colour":           {formats: []string{drivers.FormatJPEG, drivers.FormatPWG, drivers.FormatURF}, dpi: 150, want: drivers.FormatPWG, colour: true},
		"asked to be grey": {formats: []string{drivers.FormatPWG}, dpi: 150, params: drivers.Params{"color": "monochrome"}, want: drivers.FormatPWG},
		"AirPrint grey":    {formats: []string{drivers.FormatURF, drivers.FormatJPEG}, dpi: 300, grey: true, want: drivers.FormatURF},
		"AirPrint colour":  {formats: []string{drivers.FormatURF}, dpi: 150, back: "rotated", want: drivers.FormatURF, colour: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := simtest.StartWith(t, []simtest.Option{rasterPrinter(c.dpi, c.grey, c.back, c.formats...)}, simtest.Laser)
			p := openLaser(t, b, c.params)
			if got := p.Capabilities().SendsPDF; got != c.want {
				t.Errorf("chosen %s, want %s", got, c.want)
			}
			job := drivers.PrintJob{Key: "job-1", Document: bytes.NewReader(drivertest.TestPDF(2)), Format: drivers.FormatPDF, Duplex: true}
			acc, err := p.Print(t.Context(), job)
			if err != nil || acc.SentAs != c.want || acc.Impressions != 2 || acc.Sheets != 1 {
				t.Fatalf("%+v %v", acc, err)
			}
			dots := b.Terminal.Laser.Dots(job.Key)
			if c.want == drivers.FormatPDF {
				if dots != nil {
					t.Error("pages of dots for a printer that takes PDF")
				}
				return
			}
			checkDots(t, dots, c.dpi, c.colour, c.back)
		})
	}
}

func checkDots(t *testing.T, dots []raster.Page, dpi int, colour bool, back string) {
	t.Helper()
	if len(dots) != 2 {
		t.Fatalf("%d pages", len(dots))
	}
	for i, p := range dots {
		if p.DPI != dpi || p.Width != 2100*dpi/254 || p.Height != 2970*dpi/254 || (p.Channels == 3) != colour || !p.Duplex || p.Ink() == 0 {
			t.Errorf("page %d: %d×%d at %d, %d channels, duplex %v, %d points of ink", i+1, p.Width, p.Height, p.DPI, p.Channels, p.Duplex, p.Ink())
		}
	}
	// The line of text stands near the top of its page: on a back that goes in by half a turn it is near the bottom.
	top := func(p raster.Page) bool {
		return slices.ContainsFunc(p.Bits[:len(p.Bits)/2], func(c byte) bool { return c < 128 })
	}
	if !top(dots[0]) || top(dots[1]) == (back == "rotated") {
		t.Errorf("front upright %v, back upright %v, printer wants %q", top(dots[0]), top(dots[1]), back)
	}
}

// A printer that takes neither a PDF nor dots that we can make is told plainly, and gets nothing.
func TestRasterNoWay(t *testing.T) {
	b := simtest.StartWith(t, []simtest.Option{rasterPrinter(600, false, "", "application/vnd.hp-PCL", drivers.FormatJPEG)}, simtest.Laser)
	p := openLaser(t, b, nil)
	_, err := p.Print(t.Context(), drivers.PrintJob{Key: "job-1", Document: bytes.NewReader(drivertest.TestPDF(1)), Format: drivers.FormatPDF})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeUnsupported || p.Capabilities().SendsPDF != "" || len(b.Terminal.Laser.Printed()) != 0 {
		t.Errorf("%v, chosen %q", err, p.Capabilities().SendsPDF)
	}
}

// Where the renderer is missing, a printer without PDF says so before anything is sent.
func TestRasterWithoutRenderer(t *testing.T) {
	b := simtest.StartWith(t, []simtest.Option{rasterPrinter(100, true, "", drivers.FormatPWG)}, simtest.Laser)
	p := openLaser(t, b, nil)
	t.Setenv("PATH", t.TempDir())
	_, err := p.Print(t.Context(), drivers.PrintJob{Key: "job-1", Document: bytes.NewReader(drivertest.TestPDF(1)), Format: drivers.FormatPDF})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeUnsupported || len(b.Terminal.Laser.Printed()) != 0 {
		t.Errorf("%v", err)
	}
}
