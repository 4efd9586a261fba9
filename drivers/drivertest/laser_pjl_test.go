package drivertest_test

import (
	"bytes"
	"context"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/deploy/sim/usb"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/laser/pjl"
)

// rawPrinter is a printer that speaks PJL, on the net and on USB.
func rawPrinter(bus *usb.Bus, change func(*rig.Config)) []simtest.Option {
	return []simtest.Option{func(c *rig.Config) {
		c.Laser.DPI = 150
		if c.LaserTCP = "127.0.0.1:0"; bus != nil {
			c.Bus, c.LaserUSB = bus, true
			c.LaserTCP, c.LaserLink = "", filepath.Join(filepath.Dir(c.Laser.Out), "raw")
		}
		if change != nil {
			change(c)
		}
	}}
}

// rawLaser is the bench of such a printer. It knows how many sides were asked for, which the printer is not told.
type rawLaser struct {
	simLaser
	bus    *usb.Bus // nil: on the net
	params drivers.Params

	mu    sync.Mutex
	asked map[string]int
}

func newRaw(t *testing.T, bus *usb.Bus, params drivers.Params, change func(*rig.Config)) *rawLaser {
	t.Helper()
	all := drivers.Params{"dpi": 75}
	maps.Copy(all, params)
	return &rawLaser{simLaser: simLaser{b: simtest.StartWith(t, rawPrinter(bus, change), simtest.Laser)}, bus: bus, params: all, asked: map[string]int{}}
}

// Open opens the printer on USB, where it is; a second driver comes over a line of its own, for the pipes have one owner.
func (s *rawLaser) Open(ctx context.Context) (drivers.LaserPrinter, error) {
	var port drivers.Port
	err := error(&drivers.Error{Code: drivers.CodeDeviceNotReady})
	if s.bus != nil {
		port, err = hal.Sockets{USB: s.bus}.Open(ctx, "usb:03f0:0517")
	}
	if f := drivers.Fault(err); f != nil && f.Code == drivers.CodeDeviceNotReady {
		address := "tcp:" + s.b.LaserTCP
		if s.bus != nil {
			address = s.b.LaserPTY
		}
		port, err = hal.Open(ctx, address)
	}
	if err != nil {
		return nil, err
	}
	d, err := pjl.Driver().Open(ctx, port, s.params)
	if err != nil {
		return nil, err
	}
	return askedLaser{d.(drivers.LaserPrinter), s}, nil
}

type askedLaser struct {
	drivers.LaserPrinter
	s *rawLaser
}

func (a askedLaser) Print(ctx context.Context, job drivers.PrintJob) (drivers.JobAccount, error) {
	a.s.mu.Lock()
	a.s.asked[job.Key] = job.Pages * max(1, job.Copies)
	a.s.mu.Unlock()
	return a.LaserPrinter.Print(ctx, job)
}

func (s *rawLaser) Sheets() []drivertest.SeenSheets {
	out := s.simLaser.Sheets()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, x := range out {
		want := s.asked[strings.TrimPrefix(x.Name, "tongban-")]
		out[i].Complete = x.Over && x.Sides >= want && want > 0
	}
	return out
}

// The contract of page printers, kept in PJL: over the net and over the USB printer class, with pages of our own and with a PDF.
func TestPJLContract(t *testing.T) {
	needRenderer(t)
	for name, c := range map[string]struct {
		net    bool
		params drivers.Params
		change func(*rig.Config)
	}{
		"net":                        {net: true},
		"usb":                        {},
		"pdf":                        {params: drivers.Params{"language": "pdf"}},
		"prints jammed sheets again": {change: func(c *rig.Config) { c.Laser.KeepsJam = true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drivertest.LaserPrinter(t, func(t *testing.T) drivertest.LaserBench {
				t.Parallel()
				var bus *usb.Bus
				if !c.net {
					bus = usb.NewBus()
				}
				return newRaw(t, bus, c.params, c.change)
			})
		})
	}
}

func (s *rawLaser) must(t *testing.T) drivers.LaserPrinter {
	t.Helper()
	p, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func document(key string, pages int) drivers.PrintJob {
	return drivers.PrintJob{Key: key, Document: bytes.NewReader(drivertest.TestPDF(pages)), Format: drivers.FormatPDF, Pages: pages}
}

// Paper that ends between two sheets leaves nothing in the printer, and a jam takes its sheet away: both are said for certain. A cover
// that is opened over a sheet leaves one open, and no more than one comes out later.
func TestPJLSheetBySheet(t *testing.T) {
	needRenderer(t)
	for fault, c := range map[string]struct {
		reason drivers.Reason
		before int // sides that lie in the tray
		after  int // when it was mended
	}{
		"paper-out-after": {drivers.ReasonPaperOut, 1, 1},
		"jam":             {drivers.ReasonPaperJam, 0, 0},
		"jam-after":       {drivers.ReasonPaperJam, 1, 1},
		"cover":           {drivers.ReasonPrintUnknown, 0, 1},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := newRaw(t, nil, nil, func(c *rig.Config) { c.Laser.Page = 800 * time.Millisecond })
			p := s.must(t)
			if fault == "cover" {
				go func() {
					for len(s.Sheets()) == 0 {
						time.Sleep(10 * time.Millisecond)
					}
					time.Sleep(300 * time.Millisecond)
					s.Press(fault, 0)
				}()
			} else {
				s.Press(fault, 0)
			}
			_, err := p.Print(t.Context(), document("a", 3))
			if f := drivers.Fault(err); f == nil || f.Reason != c.reason {
				t.Fatalf("print: %v", err)
			}
			if got := s.Sheets(); len(got) != 1 || got[0].Sides != c.before {
				t.Errorf("in the tray %+v", got)
			}
			s.Release(fault)
			if _, err := p.Print(t.Context(), document("b", 1)); err != nil {
				t.Errorf("print: %v", err)
			}
			if got := s.Sheets(); len(got) != 2 || got[0].Sides != c.after || got[0].Complete || !got[1].Complete {
				t.Errorf("in the tray %+v", got)
			}
		})
	}
}

// What comes out are the pages of the document, upright, both sides of a sheet, in every copy.
func TestPJLPages(t *testing.T) {
	needRenderer(t)
	s := newRaw(t, nil, drivers.Params{"color": "color", "dpi": 100}, nil)
	p := s.must(t)
	job := document("a", 3)
	job.Duplex, job.Copies = true, 2
	acc, err := p.Print(t.Context(), job)
	if err != nil || acc.SentAs != drivers.FormatPCL || acc.Impressions != 6 || acc.Sheets != 4 {
		t.Fatalf("%+v %v", acc, err)
	}
	dots := s.b.Terminal.Laser.Dots("a")
	if len(dots) != 6 {
		t.Fatalf("%d pages", len(dots))
	}
	for i, d := range dots {
		half := len(d.Bits) / 2
		if d.DPI != 100 || d.Width != 826 || d.Channels != 3 || !d.Duplex || d.Ink() == 0 || bytes.Count(d.Bits[half:], []byte{255}) != len(d.Bits[half:]) {
			t.Errorf("page %d: %d points wide at %d, %d channels, %d of ink", i+1, d.Width, d.DPI, d.Channels, d.Ink())
		}
		if !bytes.Equal(d.Bits, dots[i%3].Bits) || i%3 > 0 && bytes.Equal(d.Bits, dots[0].Bits) {
			t.Errorf("page %d is not the one it should be", i+1)
		}
	}
}

// A printer that does not tell its pages one by one goes by its count of all sides: paper that ends between two sheets is certain there
// too.
func TestPJLByLifeCount(t *testing.T) {
	needRenderer(t)
	s := newRaw(t, nil, nil, func(c *rig.Config) { c.Laser.NoPages = true })
	p := s.must(t)
	if acc, err := p.Print(t.Context(), document("a", 2)); err != nil || acc.Impressions != 2 {
		t.Fatalf("%+v %v", acc, err)
	}
	s.Press("paper-out-after", 1)
	acc, err := p.Print(t.Context(), document("b", 2))
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonPaperOut || acc.Impressions != 1 {
		t.Errorf("%+v %v", acc, err)
	}
}

// A printer that tells nothing gets the job, and nobody is told that it came out.
func TestPJLOneWay(t *testing.T) {
	needRenderer(t)
	s := newRaw(t, nil, drivers.Params{"answers": "no"}, func(c *rig.Config) { c.Laser.OneWay = true })
	p := s.must(t)
	if c := p.Capabilities(); !c.OneWay || c.Recalls || c.Levels || c.Remembers {
		t.Errorf("%+v", c)
	}
	st, err := p.Status(t.Context())
	if err != nil || st.State != drivers.StateOnline || st.Paper != drivers.SupplyUnknown {
		t.Errorf("%+v %v", st, err)
	}
	acc, err := p.Print(t.Context(), document("a", 2))
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonPrintUnknown || acc.Impressions != -1 {
		t.Errorf("%+v %v", acc, err)
	}
	for range 200 {
		if got := s.Sheets(); len(got) == 1 && got[0].Complete {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("in the tray %+v", s.Sheets())
}

// Such a printer whose profile does not say so is refused, with the words that help.
func TestPJLNoAnswer(t *testing.T) {
	s := newRaw(t, nil, nil, func(c *rig.Config) { c.Laser.OneWay = true })
	_, err := s.Open(t.Context())
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || !strings.Contains(f.Detail, "answers: no") {
		t.Errorf("%v", err)
	}
}

// A program that died in the middle of a line of dots leaves a printer that waits for the rest of it: the next one is understood all
// the same, and the torn page belongs to nobody else's job.
func TestPJLTornLine(t *testing.T) {
	needRenderer(t)
	s := newRaw(t, usb.NewBus(), nil, nil)
	port, err := hal.Sockets{USB: s.bus}.Open(t.Context(), "usb:03f0:0517")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := port.Write([]byte("\x1b%-12345X@PJL JOB NAME=\"tongban-torn\"\r\n@PJL ENTER LANGUAGE=PCL\r\n\x1bE\x1b*t150R\x1b*r1A\x1b*b9000W\x01\x02")); err != nil {
		t.Fatal(err)
	}
	if err := port.Close(); err != nil {
		t.Fatal(err)
	}
	p := s.must(t)
	if acc, err := p.Print(t.Context(), document("b", 1)); err != nil || acc.Impressions != 1 {
		t.Errorf("%+v %v", acc, err)
	}
	if got := s.Sheets(); len(got) != 2 || !got[1].Complete || got[1].Sides != 1 {
		t.Errorf("in the tray %+v", got)
	}
}
