package web_test

import (
	"testing"

	"tongban/agent/screen"
	"tongban/deploy/sim/machine"
	"tongban/drivers/display/brightness"
)

func monitorAt(t *testing.T, d *machine.Monitor) brightness.Machine {
	t.Helper()
	m, err := machine.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Connect("HDMI-A-2", &machine.Screen{Name: "SMPL 15", WidthMM: 344, HeightMM: 194, Width: 1920, Height: 1080}); err != nil {
		t.Fatal(err)
	}
	if err := m.Wire("HDMI-A-2", 4, false, d); err != nil {
		t.Fatal(err)
	}
	return brightness.Machine{Root: m.Root(), Bus: m}
}

// How bright the terminal's own screen is, a technician sets once; a screen that comes after a restart is made so, too.
func TestBrightnessIsKept(t *testing.T) {
	first := &machine.Monitor{Now: 30, Most: 40}
	b := newBed(t, bedOptions{offline: true, panel: monitorAt(t, first)})
	if c := b.code("service/brightness", screen.SetBrightness{Percent: 50}); c != "service.closed" || first.Level() != 30 {
		t.Errorf("from outside: %s", c)
	}
	b.do("service/open", b.pass(41, 0))
	now := func() screen.ServiceBrightness { return *b.state().Service.Brightness }
	b.until("the screen has answered", func() bool { return now().State == "ok" })
	if s := now(); s.Percent != 75 || s.Full != 250 || s.Way != "DDC/CI i2c-4" {
		t.Errorf("before anybody set it: %+v", s)
	}
	for _, n := range []int{0, 19, 101} { // a dark screen would be a fault that nobody sees
		if c := b.code("service/brightness", screen.SetBrightness{Percent: n}); c != "service.value" || first.Level() != 30 {
			t.Errorf("%d: %s", n, c)
		}
	}
	if s := b.do("service/brightness", screen.SetBrightness{Percent: 60}); s.Service.Brightness.Percent != 60 || first.Level() != 24 {
		t.Errorf("set: %+v on the page, %d of 40 at the screen", s.Service.Brightness, first.Level())
	}
	first.SwitchOff()
	if c := b.code("service/brightness", screen.SetBrightness{Percent: 80}); c != "service.no_brightness" {
		t.Errorf("switched off: %s", c)
	}
	b.do("service/again", nil)
	b.until("the page says that the screen is away", func() bool { return now().State == "none" })
	b.stop()

	second := &machine.Monitor{Now: 100, Most: 100}
	newBed(t, bedOptions{offline: true, dir: b.dir, keys: b.options.keys, panel: monitorAt(t, second)})
	if second.Level() != 60 {
		t.Errorf("after a restart: %d", second.Level())
	}
}

// A screen whose answers break is a fault with its words, and not taken for one that has buttons only; what was kept stays.
func TestBrightnessOfAScreenThatFails(t *testing.T) {
	d := &machine.Monitor{Now: 50, Most: 100}
	b := newBed(t, bedOptions{offline: true, panel: monitorAt(t, d)})
	b.do("service/open", b.pass(41, 0))
	b.until("the screen has answered", func() bool { return b.state().Service.Brightness.State == "ok" })
	d.Broken(99)
	if c := b.code("service/brightness", screen.SetBrightness{Percent: 80}); c != "service.screen" || d.Level() != 50 {
		t.Errorf("broken: %s, %d", c, d.Level())
	}
	if s := b.state().Service.Brightness; s.State != "fault" || s.Detail == "" {
		t.Errorf("on the page: %+v", s)
	}
}

// A terminal whose screen offers nothing says so.
func TestNoBrightness(t *testing.T) {
	b := newBed(t, bedOptions{offline: true, panel: monitorAt(t, &machine.Monitor{Simple: true, Most: 100})})
	b.do("service/open", b.pass(41, 0))
	b.until("looked", func() bool { return b.state().Service.Brightness.State == "none" })
	if c := b.code("service/brightness", screen.SetBrightness{Percent: 80}); c != "service.no_brightness" {
		t.Errorf("%s", c)
	}
}
