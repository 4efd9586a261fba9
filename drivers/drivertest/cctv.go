package drivertest

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"tongban/drivers"
)

// CCTVBench is a surveillance camera with a hand on it. Fault names are those of the emulator's board (silent, slow, busy, fail, half,
// garbage, denied, stall, moved, cut, clock). Masked is the part of its pictures that the bench has told the driver to hide.
type CCTVBench interface {
	Open(ctx context.Context) (drivers.SurveillanceCamera, error)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
	Masked() [4]float64
}

// SurveillanceCamera is the contract that every driver of such a camera keeps. start makes a fresh bench for each case.
func SurveillanceCamera(t *testing.T, start func(t *testing.T) CCTVBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*cctvDesk)
	}{
		{"still", cctvStill}, {"stream", cctvStream}, {"slow viewer", cctvViewer}, {"clock", cctvClock}, {"one at a time", cctvOneAtATime}, {"close", cctvClose}, {"cancel", cctvCancel},
		{"fault/half once", cctvOnce("half")}, {"fault/garbage once", cctvOnce("garbage")}, {"fault/fails once", cctvOnce("fail")},
		{"fault/half", cctvFault("half", drivers.CodeLineError, drivers.ReasonNoImage)},
		{"fault/garbage", cctvFault("garbage", drivers.CodeLineError, drivers.ReasonNoImage)},
		{"fault/fails", cctvFault("fail", drivers.CodeHardwareError, drivers.ReasonNoImage)},
		{"fault/busy", cctvFault("busy", drivers.CodeDeviceNotReady, "")},
		{"fault/denied", cctvFault("denied", drivers.CodeInternalError, drivers.ReasonDenied)},
		{"fault/silent", cctvFault("silent", drivers.CodeTimeOut, drivers.ReasonSilent)},
		{"fault/unplugged", cctvFault("cut", drivers.CodeNoDevice, drivers.ReasonUnplugged)},
		{"fault/stills are elsewhere", cctvMoved}, {"fault/stream stands still", cctvStall}, {"fault/unplugged in the middle", cctvCutMidway}, {"fault/slow", cctvSlow},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &cctvDesk{CCTVBench: start(t), t: t}
			var err error
			if d.c, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.c.Close() })
			c.run(d)
		})
	}
}

type cctvDesk struct {
	CCTVBench
	t *testing.T
	c drivers.SurveillanceCamera
}

// whole looks into a frame: whole to the last point, black where it is masked and nowhere else all over.
func (d *cctvDesk) whole(f drivers.Frame, least int) {
	d.t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil {
		d.t.Fatalf("frame: %v", err)
	}
	b := img.Bounds()
	if b.Dx() != f.Width || b.Dy() != f.Height || f.Width*f.Height < least {
		d.t.Errorf("frame says %d×%d, is %v, want %d points", f.Width, f.Height, b, least)
	}
	m := d.Masked()
	hidden := image.Rect(int(m[0]*float64(b.Dx())), int(m[1]*float64(b.Dy())), int(m[2]*float64(b.Dx())), int(m[3]*float64(b.Dy())))
	for y := hidden.Min.Y; y < hidden.Max.Y; y += 7 {
		for x := hidden.Min.X; x < hidden.Max.X; x += 7 {
			if r, g, bl, _ := img.At(x, y).RGBA(); r>>8 > 24 || g>>8 > 24 || bl>>8 > 24 {
				d.t.Fatalf("the mask lets through at %d,%d", x, y)
			}
		}
	}
	if r, _, _, _ := img.At(hidden.Min.X-b.Dx()/10, hidden.Min.Y-b.Dy()/10).RGBA(); r>>8 < 100 {
		d.t.Error("what is not masked is dark, too")
	}
}

func (d *cctvDesk) mustSee() {
	d.t.Helper()
	var err error
	for range 40 {
		var f drivers.Frame
		if f, err = d.c.Still(d.t.Context()); err == nil {
			d.whole(f, 5_000_000)
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.t.Fatalf("no still: %v", err)
}

func cctvStill(d *cctvDesk) {
	if s, err := d.c.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	if i := d.c.Info(); i.Kind != drivers.KindCCTV || i.Driver == "" || i.Model == "" {
		d.t.Errorf("info %+v", i)
	}
	start := time.Now()
	f, err := d.c.Still(d.t.Context())
	if err != nil || time.Since(start) > 5*time.Second {
		d.t.Fatalf("still: %v after %v", err, time.Since(start))
	}
	d.whole(f, 5_000_000)
	if n := d.c.Masks(); n != 1 {
		d.t.Errorf("%d masks, one is set", n)
	}
}

// cctvClock: where the camera tells its time, it is told as it is, right or wrong.
func cctvClock(d *cctvDesk) {
	c, can := d.c.(drivers.Clocked)
	if !can {
		return
	}
	for _, fast := range []time.Duration{0, 600 * time.Second} {
		if fast > 0 {
			d.Press("clock", int(fast.Seconds()))
		}
		at, err := c.Clock(d.t.Context())
		if off := time.Until(at) - fast; err != nil || off.Abs() > 3*time.Second {
			d.t.Errorf("%v fast: %v off, %v", fast, off, err)
		}
	}
}

func cctvStream(d *cctvDesk) {
	proof(d.t)
	var frames []drivers.Frame
	if err := d.c.Stream(d.t.Context(), func(f drivers.Frame) bool { frames = append(frames, f); return len(frames) < 5 }); err != nil || len(frames) != 5 {
		d.t.Fatalf("%d frames, %v", len(frames), err)
	}
	for _, f := range frames {
		d.whole(f, 1_000_000)
		if f.Width < 1920 || f.Height < 1080 {
			d.t.Errorf("%d×%d", f.Width, f.Height)
		}
	}
	if bytes.Equal(frames[0].JPEG, frames[4].JPEG) {
		d.t.Error("nothing moves")
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := d.c.Stream(ctx, func(drivers.Frame) bool { return true }); err != nil {
		d.t.Errorf("seen enough: %v", err)
	}
}

func cctvOneAtATime(d *cctvDesk) {
	d.Press("slow", 300)
	first := make(chan error, 1)
	go func() { _, err := d.c.Still(d.t.Context()); first <- err }()
	time.Sleep(60 * time.Millisecond)
	if _, err := d.c.Still(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second still: %v", err)
	}
	if s, err := d.c.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	if err := <-first; err != nil {
		d.t.Errorf("first still: %v", err)
	}
}

func cctvClose(d *cctvDesk) {
	d.Press("stall", 0)
	done := make(chan error, 1)
	go func() { done <- d.c.Stream(d.t.Context(), func(drivers.Frame) bool { return true }) }()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.c.Close(), d.c.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("stream ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.c.Status(d.t.Context()); err == nil {
		d.t.Error("a closed camera has a status")
	}
}

func cctvCancel(d *cctvDesk) {
	d.Press("slow", 3000)
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.c.Still(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.Release("slow")
	d.mustSee()
}

func cctvOnce(fault string) func(*cctvDesk) {
	return func(d *cctvDesk) {
		d.Once(fault, 0)
		f, err := d.c.Still(d.t.Context())
		if err != nil {
			d.t.Fatalf("still: %v", err)
		}
		d.whole(f, 5_000_000)
	}
}

// cctvFault is a fault that stays: told in time and in the right word, and over when its cause is.
func cctvFault(fault string, code drivers.Code, reason drivers.Reason) func(*cctvDesk) {
	return func(d *cctvDesk) {
		d.Press(fault, 0)
		start := time.Now()
		_, err := d.c.Still(d.t.Context())
		if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
			d.t.Errorf("still: %v, want %s/%s", err, code, reason)
		}
		if took := time.Since(start); took > 5500*time.Millisecond {
			d.t.Errorf("told after %v", took)
		}
		if fault == "silent" || fault == "cut" || fault == "denied" { // the state says it before the still has used up its time
			start = time.Now()
			s, err := d.c.Status(d.t.Context())
			took := time.Since(start)
			if err == nil || s.Ready() || s.Code != code {
				d.t.Errorf("status %+v %v after %v", s, err, took)
			}
			told(d.t, d.c, took, 1200*time.Millisecond)
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

func cctvMoved(d *cctvDesk) {
	d.mustSee()
	d.Press("moved", 0)
	d.mustSee()
}

// cctvViewer: who takes long over a picture has a slow computer, not a silent camera.
func cctvViewer(d *cctvDesk) {
	n := 0
	err := d.c.Stream(d.t.Context(), func(drivers.Frame) bool {
		if n++; n == 1 {
			time.Sleep(3100 * time.Millisecond)
		}
		return n < 3
	})
	if err != nil || n != 3 {
		d.t.Errorf("%d pictures, %v", n, err)
	}
}

func cctvStall(d *cctvDesk) {
	n := 0
	start := time.Now()
	err := d.c.Stream(d.t.Context(), func(drivers.Frame) bool {
		if n++; n == 2 {
			d.Press("stall", 0)
			start = time.Now()
		}
		return true
	})
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeTimeOut || time.Since(start) > 4*time.Second {
		d.t.Errorf("stands still: %v after %v", err, time.Since(start))
	}
	d.Release("stall")
	n = 0
	if err := d.c.Stream(d.t.Context(), func(drivers.Frame) bool { n++; return n < 2 }); err != nil {
		d.t.Errorf("afterwards: %v", err)
	}
}

func cctvCutMidway(d *cctvDesk) {
	n := 0
	start := time.Now()
	err := d.c.Stream(d.t.Context(), func(drivers.Frame) bool {
		if n++; n == 2 {
			d.Press("cut", 0)
			start = time.Now()
		}
		return true
	})
	took := time.Since(start)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeLineError && f.Code != drivers.CodeNoDevice {
		d.t.Errorf("pulled: %v after %v", err, took)
	}
	told(d.t, d.c, took, toldLimit)
	d.Release("cut")
	plugged := time.Now()
	d.mustSee()
	back(d.t, d.c, plugged)
}

func cctvSlow(d *cctvDesk) {
	d.Press("slow", 500)
	d.mustSee()
}
