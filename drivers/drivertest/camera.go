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

// CameraBench is a document camera with a hand on it. Fault names are those of the emulator's board (silent, slow, busy,
// fail, half, garbage, cut).
type CameraBench interface {
	Open(ctx context.Context) (drivers.DocumentCamera, error)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
	Paper(sheet string) // "none": bare mat
}

// DocumentCamera is the contract that every camera driver keeps. start makes a fresh bench for each case.
func DocumentCamera(t *testing.T, start func(t *testing.T) CameraBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*cameraDesk)
	}{
		{"pictures", cameraPictures}, {"one at a time", cameraOneAtATime}, {"close", cameraClose}, {"cancel", cameraCancel},
		{"fault/busy once", cameraBusyOnce}, {"fault/busy", cameraFault("busy", drivers.CodeDeviceNotReady)},
		{"fault/fails once", cameraOnce("fail")}, {"fault/fails", cameraFault("fail", drivers.CodeHardwareError)},
		{"fault/half once", cameraOnce("half")}, {"fault/half", cameraFault("half", drivers.CodeLineError)},
		{"fault/garbage once", cameraOnce("garbage")}, {"fault/garbage", cameraFault("garbage", drivers.CodeLineError)},
		{"fault/silent", cameraFault("silent", drivers.CodeTimeOut)}, {"fault/unplugged", cameraFault("cut", drivers.CodeNoDevice)},
		{"fault/slow", cameraSlow}, {"fault/unplugged in the middle", cameraCutMidway},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &cameraDesk{CameraBench: start(t), t: t}
			var err error
			if d.c, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.c.Close() })
			d.Paper("lease")
			d.settle()
			c.run(d)
		})
	}
}

type cameraDesk struct {
	CameraBench
	t *testing.T
	c drivers.DocumentCamera
}

// settle takes both kinds of picture until they come: an emulator draws its paper when it is first looked at.
func (d *cameraDesk) settle() {
	d.t.Helper()
	var err error
	for pause := 100 * time.Millisecond; pause < time.Minute; pause *= 2 {
		if _, err = d.c.Capture(d.t.Context()); err == nil {
			if _, err = d.c.Preview(d.t.Context()); err == nil {
				return
			}
		}
		time.Sleep(pause)
	}
	d.t.Fatalf("no picture within a minute: %v", err)
}

// mustSee takes previews until one comes in time; a device may need a moment after a fault, but no new driver.
func (d *cameraDesk) mustSee() drivers.Frame {
	d.t.Helper()
	var err error
	for range 30 {
		var f drivers.Frame
		if f, err = d.c.Preview(d.t.Context()); err == nil {
			d.whole(f)
			return f
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.t.Fatalf("no preview: %v", err)
	return drivers.Frame{}
}

// whole decodes a frame: what a driver returns without an error is a picture to the last pixel.
func (d *cameraDesk) whole(f drivers.Frame) {
	d.t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil {
		d.t.Fatalf("frame: %v", err)
	}
	if b := img.Bounds(); b.Dx() != f.Width || b.Dy() != f.Height {
		d.t.Errorf("frame says %d×%d, is %v", f.Width, f.Height, b)
	}
}

func cameraPictures(d *cameraDesk) {
	proof(d.t)
	if s, err := d.c.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	best := time.Hour
	for range 5 { // the machine has other work; the driver needs one good chance
		start := time.Now()
		f := d.mustSee()
		if best = min(best, time.Since(start)); f.Width > 1280 {
			d.t.Errorf("preview of %d px", f.Width)
		}
	}
	if best > 500*time.Millisecond {
		d.t.Errorf("preview after %v", best)
	}
	start := time.Now()
	full, err := d.c.Capture(d.t.Context())
	if err != nil {
		d.t.Fatalf("capture: %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		d.t.Errorf("capture after %v", took)
	}
	d.whole(full)
	if px := full.Width * full.Height; px < 8_000_000 { // the tender's eight million; what makers sell as that may have fewer
		d.t.Errorf("capture of %d×%d", full.Width, full.Height)
	}
	if i := d.c.Info(); i.Kind != drivers.KindScanner || i.Driver == "" || i.Model == "" {
		d.t.Errorf("info %+v", i)
	}
}

func cameraOneAtATime(d *cameraDesk) {
	d.Press("slow", 150)
	first := make(chan error, 1)
	go func() { _, err := d.c.Capture(d.t.Context()); first <- err }()
	time.Sleep(50 * time.Millisecond)
	if _, err := d.c.Preview(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second picture: %v", err)
	}
	if s, err := d.c.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	d.Release("slow")
	if err := <-first; err != nil {
		d.t.Errorf("first picture: %v", err)
	}
}

func cameraClose(d *cameraDesk) {
	d.Press("slow", 3000)
	done := make(chan error, 1)
	go func() { _, err := d.c.Capture(d.t.Context()); done <- err }()
	time.Sleep(50 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.c.Close(), d.c.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("capture ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.c.Status(d.t.Context()); err == nil {
		d.t.Error("a closed camera has a status")
	}
}

func cameraCancel(d *cameraDesk) {
	d.Press("slow", 1000)
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.c.Capture(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.Release("slow")
	d.mustSee()
}

func cameraBusyOnce(d *cameraDesk) {
	d.Once("busy", 0)
	d.mustCapture()
}

// cameraOnce is a fault that strikes one request; the driver tries again by itself.
func cameraOnce(fault string) func(*cameraDesk) {
	return func(d *cameraDesk) {
		d.Once(fault, 0)
		d.mustCapture()
	}
}

func (d *cameraDesk) mustCapture() {
	d.t.Helper()
	f, err := d.c.Capture(d.t.Context())
	if err != nil {
		d.t.Fatalf("capture: %v", err)
	}
	d.whole(f)
}

// cameraFault is a fault that stays: told in time and in the right word, and over when its cause is.
func cameraFault(fault string, code drivers.Code) func(*cameraDesk) {
	return func(d *cameraDesk) {
		d.Press(fault, 0)
		start := time.Now()
		_, err := d.c.Preview(d.t.Context())
		if f := drivers.Fault(err); f == nil || f.Code != code && f.Code != drivers.CodeTimeOut {
			d.t.Errorf("preview: %v, want %s", err, code)
		}
		if took := time.Since(start); took > 700*time.Millisecond {
			d.t.Errorf("preview told after %v", took)
		}
		start = time.Now()
		_, err = d.c.Capture(d.t.Context())
		if f := drivers.Fault(err); f == nil || f.Code != code {
			d.t.Errorf("capture: %v, want %s", err, code)
		}
		told(d.t, d.c, time.Since(start), toldLimit)
		if fault == "silent" || fault == "cut" || fault == "garbage" {
			start = time.Now()
			if s, err := d.c.Status(d.t.Context()); err == nil || s.Ready() || s.Code != code || time.Since(start) > time.Second {
				d.t.Errorf("status %+v %v after %v", s, err, time.Since(start))
			}
		}
		d.Release(fault)
		mended := time.Now()
		if err := d.c.Reset(d.t.Context()); err != nil {
			d.t.Errorf("reset: %v", err)
		}
		d.mustSee()
		if fault == "cut" {
			back(d.t, d.c, mended)
		}
	}
}

func cameraSlow(d *cameraDesk) {
	d.Press("slow", 800)
	d.mustCapture()
	if _, err := d.c.Preview(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeTimeOut {
		d.t.Errorf("preview: %v", err)
	}
	d.Release("slow")
	d.mustSee()
}

func cameraCutMidway(d *cameraDesk) {
	d.Press("slow", 400)
	cause := make(chan time.Time, 1)
	time.AfterFunc(600*time.Millisecond, func() { d.Press("cut", 0); cause <- time.Now() })
	_, err := d.c.Capture(d.t.Context())
	at := <-cause
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice && f.Code != drivers.CodeLineError {
		d.t.Errorf("capture: %v", err)
	}
	told(d.t, d.c, time.Since(at), toldLimit)
	d.Release("slow")
	d.Release("cut")
	plugged := time.Now()
	d.mustSee()
	back(d.t, d.c, plugged)
}
