package v4l2_test

import (
	"context"
	"image"
	"image/color"
	"testing"
	"time"

	"tongban/deploy/sim/fault"
	"tongban/deploy/sim/video"
	"tongban/drivers"
	"tongban/drivers/hal"
	"tongban/drivers/hal/v4l2"
)

// shaded is a scene of one grey that changes from picture to picture.
func shaded(w, h, n int) (image.Image, error) {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(16 + n)
	}
	return img, nil
}

func pair(t *testing.T) (*v4l2.Client, *video.Camera, *video.Camera, drivers.Port) {
	t.Helper()
	host := video.NewHost()
	mode := v4l2.Mode{Layout: v4l2.Grey, Width: 64, Height: 48, FPS: 50}
	one, two := video.New("one", shaded, mode), video.New("two", shaded, mode)
	for i, c := range []*video.Camera{one, two} {
		c.Moves = 100
		c.Info.VID, c.Info.PID, c.Info.Path, c.Info.Interface = 0x046d, 0x085e, "1-2", 2*i
		c.Controls = []v4l2.Control{{Name: "gain", Min: 0, Max: 10, Default: 3}}
	}
	host.Plug("/dev/video0", one)
	host.Plug("/dev/video2", two)
	port, err := hal.Sockets{Video: host}.Open(t.Context(), "v4l2:046d:085e?streams=0,1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	return v4l2.NewClient(port), one, two, port
}

func start(t *testing.T, c *v4l2.Client, channels ...int) error {
	t.Helper()
	for _, ch := range channels {
		d, err := c.Describe(t.Context(), ch)
		if err != nil {
			return err
		}
		if _, err := c.SetMode(t.Context(), ch, d.Modes[0]); err != nil {
			return err
		}
		if err := c.Start(t.Context(), ch); err != nil {
			return err
		}
	}
	return nil
}

func code(err error) drivers.Code {
	if err == nil {
		return ""
	}
	return drivers.Fault(err).Code
}

// Both cameras of one device give their pictures side by side; one that is lost does not take the other with it, and comes back
// under the same port.
func TestTwoStreams(t *testing.T) {
	c, one, two, _ := pair(t)
	if err := start(t, c, 0, 1); err != nil {
		t.Fatal(err)
	}
	both := func() []v4l2.Taken {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got, err := c.NextOf(ctx, false, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first, second := both(), both()
	for i := range first {
		img, err := second[i].Image()
		if err != nil || first[i].Err != nil || second[i].Sequence <= first[i].Sequence || img.At(0, 0) == (color.Gray{}) {
			t.Errorf("camera %d: %v %v, pictures %d and %d", i, err, first[i].Err, first[i].Sequence, second[i].Sequence)
		}
	}
	cut := fault.Press{Name: "cut"}
	if err := two.Faults().Press(cut); err != nil {
		t.Fatal(err)
	}
	got := both()
	if got[0].Err != nil || code(got[1].Err) != drivers.CodeNoDevice {
		t.Errorf("one pulled: %v %v", got[0].Err, got[1].Err)
	}
	if err := two.Faults().Release("cut"); err != nil {
		t.Fatal(err)
	}
	if err := start(t, c, 1); err != nil {
		t.Errorf("plugged again: %v", err)
	}
	if got := both(); got[0].Err != nil || got[1].Err != nil {
		t.Errorf("plugged again: %v %v", got[0].Err, got[1].Err)
	}
	// Both gone: the line is lost, and heals.
	for _, x := range []*video.Camera{one, two} {
		if err := x.Faults().Press(cut); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.NextOf(t.Context(), false, 0, 1); code(err) != drivers.CodeNoDevice {
		t.Errorf("both pulled: %v", err)
	}
	for _, x := range []*video.Camera{one, two} {
		if err := x.Faults().Release("cut"); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	for range 50 {
		if err = start(t, c, 0, 1); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Errorf("both plugged again: %v", err)
	}
}

// Settings are read and written by name; a picture that nobody waits for any more is not taken for the next one.
func TestClient(t *testing.T) {
	c, one, _, port := pair(t)
	if err := c.SetControl(t.Context(), 0, "gain", 7); err != nil {
		t.Fatal(err)
	}
	if v, err := c.Control(t.Context(), 0, "gain"); err != nil || v != 7 {
		t.Errorf("gain %d %v", v, err)
	}
	if err := c.SetControl(t.Context(), 0, "gain", 11); code(err) != drivers.CodeUnsupported {
		t.Errorf("out of range: %v", err)
	}
	if _, err := c.Next(t.Context(), 0, true); code(err) != drivers.CodeInternalError {
		t.Errorf("not started: %v", err)
	}
	if err := start(t, c, 0); err != nil {
		t.Fatal(err)
	}
	if err := one.Faults().Press(fault.Press{Name: "slow", Value: 120}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Next(t.Context(), 0, true); err != nil { // from now on at the slow pace
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := c.Next(ctx, 0, true); code(err) != drivers.CodeTimeOut {
		t.Errorf("late picture: %v", err)
	}
	time.Sleep(150 * time.Millisecond)
	if v, err := c.Control(t.Context(), 0, "gain"); err != nil || v != 7 {
		t.Errorf("gain after a late picture: %d %v", v, err)
	}
	if err := one.Faults().Press(fault.Press{Name: "silent"}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { _, err := c.Next(context.Background(), 0, true); done <- err }()
	time.Sleep(20 * time.Millisecond)
	begin := time.Now()
	if err := port.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil || time.Since(begin) > 300*time.Millisecond {
		t.Errorf("closed in the middle: %v after %v", err, time.Since(begin))
	}
}
