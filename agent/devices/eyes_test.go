package devices_test

import (
	"bytes"
	"context"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/devices"
	"tongban/deploy/sim/cctv"
	"tongban/deploy/sim/control"
	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	profiles "tongban/firmware-profiles"
)

// rackOf runs a rack of what is connected to a terminal of a model.
func rackOf(t *testing.T, model string, addresses map[string]string, site ...devices.Setting) *devices.Rack {
	t.Helper()
	set, err := profiles.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := set.Terminal(model)
	if err != nil {
		t.Fatal(err)
	}
	slots, err := devices.Slots(set, m, addresses, site...)
	if err != nil {
		t.Fatal(err)
	}
	r := devices.New(slots, clock.System(), slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return r
}

// The camera of each model takes a face as large as its profile asks: two eyes at the kiosk, one at the desktop terminal.
func TestFaceIsTaken(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]struct {
		profile    string
		eyes, w, h int
	}{"kiosk-21": {"uvc-dual", 2, 1280, 960}, "desk-15": {"uvc-c920", 1, 1280, 720}} {
		t.Run(model, func(t *testing.T) {
			b := simtest.Start(t, simtest.Face)
			r := rackOf(t, model, map[string]string{"camera": b.Face})
			shown(t, r, drivers.KindCamera, true, backWithin)
			if p := r.Status(drivers.KindCamera).Profile; p != want.profile {
				t.Errorf("served as %s, want %s", p, want.profile)
			}
			got, err := use(t, r, drivers.KindCamera, func(ctx context.Context, d drivers.FaceCamera) ([]drivers.Snapshot, error) { return d.Snapshot(ctx) })
			if err != nil || len(got) != want.eyes {
				t.Fatalf("%v %v", got, err)
			}
			for _, s := range got {
				img, err := s.Image()
				if err != nil || img.Bounds().Dx() < want.w || img.Bounds().Dy() < want.h {
					t.Errorf("%v: %v", s, err)
				}
			}
		})
	}
}

// One eye that is lost is said as such: the cable of the camera is not what to look at.
func TestLostEyeIsNamed(t *testing.T) {
	t.Parallel()
	b := simtest.Start(t, simtest.Face)
	r := rackOf(t, "kiosk-21", map[string]string{"camera": b.Face})
	shown(t, r, drivers.KindCamera, true, backWithin)
	if err := b.Control.Fault(t.Context(), control.FaultOrder{Device: simtest.Face, Fault: "cut", At: "infrared"}); err != nil {
		t.Fatal(err)
	}
	shown(t, r, drivers.KindCamera, false, stateWithin)
	if s := r.Status(drivers.KindCamera); s.Reason != drivers.ReasonStreamLost {
		t.Errorf("%+v", s)
	}
	b.Release(simtest.Face, "cut")
	shown(t, r, drivers.KindCamera, true, backWithin)
}

// The surveillance camera is asked with the site's name and password, and what the site masks is black before anybody sees it; a wrong
// password is said as such.
func TestSurveillanceIsTheSites(t *testing.T) {
	t.Parallel()
	b := simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.CCTVUser, c.CCTVPassword = "tongban", "a word of 510799" }}, simtest.CCTV)
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("another\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := cctv.Screen
	site := devices.Surveillance("tongban", file, [][4]float64{m})
	r := rackOf(t, "kiosk-21", map[string]string{"cctv": b.CCTV}, site...)
	for end := time.Now().Add(backWithin); r.Status(drivers.KindCCTV).Reason != drivers.ReasonDenied; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("with a wrong password: %+v", r.Status(drivers.KindCCTV))
		}
	}
	if err := os.WriteFile(file, []byte("a word of 510799\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	shown(t, r, drivers.KindCCTV, true, backWithin)
	f, err := use(t, r, drivers.KindCCTV, func(ctx context.Context, d drivers.SurveillanceCamera) (drivers.Frame, error) {
		if d.Masks() != 1 {
			t.Errorf("%d masks", d.Masks())
		}
		return d.Still(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(bytes.NewReader(f.JPEG))
	if err != nil || f.Width*f.Height < 5_000_000 {
		t.Fatalf("%d×%d %v", f.Width, f.Height, err)
	}
	w, h := float64(img.Bounds().Dx()), float64(img.Bounds().Dy())
	if red, _, _, _ := img.At(int(w*(m[0]+m[2])/2), int(h*(m[1]+m[3])/2)).RGBA(); red>>8 > 24 {
		t.Error("the terminal's screen can be read in the picture")
	}
}
