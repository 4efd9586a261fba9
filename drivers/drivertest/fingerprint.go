package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/drivers"
)

// FingerBench is a fingerprint module with a hand over it. Fingers are those of the emulator (good, dry, edge, none),
// faults those of its board (silent, checksum, half, garbage, cut).
type FingerBench interface {
	Open(ctx context.Context) (drivers.FingerprintReader, error)
	Lay(finger string)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
}

// FingerprintReader is the contract that every driver of a fingerprint device keeps. start makes a fresh bench per case.
func FingerprintReader(t *testing.T, start func(t *testing.T) FingerBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*fingerDesk)
	}{
		{"finger", fingerGood}, {"no finger", fingerNone}, {"finger that comes late", fingerLate}, {"unclear", fingerUnclear},
		{"close", fingerClose}, {"cancel", fingerCancel},
		{"fault/checksum once", fingerOnce("checksum")}, {"fault/half once", fingerOnce("half")}, {"fault/garbage once", fingerOnce("garbage")},
		{"fault/checksum", fingerFault("checksum", drivers.CodeLineError)}, {"fault/half", fingerFault("half", drivers.CodeLineError)},
		{"fault/silent", fingerFault("silent", drivers.CodeTimeOut)}, {"fault/unplugged", fingerFault("cut", drivers.CodeNoDevice)},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &fingerDesk{FingerBench: start(t), t: t}
			var err error
			if d.m, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.m.Close() })
			c.run(d)
		})
	}
}

type fingerDesk struct {
	FingerBench
	t *testing.T
	m drivers.FingerprintReader
}

func (d *fingerDesk) capture(limit time.Duration) (drivers.Fingerprint, error) {
	ctx, cancel := context.WithTimeout(d.t.Context(), limit)
	defer cancel()
	return d.m.Capture(ctx, true)
}

func (d *fingerDesk) mustCapture() drivers.Fingerprint {
	d.t.Helper()
	d.Lay("good")
	var f drivers.Fingerprint
	var err error
	for range 20 { // a line that was plugged again needs a moment
		if f, err = d.capture(10 * time.Second); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		d.t.Fatalf("capture: %v", err)
	}
	if f.Image == nil || f.Image.Bounds().Dx() < 200 || f.DPI != 500 || len(f.Template) < 100 || f.Quality < 60 {
		d.t.Errorf("%v, template of %d bytes", f, len(f.Template))
	}
	return f
}

func fingerGood(d *fingerDesk) {
	if s, err := d.m.Status(d.t.Context()); err != nil || !s.Ready() {
		d.t.Errorf("status %+v %v", s, err)
	}
	good := d.mustCapture()
	d.Lay("dry")
	dry, err := d.capture(5 * time.Second)
	if err != nil || dry.Quality >= good.Quality {
		d.t.Errorf("dry %v, good %v, %v", dry, good, err)
	}
	if f, err := d.m.Capture(d.t.Context(), false); err != nil || f.Image != nil || f.Quality != -1 || f.ElapsedMS > 2000 {
		d.t.Errorf("without a picture %v %v", f, err)
	}
}

func fingerNone(d *fingerDesk) {
	_, err := d.capture(400 * time.Millisecond)
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonNoFinger || f.Code != drivers.CodeTimeOut {
		d.t.Errorf("%v", err)
	}
}

func fingerLate(d *fingerDesk) {
	time.AfterFunc(300*time.Millisecond, func() { d.Lay("good") })
	if _, err := d.capture(10 * time.Second); err != nil {
		d.t.Errorf("%v", err)
	}
}

func fingerUnclear(d *fingerDesk) {
	d.Lay("edge")
	_, err := d.capture(5 * time.Second)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeUserError || f.Reason != drivers.ReasonFingerUnclear {
		d.t.Errorf("%v", err)
	}
	d.mustCapture()
}

func fingerClose(d *fingerDesk) {
	done := make(chan error, 1)
	go func() { _, err := d.m.Capture(d.t.Context(), true); done <- err }()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.m.Close(), d.m.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("capture ended with %v after %v", err, time.Since(start))
	}
}

func fingerCancel(d *fingerDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.m.Capture(ctx, true)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.mustCapture()
}

func fingerOnce(fault string) func(*fingerDesk) {
	return func(d *fingerDesk) {
		d.Lay("good")
		d.Once(fault, 0)
		if _, err := d.capture(10 * time.Second); err != nil {
			d.t.Errorf("%v", err)
		}
	}
}

func fingerFault(fault string, code drivers.Code) func(*fingerDesk) {
	return func(d *fingerDesk) {
		d.Lay("good")
		d.Press(fault, 0)
		start := time.Now()
		_, err := d.capture(10 * time.Second)
		took := time.Since(start)
		if f := drivers.Fault(err); f == nil || f.Code != code {
			d.t.Errorf("%v after %v, want %s", err, took, code)
		}
		told(d.t, d.m, took, toldLimit)
		d.Release(fault)
		mended := time.Now()
		d.mustCapture()
		if fault == "cut" {
			back(d.t, d.m, mended)
		}
	}
}
