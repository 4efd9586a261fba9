package drivertest_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/fault"
	"tongban/drivers"
	"tongban/drivers/cctv/archive"
	"tongban/drivers/cctv/onvif"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
)

// The contract of surveillance cameras, kept by the ONVIF driver against the emulator, which asks for name and password.
func TestCCTVContract(t *testing.T) {
	t.Parallel()
	b := &cctvBench{t: t, cam: cctv.New("tongban", "a secret of 510799")}
	b.must(b.cam.Start())
	t.Cleanup(func() { _ = b.cam.Close() })
	b.must(b.cam.Warm())
	b.file = filepath.Join(t.TempDir(), "password")
	b.must(os.WriteFile(b.file, []byte(b.cam.Password+"\n"), 0o600))
	drivertest.SurveillanceCamera(t, func(t *testing.T) drivertest.CCTVBench {
		b.t = t
		b.must(b.cam.Faults().Clear())
		return b
	})
	t.Run("wrong password", func(t *testing.T) {
		b.t = t
		b.must(b.cam.Faults().Clear())
		b.must(os.WriteFile(b.file, []byte("another"), 0o600))
		if _, err := b.Open(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonDenied {
			t.Errorf("opened: %v", err)
		}
	})
}

type cctvBench struct {
	t    *testing.T
	cam  *cctv.Camera
	file string
}

func (b *cctvBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *cctvBench) Open(ctx context.Context) (drivers.SurveillanceCamera, error) {
	port, err := hal.Open(ctx, b.cam.URL())
	if err != nil {
		return nil, err
	}
	m := cctv.Screen
	d, err := onvif.Driver().Open(ctx, port, drivers.Params{
		"stream": "/mjpeg", "user": b.cam.User, "password_file": b.file, "masks": []any{[]any{m[0], m[1], m[2], m[3]}},
	})
	if err != nil {
		return nil, err
	}
	return d.(drivers.SurveillanceCamera), nil
}

func (b *cctvBench) Press(f string, value int) {
	b.must(b.cam.Faults().Press(fault.Press{Name: f, Value: value}))
}
func (b *cctvBench) Once(f string, value int) {
	b.must(b.cam.Faults().Press(fault.Press{Name: f, Value: value, Times: 1}))
}
func (b *cctvBench) Release(f string)   { b.must(b.cam.Faults().Release(f)) }
func (b *cctvBench) Masked() [4]float64 { return cctv.Screen }

// The moving pictures are kept and played back as they were, with their masks, and are gone when their days are over.
func TestStreamIsKeptAndPlayed(t *testing.T) {
	t.Parallel()
	b := &cctvBench{t: t, cam: cctv.New("", "")}
	b.must(b.cam.Start())
	t.Cleanup(func() { _ = b.cam.Close() })
	c, err := onvif.Open(t.Context(), b.cam.URL(), drivers.Params{"stream": "/mjpeg", "masks": []any{[]any{0.5, 0.3, 0.9, 0.8}}})
	b.must(err)
	defer func() { _ = c.Close() }()
	at := time.Date(2026, 11, 27, 8, 0, 0, 0, time.UTC)
	kept, err := archive.Open(t.TempDir(), 3, func() time.Time { return at })
	b.must(err)
	var frames []drivers.Frame
	b.must(c.Stream(t.Context(), func(f drivers.Frame) bool {
		frames = append(frames, f)
		b.must(kept.Put(f))
		at = at.Add(100 * time.Millisecond)
		return len(frames) < 5
	}))
	n := 0
	b.must(kept.Play("2026-11-27", func(_ string, jpeg []byte) bool {
		if n < len(frames) && !bytes.Equal(jpeg, frames[n].JPEG) || frames[n].Width < 1920 || frames[n].Height < 1080 {
			t.Errorf("picture %d is another", n)
		}
		n++
		return true
	}))
	if n != 5 {
		t.Errorf("%d pictures", n)
	}
	at = at.AddDate(0, 0, 3)
	if gone, err := kept.Sweep(); err != nil || gone != 1 {
		t.Errorf("swept %d, %v", gone, err)
	}
}
