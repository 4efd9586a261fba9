package drivertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/drivers"
)

// DisplayBench is a connector and a screen of 21.5 inches, 477 by 268 mm, 1920×1080, called SMPL 21.
type DisplayBench interface {
	Open(ctx context.Context) (drivers.SecondScreen, error)
	Connect(how string) // whole, broken (its description came garbled), mute (it gives none), out (pulled)
	Dark(dark bool)     // no picture is sent to it
}

// SecondScreen is the contract that every driver of a second screen keeps. start makes a fresh bench for each case.
func SecondScreen(t *testing.T, start func(t *testing.T) DisplayBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, DisplayBench, drivers.SecondScreen)
	}{
		{"tells", displayTells}, {"dark", displayDark}, {"close", displayClose}, {"cancel", displayCancel}, {"opens only what is there", displayAbsent},
		{"fault/broken", displayUnclear("broken")}, {"fault/mute", displayUnclear("mute")}, {"fault/unplugged", displayUnplugged},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t)
			b.Connect("whole")
			d, err := b.Open(t.Context())
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			t.Cleanup(func() { _ = d.Close() })
			c.run(t, b, d)
		})
	}
}

func displayTells(t *testing.T, _ DisplayBench, d drivers.SecondScreen) {
	if s, err := d.Status(t.Context()); err != nil || !s.Ready() || s.At.IsZero() {
		t.Errorf("status %+v %v", s, err)
	}
	s, err := d.Screen(t.Context())
	if err != nil || s.Name != "SMPL 21" || s.WidthMM != 477 || s.HeightMM != 268 || s.Width != 1920 || s.Height != 1080 || !s.On || s.Connector == "" {
		t.Errorf("%+v %v", s, err)
	}
	if s.Inches() != 21.5 {
		t.Errorf("%v inches", s.Inches())
	}
	if i := d.Info(); i.Kind != drivers.KindDisplay || i.Driver == "" || i.Model == "" || i.Serial == "" {
		t.Errorf("info %+v", i)
	}
}

func displayDark(t *testing.T, b DisplayBench, d drivers.SecondScreen) {
	b.Dark(true)
	if s, err := d.Status(t.Context()); err != nil || s.State != drivers.StateOffline || s.Ready() || s.Detail == "" {
		t.Errorf("dark: %+v %v", s, err)
	}
	b.Dark(false)
	if s, err := d.Status(t.Context()); err != nil || !s.Ready() {
		t.Errorf("lit again: %+v %v", s, err)
	}
}

func displayClose(t *testing.T, _ DisplayBench, d drivers.SecondScreen) {
	if err := errors.Join(d.Close(), d.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
	if s, err := d.Status(t.Context()); err == nil || s.State != drivers.StateNoDevice {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := d.Screen(t.Context()); err == nil {
		t.Error("a closed screen tells")
	}
}

func displayCancel(t *testing.T, _ DisplayBench, d drivers.SecondScreen) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Screen(ctx); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeCanceled {
		t.Errorf("%v", err)
	}
}

func displayAbsent(t *testing.T, b DisplayBench, _ drivers.SecondScreen) {
	b.Connect("out")
	d, err := b.Open(t.Context())
	if err == nil {
		_ = d.Close()
	}
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged {
		t.Errorf("%v", err)
	}
}

// displayUnclear: a screen that does not say what it is still shows; its size is unknown and is not made up.
func displayUnclear(how string) func(*testing.T, DisplayBench, drivers.SecondScreen) {
	return func(t *testing.T, b DisplayBench, d drivers.SecondScreen) {
		b.Connect(how)
		s, err := d.Screen(t.Context())
		if err != nil || s.Name != "" || s.WidthMM != 0 || s.Inches() != 0 || s.Width != 1280 || s.Height != 1024 || !s.On {
			t.Errorf("%+v %v", s, err)
		}
		if s, err := d.Status(t.Context()); err != nil || !s.Ready() {
			t.Errorf("status %+v %v", s, err)
		}
	}
}

func displayUnplugged(t *testing.T, b DisplayBench, d drivers.SecondScreen) {
	b.Connect("out")
	start := time.Now()
	s, err := d.Status(t.Context())
	told(t, d, time.Since(start), toldLimit)
	if f := drivers.Fault(err); f == nil || f.Code != drivers.CodeNoDevice || f.Reason != drivers.ReasonUnplugged || s.State != drivers.StateNoDevice {
		t.Errorf("%+v %v", s, err)
	}
	b.Connect("whole")
	plugged := time.Now()
	until(t, "back", func() bool { s, err := d.Status(t.Context()); return err == nil && s.Ready() })
	back(t, d, plugged)
	displayTells(t, b, d)
}
