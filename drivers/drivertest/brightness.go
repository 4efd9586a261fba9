package drivertest

import (
	"context"
	"errors"
	"testing"

	"tongban/drivers"
	"tongban/drivers/display/brightness"
)

// BrightnessBench is a screen at half its brightness.
type BrightnessBench interface {
	Open(ctx context.Context) (brightness.Screen, error)
	Percent() int // how bright it is really
	Gone()        // nothing is there any more
}

// Brightness is the contract of a screen whose brightness can be set. start makes a fresh bench for each case.
func Brightness(t *testing.T, start func(t *testing.T) BrightnessBench) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, BrightnessBench, brightness.Screen)
	}{
		{"tells and takes", brightnessTaken}, {"refuses what is no share", brightnessRefused}, {"cancel", brightnessCancel}, {"fault/unplugged", brightnessGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t)
			s, err := b.Open(t.Context())
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			if s.String() == "" {
				t.Error("does not say how it is reached")
			}
			c.run(t, b, s)
		})
	}
}

func brightnessTaken(t *testing.T, b BrightnessBench, s brightness.Screen) {
	if p, err := s.Get(t.Context()); err != nil || p != 50 {
		t.Fatalf("before: %d %v", p, err)
	}
	for _, want := range []int{80, 0, 100, 37} {
		if err := s.Set(t.Context(), want); err != nil {
			t.Fatalf("%d: %v", want, err)
		}
		if p, err := s.Get(t.Context()); err != nil || p != want || b.Percent() != want {
			t.Errorf("%d: says %d, is %d, %v", want, p, b.Percent(), err)
		}
	}
}

func brightnessRefused(t *testing.T, b BrightnessBench, s brightness.Screen) {
	for _, p := range []int{-1, 101} {
		if err := s.Set(t.Context(), p); err == nil || drivers.Fault(err).Code != drivers.CodeInvalidData || b.Percent() != 50 {
			t.Errorf("%d: is %d, %v", p, b.Percent(), err)
		}
	}
}

func brightnessCancel(t *testing.T, b BrightnessBench, s brightness.Screen) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx); err == nil || drivers.Fault(err).Code != drivers.CodeCanceled {
		t.Errorf("get: %v", err)
	}
	if err := s.Set(ctx, 80); err == nil || drivers.Fault(err).Code != drivers.CodeCanceled || b.Percent() != 50 {
		t.Errorf("set: is %d, %v", b.Percent(), err)
	}
}

func brightnessGone(t *testing.T, b BrightnessBench, s brightness.Screen) {
	b.Gone()
	if _, err := s.Get(t.Context()); err == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("get: %v", err)
	}
	if err := s.Set(t.Context(), 80); err == nil || drivers.Fault(err).Code != drivers.CodeNoDevice {
		t.Errorf("set: %v", err)
	}
	if _, err := b.Open(t.Context()); !errors.Is(err, brightness.ErrNone) {
		t.Errorf("found again: %v", err)
	}
}
