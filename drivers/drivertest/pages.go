package drivertest

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"testing"
	"time"

	"tongban/drivers"
)

// PagesBench is a scanner with glass and a feeder, and a hand on it. Faults are jam, cover, busy, line, denied, gone, silent, garbage,
// half, crash, slow, later (three pages, then a jam) and stuck (a jam, after which the program does not end); "" heals it. A page may take two seconds before the driver gives it up.
type PagesBench interface {
	Open(ctx context.Context) (drivers.PageScanner, error)
	Fault(name string)
	Sheets() int // that the feeder holds at each start
}

// PageScanner is the contract that every driver of a scanner keeps. start makes a fresh bench for each case.
func PageScanner(t *testing.T, start func(t *testing.T) PagesBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*pagesDesk)
	}{
		{"pages", pagesPages}, {"one at a time", pagesOneAtATime}, {"close", pagesClose}, {"cancel", pagesCancel}, {"two owners", pagesTwoOwners},
		{"fault/jam", pagesFault("jam", drivers.CodeDeviceNotReady, drivers.ReasonPaperJam)},
		{"fault/cover", pagesFault("cover", drivers.CodeDeviceNotReady, drivers.ReasonCoverOpen)},
		{"fault/empty", pagesFault("empty", drivers.CodeUserError, drivers.ReasonNoDocument)},
		{"fault/busy", pagesFault("busy", drivers.CodeDeviceNotReady, "")},
		{"fault/line", pagesFault("line", drivers.CodeLineError, drivers.ReasonLineNoise)},
		{"fault/denied", pagesFault("denied", drivers.CodeInternalError, "")},
		{"fault/unplugged", pagesFault("gone", drivers.CodeNoDevice, drivers.ReasonUnplugged)},
		{"fault/silent", pagesFault("silent", drivers.CodeTimeOut, drivers.ReasonSilent)},
		{"fault/garbage", pagesFault("garbage", drivers.CodeLineError, drivers.ReasonNoImage)},
		{"fault/half", pagesFault("half", drivers.CodeLineError, drivers.ReasonNoImage)},
		{"fault/crash", pagesFault("crash", drivers.CodeHardwareError, drivers.ReasonNoImage)},
		{"fault/jam, without an end", pagesFault("stuck", drivers.CodeDeviceNotReady, drivers.ReasonPaperJam)},
		{"fault/jam after three pages", pagesLater}, {"fault/slow", pagesSlow},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &pagesDesk{PagesBench: start(t), t: t}
			var err error
			if d.s, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.s.Close() })
			c.run(d)
		})
	}
}

type pagesDesk struct {
	PagesBench
	t *testing.T
	s drivers.PageScanner
}

func (d *pagesDesk) whole(f drivers.Frame) {
	d.t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil {
		d.t.Fatalf("page: %v", err)
	}
	if b := img.Bounds(); b.Dx() != f.Width || b.Dy() != f.Height || f.Width < 500 {
		d.t.Errorf("page says %d×%d, is %v", f.Width, f.Height, b)
	}
}

func (d *pagesDesk) mustCapture() {
	d.t.Helper()
	f, err := d.s.Capture(d.t.Context())
	if err != nil {
		d.t.Fatalf("capture: %v", err)
	}
	d.whole(f)
}

func pagesPages(d *pagesDesk) {
	proof(d.t)
	if s, err := d.s.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	if i := d.s.Info(); i.Kind != drivers.KindScanner || i.Driver == "" || i.Model == "" {
		d.t.Errorf("info %+v", i)
	}
	d.mustCapture()
	coarse, err := d.s.Scan(d.t.Context(), drivers.ScanOrder{DPI: 100, Grey: true})
	if err != nil || len(coarse) != 1 {
		d.t.Fatalf("grey page: %d pages, %v", len(coarse), err)
	}
	fine, err := d.s.Scan(d.t.Context(), drivers.ScanOrder{DPI: 200})
	if err != nil || len(fine) != 1 || fine[0].Width < 19*coarse[0].Width/10 {
		d.t.Errorf("finer page: %v, was %v, %v", fine, coarse, err)
	}
	pages, err := d.s.Scan(d.t.Context(), drivers.ScanOrder{Feeder: true, DPI: 75})
	if err != nil || len(pages) != d.Sheets() {
		d.t.Fatalf("feeder: %d pages of %d, %v", len(pages), d.Sheets(), err)
	}
	for _, p := range pages {
		d.whole(p)
	}
	if pages, err = d.s.Scan(d.t.Context(), drivers.ScanOrder{Feeder: true, DPI: 75, Most: 2}); err != nil || len(pages) != 2 {
		d.t.Errorf("two pages at most: %d, %v", len(pages), err)
	}
	for _, dpi := range []int{1, 100_000} {
		if _, err := d.s.Scan(d.t.Context(), drivers.ScanOrder{DPI: dpi}); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
			d.t.Errorf("%d dpi: %v", dpi, err)
		}
	}
}

func pagesOneAtATime(d *pagesDesk) {
	d.Fault("slow")
	first := make(chan error, 1)
	go func() { _, err := d.s.Capture(d.t.Context()); first <- err }()
	time.Sleep(200 * time.Millisecond)
	if _, err := d.s.Capture(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second page: %v", err)
	}
	if s, err := d.s.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	<-first
}

func pagesClose(d *pagesDesk) {
	d.Fault("silent")
	done := make(chan error, 1)
	go func() { _, err := d.s.Capture(d.t.Context()); done <- err }()
	time.Sleep(200 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.s.Close(), d.s.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("capture ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.s.Status(d.t.Context()); err == nil {
		d.t.Error("a closed scanner has a status")
	}
}

func pagesCancel(d *pagesDesk) {
	d.Fault("silent")
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.s.Capture(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 700*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.Fault("")
	d.mustCapture()
}

func pagesTwoOwners(d *pagesDesk) {
	if _, err := d.Open(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second owner: %v", err)
	}
}

// pagesFault is a fault that stays: told in time and in the right word, and over when its cause is.
func pagesFault(fault string, code drivers.Code, reason drivers.Reason) func(*pagesDesk) {
	return func(d *pagesDesk) {
		d.Fault(fault)
		start := time.Now()
		_, err := d.s.Capture(d.t.Context())
		if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
			d.t.Errorf("capture: %v, want %s/%s", err, code, reason)
		}
		if took := time.Since(start); took > 8*time.Second {
			d.t.Errorf("told after %v", took)
		}
		if fault == "gone" || fault == "silent" {
			start = time.Now()
			s, err := d.s.Status(d.t.Context())
			took := time.Since(start)
			if err == nil || s.Ready() || s.Code != code {
				d.t.Errorf("status %+v %v after %v", s, err, took)
			}
			told(d.t, d.s, took, 1200*time.Millisecond)
		}
		d.Fault("")
		mended := time.Now()
		if err := d.s.Reset(d.t.Context()); err != nil {
			d.t.Errorf("reset: %v", err)
		}
		d.mustCapture()
		if fault == "gone" {
			back(d.t, d.s, mended)
		}
		if s, err := d.s.Status(d.t.Context()); err != nil || !s.Ready() {
			d.t.Errorf("status afterwards %+v %v", s, err)
		}
	}
}

func pagesLater(d *pagesDesk) {
	d.Fault("later")
	pages, err := d.s.Scan(d.t.Context(), drivers.ScanOrder{Feeder: true, DPI: 75})
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonPaperJam || len(pages) != 3 {
		d.t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, p := range pages {
		d.whole(p)
	}
}

func pagesSlow(d *pagesDesk) {
	d.Fault("slow")
	if pages, err := d.s.Scan(d.t.Context(), drivers.ScanOrder{DPI: 75}); err != nil || len(pages) != 1 {
		d.t.Errorf("a slow scanner: %d pages, %v", len(pages), err)
	}
}
