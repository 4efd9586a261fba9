package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/drivers"
)

// RelayBench is a board with lights on its relays and a door on an input. The lights are called fill (relay 1) and card (relay 2). Faults are
// those of the emulator's board.
type RelayBench interface {
	OpenLights(ctx context.Context) (drivers.LightBar, error)
	OpenDoor(ctx context.Context) (drivers.DoorContact, error)
	Door(open bool)
	Press(fault string, value int)
	Once(fault string, value int)
	Release(fault string)
}

// LightBar is the contract that every driver of lights keeps. start makes a fresh bench for each case.
func LightBar(t *testing.T, start func(t *testing.T) RelayBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*lightDesk)
	}{
		{"switch", lightSwitch}, {"unknown light", lightUnknown}, {"reset", lightReset}, {"second program", lightSecondProgram}, {"close", lightClose}, {"cancel", lightCancel},
		{"fault/checksum", lightOnce("checksum")}, {"fault/half", lightOnce("half")}, {"fault/garbage", lightOnce("garbage")}, {"fault/other", lightOnce("other")},
		{"fault/silent once", lightOnce("silent")}, {"fault/slow", lightSlow}, {"fault/busy", lightBusy}, {"fault/stuck", lightStuck},
		{"fault/noise", lightNoise}, {"fault/silent", lightSilent}, {"fault/unplugged", lightUnplugged},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &lightDesk{RelayBench: start(t), t: t}
			var err error
			if d.l, err = d.OpenLights(t.Context()); err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.l.Close() })
			c.run(d)
		})
	}
}

type lightDesk struct {
	RelayBench
	t *testing.T
	l drivers.LightBar
}

// mustSwitch switches a light and looks at all of them.
func (d *lightDesk) mustSwitch(light string, on bool) {
	d.t.Helper()
	start := time.Now()
	if err := d.l.Switch(d.t.Context(), light, on); err != nil {
		d.t.Fatalf("%s: %v", light, err)
	}
	if took := time.Since(start); took > 1500*time.Millisecond {
		d.t.Errorf("%s: switched in %v", light, took)
	}
	if lit, err := d.l.Lit(d.t.Context()); err != nil || lit[light] != on {
		d.t.Errorf("%s: %v %v", light, lit, err)
	}
}

func lightSwitch(d *lightDesk) {
	if s, err := d.l.Status(d.t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		d.t.Errorf("status %+v %v", s, err)
	}
	if got := d.l.Lights(); len(got) != 2 || got[0] != "fill" || got[1] != "card" {
		d.t.Errorf("lights %v", got)
	}
	d.mustSwitch("fill", true)
	d.mustSwitch("card", true)
	d.mustSwitch("fill", false)
	if lit, err := d.l.Lit(d.t.Context()); err != nil || len(lit) != 2 || lit["fill"] || !lit["card"] {
		d.t.Errorf("%v %v", lit, err)
	}
	if i := d.l.Info(); i.Kind != drivers.KindLight || i.Driver == "" {
		d.t.Errorf("info %+v", i)
	}
}

func lightUnknown(d *lightDesk) {
	if err := d.l.Switch(d.t.Context(), "moon", true); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
		d.t.Errorf("%v", err)
	}
}

func lightReset(d *lightDesk) {
	d.mustSwitch("card", true)
	if err := d.l.Reset(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	if lit, err := d.l.Lit(d.t.Context()); err != nil || lit["card"] {
		d.t.Errorf("%v %v", lit, err)
	}
}

func lightSecondProgram(d *lightDesk) {
	if l, err := d.OpenLights(d.t.Context()); err == nil {
		_ = l.Close()
		d.t.Error("opened twice")
	} else if drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("opened twice: %v", err)
	}
	d.mustSwitch("fill", true)
}

func lightClose(d *lightDesk) {
	d.Press("silent", 0)
	done := make(chan error, 1)
	go func() { _, err := d.l.Lit(d.t.Context()); done <- err }()
	time.Sleep(50 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.l.Close(), d.l.Close()); err != nil {
		d.t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("ended with %v after %v", err, time.Since(start))
	}
	if _, err := d.l.Status(d.t.Context()); err == nil {
		d.t.Error("a closed board has a status")
	}
}

func lightCancel(d *lightDesk) {
	d.Press("silent", 0)
	ctx, cancel := context.WithCancel(d.t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	_, err := d.l.Lit(ctx)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeCanceled || time.Since(start) > 500*time.Millisecond {
		d.t.Errorf("cancelled: %v after %v", err, time.Since(start))
	}
	d.Release("silent")
	d.mustSwitch("fill", true)
}

// lightOnce: one bad answer is asked again, and nobody hears of it.
func lightOnce(fault string) func(*lightDesk) {
	return func(d *lightDesk) {
		d.Once(fault, 0)
		d.mustSwitch("fill", true)
	}
}

func lightSlow(d *lightDesk) {
	d.Press("slow", 100)
	d.mustSwitch("fill", true)
}

func lightBusy(d *lightDesk) {
	d.Once("busy", 0)
	if err := d.l.Switch(d.t.Context(), "fill", true); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		d.t.Errorf("%v", err)
	}
	d.mustSwitch("fill", true)
}

func lightStuck(d *lightDesk) {
	d.Once("stuck", 0)
	if err := d.l.Switch(d.t.Context(), "fill", true); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeHardwareError || drivers.Fault(err).Reason != drivers.ReasonStuck {
		d.t.Errorf("%v", err)
	}
	d.mustSwitch("fill", true)
}

func lightNoise(d *lightDesk) {
	d.Press("checksum", 0)
	if err := d.l.Switch(d.t.Context(), "fill", true); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonLineNoise {
		d.t.Errorf("%v", err)
	}
	d.Release("checksum")
	d.mustSwitch("fill", true)
}

func lightSilent(d *lightDesk) {
	d.Press("silent", 0)
	start := time.Now()
	s, err := d.l.Status(d.t.Context())
	took := time.Since(start)
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonSilent || s.State != drivers.StateNoDevice {
		d.t.Errorf("%+v %v after %v", s, err, took)
	}
	told(d.t, d.l, took, time.Second)
	d.Release("silent")
	d.mustSwitch("fill", true)
}

func lightUnplugged(d *lightDesk) {
	d.mustSwitch("fill", true)
	d.Press("cut", 0)
	start := time.Now()
	s, err := d.l.Status(d.t.Context())
	took := time.Since(start)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged || s.State != drivers.StateNoDevice {
		d.t.Errorf("%+v %v after %v", s, err, took)
	}
	told(d.t, d.l, took, toldLimit)
	d.Release("cut")
	plugged := time.Now()
	d.until("back", func() bool { s, err := d.l.Status(d.t.Context()); return err == nil && s.Ready() })
	d.mustSwitch("fill", false)
	back(d.t, d.l, plugged)
}

func (d *lightDesk) until(what string, ok func() bool) { until(d.t, what, ok) }

// until waits for what a replugged device must do within 10 s.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for start := time.Now(); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("%s: not within 10 s", what)
		}
	}
}

// DoorContact is the contract that every driver of a door contact keeps.
func DoorContact(t *testing.T, start func(t *testing.T) RelayBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, RelayBench, drivers.DoorContact)
	}{
		{"open and closed", doorStates}, {"close", doorClose}, {"fault/checksum", doorOnce("checksum")}, {"fault/half", doorOnce("half")}, {"fault/garbage", doorOnce("garbage")},
		{"fault/other", doorOnce("other")}, {"fault/silent", doorSilent}, {"fault/unplugged", doorUnplugged},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t)
			d, err := b.OpenDoor(t.Context())
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.Close() })
			c.run(t, b, d)
		})
	}
}

func mustDoor(t *testing.T, d drivers.DoorContact, open bool) {
	t.Helper()
	if got, err := d.DoorOpen(t.Context()); err != nil || got != open {
		t.Fatalf("open %v %v, want %v", got, err, open)
	}
	s, err := d.Status(t.Context())
	if err != nil || !s.Ready() || s.Cover != map[bool]string{true: "open", false: "closed"}[open] {
		t.Fatalf("status %+v %v, want open %v", s, err, open)
	}
}

func doorStates(t *testing.T, b RelayBench, d drivers.DoorContact) {
	mustDoor(t, d, false)
	b.Door(true)
	mustDoor(t, d, true)
	b.Door(false)
	mustDoor(t, d, false)
	if d.Info().Driver == "" {
		t.Error("no driver")
	}
}

func doorClose(t *testing.T, b RelayBench, d drivers.DoorContact) {
	b.Press("silent", 0)
	done := make(chan error, 1)
	go func() { _, err := d.DoorOpen(t.Context()); done <- err }()
	time.Sleep(50 * time.Millisecond)
	start := time.Now()
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	if err := <-done; err == nil || time.Since(start) > 500*time.Millisecond {
		t.Errorf("ended with %v after %v", err, time.Since(start))
	}
}

func doorOnce(fault string) func(*testing.T, RelayBench, drivers.DoorContact) {
	return func(t *testing.T, b RelayBench, d drivers.DoorContact) {
		b.Door(true)
		b.Once(fault, 0)
		mustDoor(t, d, true)
	}
}

// doorSilent: a board that says nothing leaves the door unknown; it is not called closed.
func doorSilent(t *testing.T, b RelayBench, d drivers.DoorContact) {
	b.Press("silent", 0)
	start := time.Now()
	s, err := d.Status(t.Context())
	told(t, d, time.Since(start), toldLimit)
	if f := drivers.Fault(err); f == nil || f.Reason != drivers.ReasonSilent || s.Cover != "" || s.State != drivers.StateNoDevice {
		t.Errorf("%+v %v", s, err)
	}
	b.Release("silent")
	mustDoor(t, d, false)
}

func doorUnplugged(t *testing.T, b RelayBench, d drivers.DoorContact) {
	b.Press("cut", 0)
	start := time.Now()
	s, err := d.Status(t.Context())
	told(t, d, time.Since(start), toldLimit)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || s.Cover != "" {
		t.Errorf("%+v %v", s, err)
	}
	b.Door(true)
	b.Release("cut")
	plugged := time.Now()
	until(t, "back", func() bool { s, err := d.Status(t.Context()); return err == nil && s.Ready() })
	mustDoor(t, d, true)
	back(t, d, plugged)
}
