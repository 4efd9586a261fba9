package drivertest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tongban/deploy/sim/machine"
	"tongban/drivers"
	"tongban/drivers/display/brightness"
	"tongban/drivers/drivertest"
)

var panel = &machine.Screen{Name: "SMPL 15", WidthMM: 344, HeightMM: 194, Width: 1920, Height: 1080}

// The contract, kept by a light of the kernel with 200 steps.
func TestBacklightContract(t *testing.T) {
	t.Parallel()
	drivertest.Brightness(t, func(t *testing.T) drivertest.BrightnessBench {
		m := newMachine(t)
		must(t, m.Backlight("acpi_video0", "firmware", "", 100, 200))
		return &simLight{t, m}
	})
}

type simLight struct {
	t *testing.T
	m *machine.Machine
}

func (s *simLight) Open(ctx context.Context) (brightness.Screen, error) {
	return brightness.Machine{Root: s.m.Root(), Bus: s.m}.Find(ctx)
}
func (s *simLight) Percent() int { return light(s.t, s.m, "acpi_video0") / 2 }
func (s *simLight) Gone()        { must(s.t, s.m.NoBacklight("acpi_video0")) }

func light(t *testing.T, m *machine.Machine, name string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.Root(), "sys/class/backlight", name, "brightness"))
	must(t, err)
	n, err := strconv.Atoi(strings.TrimSpace(string(b)))
	must(t, err)
	return n
}

// The same, kept over the wires of a video cable by a monitor that holds its host to the times of DDC/CI.
func TestMonitorBrightnessContract(t *testing.T) {
	t.Parallel()
	drivertest.Brightness(t, func(t *testing.T) drivertest.BrightnessBench {
		m, d := newMachine(t), &machine.Monitor{Now: 50, Most: 100}
		must(t, m.Connect("HDMI-A-2", panel))
		must(t, m.Wire("HDMI-A-2", 4, false, d))
		return &simMonitor{m, d}
	})
}

type simMonitor struct {
	m *machine.Machine
	d *machine.Monitor
}

func (s *simMonitor) Open(ctx context.Context) (brightness.Screen, error) {
	return brightness.Machine{Root: s.m.Root(), Bus: s.m}.Find(ctx)
}
func (s *simMonitor) Percent() int { return s.d.Level() }
func (s *simMonitor) Gone()        { s.d.SwitchOff() }

// Which screen is meant: the built-in panel before a cable, the best light of several, the connector that is named, never the second screen.
func TestWhichScreen(t *testing.T) {
	t.Parallel()
	two := func(m *machine.Machine) {
		must(t, m.Connect("DP-1", panel))
		must(t, m.Wire("DP-1", 4, true, &machine.Monitor{Now: 10, Most: 50}))
		must(t, m.Connect("HDMI-A-1", panel))
		must(t, m.Wire("HDMI-A-1", 11, false, &machine.Monitor{Now: 90, Most: 100}))
	}
	for name, c := range map[string]struct {
		set  func(*machine.Machine)
		at   brightness.Machine
		want string // how it is reached, empty for none
		now  int
	}{
		"no screen at all":           {set: func(*machine.Machine) {}},
		"a screen without an answer": {set: func(m *machine.Machine) { hang(t, m, &machine.Monitor{Off: true}) }},
		"a screen with buttons only": {set: func(m *machine.Machine) { hang(t, m, &machine.Monitor{Simple: true, Most: 100}) }},
		"the first that answers":     {set: two, want: "DDC/CI i2c-4", now: 20},
		"the second screen is none":  {set: two, at: brightness.Machine{Others: []string{"DP-1"}}, want: "DDC/CI i2c-11", now: 90},
		"the one that is named":      {set: two, at: brightness.Machine{Connector: "HDMI-A-1"}, want: "DDC/CI i2c-11", now: 90},
		"one that is not connected":  {set: two, at: brightness.Machine{Connector: "DP-2"}},
		"the panel before the cable": {set: func(m *machine.Machine) {
			two(m)
			must(t, m.Backlight("intel_backlight", "raw", "", 600, 1200))
			must(t, m.Backlight("acpi_video0", "firmware", "", 6, 10))
		}, want: "backlight acpi_video0", now: 60},
		"a light of the second screen": {set: func(m *machine.Machine) {
			two(m)
			must(t, m.Backlight("ddcci11", "raw", "HDMI-A-1", 1, 100))
		}, at: brightness.Machine{Others: []string{"HDMI-A-1"}}, want: "DDC/CI i2c-4", now: 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMachine(t)
			c.set(m)
			c.at.Root, c.at.Bus = m.Root(), m
			s, err := c.at.Find(t.Context())
			if c.want == "" {
				if !errors.Is(err, brightness.ErrNone) {
					t.Errorf("%v %v", s, err)
				}
				return
			}
			if err != nil || s.String() != c.want {
				t.Fatalf("%v %v", s, err)
			}
			if p, err := s.Get(t.Context()); err != nil || p != c.now {
				t.Errorf("%d %v", p, err)
			}
		})
	}
}

func hang(t *testing.T, m *machine.Machine, d *machine.Monitor) {
	t.Helper()
	must(t, m.Connect("HDMI-A-1", panel))
	must(t, m.Wire("HDMI-A-1", 3, false, d))
}

// A screen that is busy or whose answers break is asked again; what stays broken, is not ours to open or has no node is told and not taken
// for a screen without DDC/CI.
func TestMonitorThatDoesNotAnswerAtOnce(t *testing.T) {
	t.Parallel()
	m, d := newMachine(t), &machine.Monitor{Now: 50, Most: 100}
	hang(t, m, d)
	at := brightness.Machine{Root: m.Root(), Bus: m}
	d.Busy(2)
	s, err := at.Find(t.Context())
	must(t, err)
	d.Broken(2)
	if p, err := s.Get(t.Context()); err != nil || p != 50 {
		t.Errorf("two broken answers: %d %v", p, err)
	}
	d.Broken(9)
	if err := s.Set(t.Context(), 80); err == nil || drivers.Fault(err).Reason != drivers.ReasonLineNoise || d.Level() != 50 {
		t.Errorf("all broken: is %d, %v", d.Level(), err)
	}
	d.Broken(0)
	d.Busy(9)
	if _, err := at.Find(t.Context()); err == nil || errors.Is(err, brightness.ErrNone) || drivers.Fault(err).Code != drivers.CodeDeviceNotReady {
		t.Errorf("always busy: %v", err)
	}
	d.Busy(0)
	d.Forbidden = true
	if _, err := at.Find(t.Context()); err == nil || errors.Is(err, brightness.ErrNone) || !strings.Contains(err.Error(), "udev") {
		t.Errorf("not ours to open: %v", err)
	}
	bare := newMachine(t)
	must(t, bare.Connect("DP-1", panel))
	must(t, bare.Wire("DP-1", 7, true, nil))
	if _, err := (brightness.Machine{Root: bare.Root(), Bus: bare}).Find(t.Context()); err == nil || errors.Is(err, brightness.ErrNone) || !strings.Contains(err.Error(), "i2c-dev") {
		t.Errorf("without the module: %v", err)
	}
}
