package drivertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

// FaceBench is a camera that looks at a citizen, with a hand on it. Fault names are those of the emulator's board (silent, slow, busy,
// fail, half, garbage, size, frozen, black, cut); each is pressed on one stream.
type FaceBench interface {
	Open(ctx context.Context) (drivers.FaceCamera, error)
	Press(s drivers.Stream, fault string, value int)
	Once(s drivers.Stream, fault string, value int)
	Release(s drivers.Stream, fault string)
}

// FaceCamera is the contract that every driver of such a camera keeps. start makes a fresh bench for each case.
func FaceCamera(t *testing.T, start func(t *testing.T) FaceBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*faceDesk)
	}{
		{"both streams", facePictures}, {"rate", faceRate}, {"controls", faceControls}, {"one at a time", faceOneAtATime}, {"close", faceClose}, {"cancel", faceCancel},
		{"two owners", faceTwoOwners}, {"hidden", faceHidden},
		{"fault/half once", faceOnce("half")}, {"fault/garbage once", faceOnce("garbage")}, {"fault/size once", faceOnce("size")},
		{"fault/half", faceFault("half", drivers.CodeLineError, drivers.ReasonNoImage)}, {"fault/garbage", faceFault("garbage", drivers.CodeLineError, drivers.ReasonNoImage)},
		{"fault/wrong size", faceFault("size", drivers.CodeLineError, drivers.ReasonNoImage)},
		{"fault/fails", faceFault("fail", drivers.CodeHardwareError, drivers.ReasonNoImage)},
		{"fault/busy", faceFault("busy", drivers.CodeDeviceNotReady, "")},
		{"fault/silent", faceFault("silent", drivers.CodeTimeOut, drivers.ReasonSilent)},
		{"fault/black", faceFault("black", drivers.CodeHardwareError, drivers.ReasonPictureBlack)},
		{"fault/frozen", faceFault("frozen", drivers.CodeHardwareError, drivers.ReasonPictureFrozen)},
		{"fault/one stream lost", faceFault("cut", drivers.CodeNoDevice, drivers.ReasonStreamLost)},
		{"fault/unplugged", faceUnplugged}, {"fault/unplugged in the middle", faceCutMidway},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &faceDesk{FaceBench: start(t), t: t}
			var err error
			if d.c, err = d.Open(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.c.Close() })
			d.mustSee()
			c.run(d)
		})
	}
}

type faceDesk struct {
	FaceBench
	t *testing.T
	c drivers.FaceCamera
}

// mustSee takes snapshots until one of all streams comes; a device may need a moment after a fault, but no new driver.
func (d *faceDesk) mustSee() []drivers.Snapshot {
	d.t.Helper()
	var err error
	for range 60 {
		var got []drivers.Snapshot
		if got, err = d.c.Snapshot(d.t.Context()); err == nil {
			d.whole(got, d.c.Streams())
			return got
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.t.Fatalf("no snapshot: %v", err)
	return nil
}

// whole looks into snapshots: what a driver returns without an error is a picture to the last point.
func (d *faceDesk) whole(got []drivers.Snapshot, want []drivers.Stream) {
	d.t.Helper()
	var streams []drivers.Stream
	for _, s := range got {
		streams = append(streams, s.Stream)
		img, err := s.Image()
		if err != nil {
			d.t.Fatalf("%s: %v", s.Stream, err)
		}
		if b := img.Bounds(); b.Dx() != s.Width || b.Dy() != s.Height || s.Width < 1280 || s.Height < 960 {
			d.t.Errorf("%s says %d×%d, is %v", s.Stream, s.Width, s.Height, b)
		}
	}
	if !slices.Equal(streams, want) {
		d.t.Errorf("streams %v, want %v", streams, want)
	}
}

func facePictures(d *faceDesk) {
	proof(d.t)
	if s, err := d.c.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	if i := d.c.Info(); i.Kind != drivers.KindCamera || i.Driver == "" || i.Model == "" {
		d.t.Errorf("info %+v", i)
	}
	if got := d.c.Streams(); !slices.Equal(got, []drivers.Stream{drivers.StreamVisible, drivers.StreamInfrared}) {
		d.t.Fatalf("streams %v", got)
	}
	best := time.Hour
	for range 5 {
		start := time.Now()
		d.mustSee()
		best = min(best, time.Since(start))
	}
	if best > time.Second {
		d.t.Errorf("snapshot after %v", best)
	}
	got, err := d.c.Snapshot(d.t.Context(), drivers.StreamInfrared)
	if err != nil {
		d.t.Fatal(err)
	}
	d.whole(got, []drivers.Stream{drivers.StreamInfrared})
	if b, err := got[0].JPEG(); err != nil || len(b) < 1000 {
		d.t.Errorf("%d bytes of JPEG, %v", len(b), err)
	}
	for _, wrong := range [][]drivers.Stream{{"depth"}, {drivers.StreamVisible, drivers.StreamVisible}} {
		if _, err := d.c.Snapshot(d.t.Context(), wrong...); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
			d.t.Errorf("streams %v: %v", wrong, err)
		}
	}
}

// faceRate is the tender's: 30 pictures a second of both streams at once, the size of each at least 1280×960.
func faceRate(d *faceDesk) {
	proof(d.t)
	ctx, cancel := context.WithTimeout(d.t.Context(), 2*time.Second)
	defer cancel()
	seen := map[drivers.Stream]int{}
	got, err := d.c.Watch(ctx, func(s drivers.Snapshot) bool { seen[s.Stream]++; return true })
	if err != nil || len(got) != 2 {
		d.t.Fatalf("watch: %+v %v", got, err)
	}
	for _, m := range got {
		// What the camera gives is counted, also where this machine was too busy to take it all.
		given := m.FPS * float64(m.Frames-1+m.Skipped) / float64(max(m.Frames-1, 1))
		if m.Frames != seen[m.Stream] || given < 28 || given > 33 || m.Frames < 30 || m.Width < 1280 || m.Height < 960 {
			d.t.Errorf("measured %+v, seen %d", m, seen[m.Stream])
		}
	}
	// Whoever has seen enough ends it.
	left := 5
	if _, err := d.c.Watch(d.t.Context(), func(drivers.Snapshot) bool { left--; return left > 0 }); err != nil || left != 0 {
		d.t.Errorf("ended by the looker: %d left, %v", left, err)
	}
}

func faceControls(d *faceDesk) {
	value := func(s drivers.Stream, name string) (int, bool) {
		list, err := d.c.Controls(d.t.Context(), s)
		if err != nil {
			d.t.Fatal(err)
		}
		i := slices.IndexFunc(list, func(c drivers.CameraControl) bool { return c.Name == name })
		if i < 0 {
			return 0, false
		}
		return list[i].Value, true
	}
	for _, name := range []string{"exposure", "white_balance", "contrast", "brightness", "saturation"} {
		if _, ok := value(drivers.StreamVisible, name); !ok {
			d.t.Errorf("no %s", name)
		}
	}
	if v, _ := value(drivers.StreamVisible, "exposure_auto"); v == 1 {
		d.t.Error("the camera is opened with exposure by hand")
	}
	if err := d.c.SetControl(d.t.Context(), drivers.StreamInfrared, "contrast", 70); err != nil {
		d.t.Fatal(err)
	}
	a, _ := value(drivers.StreamInfrared, "contrast")
	b, _ := value(drivers.StreamVisible, "contrast")
	if a != 70 || b == 70 {
		d.t.Errorf("contrast %d, of the other stream %d", a, b)
	}
	for name, v := range map[string]int{"contrast": 100_000, "zoom": 1} {
		if err := d.c.SetControl(d.t.Context(), drivers.StreamInfrared, name, v); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeUnsupported {
			d.t.Errorf("%s %d: %v", name, v, err)
		}
	}
	if err := d.c.SetControl(d.t.Context(), drivers.StreamVisible, "exposure", 200); err != nil { // held by the automatic mode until now
		d.t.Fatal(err)
	}
	if v, _ := value(drivers.StreamVisible, "exposure"); v != 200 {
		d.t.Errorf("exposure by hand is %d", v)
	}
	if err := d.c.Automatic(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	if v, _ := value(drivers.StreamVisible, "exposure_auto"); v == 1 {
		d.t.Error("exposure is still by hand")
	}
	if v, _ := value(drivers.StreamInfrared, "contrast"); v == 70 {
		d.t.Error("contrast is still the one that was set")
	}
}

func faceOneAtATime(d *faceDesk) {
	ctx, cancel := context.WithCancel(d.t.Context())
	started, done := make(chan struct{}), make(chan error, 1)
	go func() {
		first := true
		_, err := d.c.Watch(ctx, func(drivers.Snapshot) bool {
			if first {
				close(started)
				first = false
			}
			return true
		})
		done <- err
	}()
	<-started
	if _, err := d.c.Snapshot(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second look: %v", err)
	}
	if s, err := d.c.Status(d.t.Context()); err != nil || s.State != drivers.StateBusy {
		d.t.Errorf("status %+v %v", s, err)
	}
	cancel()
	if err := <-done; err != nil {
		d.t.Errorf("first look: %v", err)
	}
}

func faceClose(d *faceDesk) {
	started, done := make(chan struct{}, 1000), make(chan error, 1)
	go func() {
		_, err := d.c.Watch(d.t.Context(), func(drivers.Snapshot) bool { started <- struct{}{}; return true })
		done <- err
	}()
	<-started
	start := time.Now()
	if err := errors.Join(d.c.Close(), d.c.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("watch ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.c.Status(d.t.Context()); err == nil {
		d.t.Error("a closed camera has a status")
	}
}

func faceCancel(d *faceDesk) {
	d.Press(drivers.StreamInfrared, "slow", 2000)
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.c.Snapshot(ctx)
	for range 3 {
		if err == nil { // a picture that was there before the stream became slow
			_, err = d.c.Snapshot(ctx)
		}
	}
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.Release(drivers.StreamInfrared, "slow")
	d.mustSee()
}

func faceTwoOwners(d *faceDesk) {
	if _, err := d.Open(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("second owner: %v", err)
	}
}

// faceOnce is a fault that strikes one picture; the driver takes another by itself.
func faceOnce(fault string) func(*faceDesk) {
	return func(d *faceDesk) {
		d.Once(drivers.StreamVisible, fault, 0)
		got, err := d.c.Snapshot(d.t.Context())
		if err != nil {
			d.t.Fatalf("snapshot: %v", err)
		}
		d.whole(got, d.c.Streams())
	}
}

// faceFault is a fault of one stream that stays: told in time and in the right word, while the other stream goes on; and over when its
// cause is.
func faceFault(fault string, code drivers.Code, reason drivers.Reason) func(*faceDesk) {
	return func(d *faceDesk) {
		d.Press(drivers.StreamInfrared, fault, 0)
		var err error
		var got []drivers.Snapshot
		start := time.Now()
		for range 8 { // a frozen picture is only seen by several
			if got, err = d.c.Snapshot(d.t.Context()); err != nil {
				break
			}
		}
		if f := drivers.Fault(err); f == nil || f.Code != code || f.Reason != reason {
			d.t.Errorf("snapshot: %v, want %s/%s", err, code, reason)
		}
		told(d.t, d.c, time.Since(start), toldLimit)
		d.whole(got, []drivers.Stream{drivers.StreamVisible})
		if one, err := d.c.Snapshot(d.t.Context(), drivers.StreamVisible); err != nil {
			d.t.Errorf("the other stream: %v", err)
		} else {
			d.whole(one, []drivers.Stream{drivers.StreamVisible})
		}
		if _, err = d.c.Snapshot(d.t.Context()); err == nil {
			d.t.Error("both streams, and no fault")
		}
		start = time.Now()
		if s, err := d.c.Status(d.t.Context()); err == nil || s.Ready() || s.Code != code || time.Since(start) > 1200*time.Millisecond {
			d.t.Errorf("status %+v %v after %v", s, err, time.Since(start))
		}
		d.Release(drivers.StreamInfrared, fault)
		if err := d.c.Reset(d.t.Context()); err != nil {
			d.t.Errorf("reset: %v", err)
		}
		d.mustSee()
		if s, err := d.c.Status(d.t.Context()); err != nil || !s.Ready() {
			d.t.Errorf("status afterwards %+v %v", s, err)
		}
	}
}

func faceUnplugged(d *faceDesk) {
	for _, s := range d.c.Streams() {
		d.Press(s, "cut", 0)
	}
	for range 3 {
		if _, err := d.c.Snapshot(d.t.Context()); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
			d.t.Errorf("snapshot: %v", err)
		}
	}
	if s, err := d.c.Status(d.t.Context()); err == nil || s.State != drivers.StateNoDevice {
		d.t.Errorf("status %+v %v", s, err)
	}
	for _, s := range d.c.Streams() {
		d.Release(s, "cut")
	}
	plugged := time.Now()
	d.mustSee()
	if took := time.Since(plugged); took > 5*time.Second {
		d.t.Errorf("back after %v", took)
	}
	back(d.t, d.c, plugged)
}

func faceCutMidway(d *faceDesk) {
	cut := make(chan time.Time, 1)
	time.AfterFunc(300*time.Millisecond, func() { d.Press(drivers.StreamVisible, "cut", 0); cut <- time.Now() })
	_, err := d.c.Watch(d.t.Context(), func(drivers.Snapshot) bool { return true })
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice {
		d.t.Errorf("watch: %v", err)
	}
	told(d.t, d.c, time.Since(<-cut), toldLimit)
	d.Release(drivers.StreamVisible, "cut")
	plugged := time.Now()
	d.mustSee()
	back(d.t, d.c, plugged)
}

// faceHidden: a snapshot that is logged or printed by mistake shows nobody.
func faceHidden(d *faceDesk) {
	for _, s := range d.mustSee() {
		j, err := json.Marshal(s)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), s.LogValue().String(), string(j)} {
			if len(text) > 60 || !strings.Contains(text, string(s.Stream)) {
				d.t.Errorf("%s does not hide itself: %d characters", s.Stream, len(text))
			}
		}
	}
}
