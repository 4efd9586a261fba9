package drivertest_test

import (
	"context"
	"testing"

	"tongban/deploy/sim/face"
	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/video"
	"tongban/drivers"
	judge "tongban/drivers/camera/face"
	"tongban/drivers/camera/uvc"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
)

// The contract of cameras that look at the citizen, kept by the driver of the video class with two emulated eyes.
func TestFaceCameraContract(t *testing.T) {
	t.Parallel()
	b := newDualBench(t)
	drivertest.FaceCamera(t, func(t *testing.T) drivertest.FaceBench {
		b.t = t
		for _, c := range []*video.Camera{b.dual.Visible, b.dual.Infrared} {
			b.must(c.Faults().Clear())
		}
		return b
	})
}

type dualBench struct {
	t    *testing.T
	host *video.Host
	dual *video.Dual
}

func newDualBench(t *testing.T) *dualBench {
	b := &dualBench{t: t, host: video.NewHost(), dual: video.NewDual()}
	b.must(b.dual.Warm())
	b.dual.Plug(b.host)
	return b
}

func (b *dualBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *dualBench) Open(ctx context.Context) (drivers.FaceCamera, error) {
	port, err := hal.Sockets{Video: b.host}.Open(ctx, "v4l2:/dev/video0,/dev/video2")
	if err != nil {
		return nil, err
	}
	return uvc.Open(ctx, port, drivers.Params{"streams": []any{"visible", "infrared"}, "width": 1280, "height": 960, "fps": 30})
}

func (b *dualBench) eye(s drivers.Stream) *video.Camera {
	if s == drivers.StreamInfrared {
		return b.dual.Infrared
	}
	return b.dual.Visible
}

func (b *dualBench) Press(s drivers.Stream, f string, value int) {
	b.must(b.eye(s).Faults().Press(fault.Press{Name: f, Value: value}))
}

func (b *dualBench) Once(s drivers.Stream, f string, value int) {
	b.must(b.eye(s).Faults().Press(fault.Press{Name: f, Value: value, Times: 1}))
}

func (b *dualBench) Release(s drivers.Stream, f string) { b.must(b.eye(s).Faults().Release(f)) }

// What the camera takes goes into the judge of faces: a person, a screen and a print before the emulated eyes.
func TestLivenessOverTheCamera(t *testing.T) {
	t.Parallel()
	defer draws()()
	b := newDualBench(t)
	c, err := b.Open(t.Context())
	b.must(err)
	defer func() { _ = c.Close() }()
	for what, alive := range map[string]bool{face.Live: true, face.Screen: false, face.Print: false} {
		b.dual.Stand(7, what)
		b.must(b.dual.Warm())
		got, err := c.Snapshot(t.Context())
		for range 5 {
			if err == nil {
				break
			}
			got, err = c.Snapshot(t.Context())
		}
		b.must(err)
		v, err := got[0].Image()
		b.must(err)
		i, err := got[1].Image()
		b.must(err)
		l, err := judge.Judge{}.Alive(v, i)
		if err != nil || l.Alive != alive || l.Caution != drivers.BaselineOnly {
			t.Errorf("%s: %+v %v", what, l, err)
		}
	}
}

// A camera that gives less than the profile asks is refused, as is one without its second eye.
func TestFaceCameraSettings(t *testing.T) {
	b := newDualBench(t)
	for name, c := range map[string]struct {
		address string
		params  drivers.Params
		code    drivers.Code
	}{
		"too small":      {"v4l2:/dev/video0", drivers.Params{"width": 1920}, drivers.CodeUnsupported},
		"too slow":       {"v4l2:/dev/video0", drivers.Params{"fps": 60}, drivers.CodeUnsupported},
		"one eye":        {"v4l2:/dev/video0", drivers.Params{"streams": []any{"visible", "infrared"}}, drivers.CodeInvalidData},
		"no such stream": {"v4l2:/dev/video0", drivers.Params{"streams": []any{"depth"}}, drivers.CodeInvalidData},
		"unknown":        {"v4l2:/dev/video0", drivers.Params{"eyes": 2}, drivers.CodeInvalidData},
	} {
		port, err := hal.Sockets{Video: b.host}.Open(t.Context(), c.address)
		b.must(err)
		_, err = uvc.Open(t.Context(), port, c.params)
		if f := drivers.Fault(err); f == nil || f.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
