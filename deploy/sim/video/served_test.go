package video_test

import (
	"testing"
	"time"

	"tongban/deploy/sim/control"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/camera/uvc"
	"tongban/drivers/hal"
)

// A driver in another program finds both eyes over the line, at their pace; one eye that is lost is told as such, and a cable that is
// pulled and put back is found again.
func TestServedEyes(t *testing.T) {
	b := simtest.Start(t, simtest.Face)
	port, err := hal.Open(t.Context(), b.Face)
	if err != nil {
		t.Fatal(err)
	}
	c, err := uvc.Open(t.Context(), port, drivers.Params{"streams": []any{"visible", "infrared"}, "width": 1280, "height": 960, "fps": 30})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	sees := func(what string) {
		t.Helper()
		var err error
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
			var got []drivers.Snapshot
			if got, err = c.Snapshot(t.Context()); err == nil && len(got) == 2 {
				return
			}
		}
		t.Fatalf("%s: %v", what, err)
	}
	sees("at first")
	n, from := 0, time.Now()
	m, err := c.Watch(t.Context(), func(drivers.Snapshot) bool { n++; return n < 60 })
	if err != nil || len(m) != 2 || m[0].Frames+m[1].Frames < 60 {
		t.Fatalf("watched: %+v %v", m, err)
	}
	t.Logf("60 pictures of both eyes in %v: %+v", time.Since(from), m)

	if err := b.Control.Fault(t.Context(), control.FaultOrder{Device: simtest.Face, Fault: "cut", At: "infrared"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Snapshot(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonStreamLost {
		t.Errorf("one eye: %v", err)
	}
	b.Press(simtest.Face, "cut", 0)
	if _, err := c.Snapshot(t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("pulled: %v", err)
	}
	b.Release(simtest.Face, "cut")
	sees("plugged again")
}
