package page_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math"
	"os"
	"testing"
	"time"

	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/scanner/escl"
	"tongban/drivers/scanner/page"
)

// desk is the emulated camera behind the real driver.
type desk struct {
	b *simtest.Bench
	c *escl.Camera
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	b := simtest.Start(t, simtest.Camera)
	c, err := escl.Open(t.Context(), b.Camera, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &desk{b, c}
}

func (d *desk) preview(t *testing.T) image.Image {
	t.Helper()
	return mustDecode(t, again(t, d.c.Preview).JPEG)
}

func (d *desk) capture(t *testing.T) drivers.Frame {
	t.Helper()
	return again(t, d.c.Capture)
}

// again repeats a picture: the emulator draws a scene when it is first looked at, and slowly under the race detector.
func again(t *testing.T, shoot func(context.Context) (drivers.Frame, error)) drivers.Frame {
	t.Helper()
	var err error
	for ends := time.Now().Add(time.Minute); time.Now().Before(ends); {
		var f drivers.Frame
		if f, err = shoot(t.Context()); err == nil {
			return f
		}
	}
	t.Fatal(err)
	return drivers.Frame{}
}

// lying is how the emulator lays its sheets: degrees clockwise.
var lying = map[string]float64{"hukou": -1.4, "application": 2.1, "lease": -2.6, "income": 0.8, "property": 3.2}

// truth is where the corners of a sheet are in a picture of w×h pixels: A4 in the middle of a field of 2957×3936 units of
// 1/300 inch, a little nearer to the lens at one edge.
func truth(angle float64, w, h int) [4][2]float64 {
	sin, cos := math.Sincos(angle * math.Pi / 180)
	turn := math.Copysign(1, angle)
	var q [4][2]float64
	for i, c := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := c[0]*210/25.4*150*(0.97+0.02*c[1]*turn), c[1]*297/25.4*150*0.985
		q[i] = [2]float64{(2957.0/2 + x*cos - y*sin) * float64(w) / 2957, (3936.0/2 + x*sin + y*cos) * float64(h) / 3936}
	}
	return q
}

func worstCorner(p drivers.Page, want [4][2]float64) float64 {
	worst := 0.0
	for i, c := range p.Corners {
		worst = max(worst, math.Hypot(float64(c.X)-want[i][0], float64(c.Y)-want[i][1]))
	}
	return worst
}

func TestSheets(t *testing.T) {
	d := newDesk(t)
	for sheet, angle := range lying {
		t.Run(sheet, func(t *testing.T) {
			d.b.Paper(simtest.Camera, sheet)
			img := d.preview(t)
			start := time.Now()
			p := page.Judge(img)
			took := time.Since(start)
			off := worstCorner(p, truth(angle, img.Bounds().Dx(), img.Bounds().Dy()))
			t.Logf("preview: %s, corners within %.1f px, sharpness %.2f, light %.0f, %v", p.Verdict, off, p.Sharpness, p.Light, took)
			if p.Verdict != drivers.PageGood || off > 2.5 {
				t.Errorf("preview: %+v", p)
			}
			f := d.capture(t)
			start = time.Now()
			p, err := page.Straighten(f.JPEG)
			took = time.Since(start)
			if err != nil {
				t.Fatal(err)
			}
			off = worstCorner(p, truth(angle, f.Width, f.Height))
			t.Logf("capture: %s, corners within %.1f px, sharpness %.2f, light %.0f, %d×%d in %d bytes, %v", p.Verdict, off, p.Sharpness, p.Light, p.Width, p.Height, len(p.JPEG), took)
			if p.Verdict != drivers.PageGood || off > 3.5 {
				t.Errorf("capture: verdict %s, corners %v", p.Verdict, p.Corners)
			}
			if r := float64(p.Height) / float64(p.Width); math.Abs(r-math.Sqrt2) > 0.002 {
				t.Errorf("straightened to %d×%d", p.Width, p.Height)
			}
			if dir := os.Getenv("TONGBAN_LOOK"); dir != "" {
				_ = os.WriteFile(dir+"/page-"+sheet+".jpg", p.JPEG, 0o644)
			}
			if again := page.Judge(mustDecode(t, p.JPEG)); again.Sharpness < 0.3 {
				t.Logf("straightened page alone: %s sharpness %.2f", again.Verdict, again.Sharpness)
			}
		})
	}
}

func mustDecode(t *testing.T, raw []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestFaults(t *testing.T) {
	d := newDesk(t)
	for fault, want := range map[string]drivers.PageVerdict{"empty": drivers.PageNone, "blurred": drivers.PageBlurred, "dark": drivers.PageDark,
		"bright": drivers.PageBright, "cutoff": drivers.PageCut, "blank": drivers.PageEmpty} {
		for sheet := range lying {
			t.Run(fault+"/"+sheet, func(t *testing.T) {
				d.b.Paper(simtest.Camera, sheet)
				d.b.Press(simtest.Camera, fault, 0)
				defer d.b.Release(simtest.Camera, fault)
				p := page.Judge(d.preview(t))
				t.Logf("preview %s sharpness %.2f light %.0f", p.Verdict, p.Sharpness, p.Light)
				if p.Verdict != want {
					t.Errorf("preview: %+v, want %s", p, want)
				}
				if sheet != "lease" { // the emulator takes its time for eight megapixels
					return
				}
				s, err := page.Straighten(d.capture(t).JPEG)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("capture %s sharpness %.2f light %.0f", s.Verdict, s.Sharpness, s.Light)
				if s.Verdict != want || (s.JPEG == nil) != (want == drivers.PageNone) {
					t.Errorf("capture: %s with %d bytes, want %s", s.Verdict, len(s.JPEG), want)
				}
			})
		}
	}
}

func TestBareMat(t *testing.T) {
	d := newDesk(t)
	d.b.Paper(simtest.Camera, "none")
	if p := page.Judge(d.preview(t)); p.Verdict != drivers.PageNone {
		t.Errorf("%+v", p)
	}
}
