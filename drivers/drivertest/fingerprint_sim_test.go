package drivertest_test

import (
	"context"
	"testing"
	"time"

	"tongban/deploy/sim/rig"
	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/fingerprint/ef01"
	"tongban/drivers/hal"
)

// The contract of fingerprint devices, kept by the EF 01 driver against the emulator.
func TestFingerprintContract(t *testing.T) {
	t.Parallel()
	drivertest.FingerprintReader(t, func(t *testing.T) drivertest.FingerBench {
		t.Parallel()
		return &simFinger{b: simtest.Start(t, simtest.Fingerprint)}
	})
}

// A finger is taken within the two seconds that the tender allows, at the pace of a line of 57600 baud; a picture of it for the inspector
// takes as long as its 36,864 bytes need there, and comes with its size and resolution.
func TestFingerprintCaptureTime(t *testing.T) {
	t.Parallel()      // most of it is the line
	const pace = 5760 // bytes a second
	s := &simFinger{b: simtest.StartWith(t, []simtest.Option{func(c *rig.Config) { c.Fingerprint.Bytes = pace }}, simtest.Fingerprint)}
	m, err := s.Open(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = m.Close() })
	for range 3 {
		s.Lay("none")
		time.AfterFunc(200*time.Millisecond, func() { s.Lay("good") })
		start := time.Now()
		f, err := m.Capture(t.Context(), false)
		took := time.Since(start) - 200*time.Millisecond
		if err != nil || len(f.Template) < 100 || took > 2*time.Second || f.ElapsedMS <= 0 || f.ElapsedMS > 2000 {
			t.Errorf("template of %d bytes after %v, measured %d ms: %v", len(f.Template), took, f.ElapsedMS, err)
		}
		t.Logf("finger to template in %v", took)
	}
	f, err := m.Capture(t.Context(), true)
	if err != nil || f.Image.Bounds().Dx() != 256 || f.Image.Bounds().Dy() != 288 || f.DPI != 500 || f.Quality < 60 || f.Quality > 100 {
		t.Fatalf("with a picture: %v %v", f, err)
	}
	if least := int64(256 * 288 / 2 * 1000 / pace); f.ElapsedMS < least {
		t.Errorf("a picture in %d ms, the line alone takes %d", f.ElapsedMS, least)
	}
}

type simFinger struct{ b *simtest.Bench }

func (s *simFinger) Open(ctx context.Context) (drivers.FingerprintReader, error) {
	return s.open(ctx, nil)
}

func (s *simFinger) open(ctx context.Context, params drivers.Params) (drivers.FingerprintReader, error) {
	port, err := hal.Open(ctx, s.b.Fingerprint)
	if err != nil {
		return nil, err
	}
	return ef01.Open(ctx, port, params)
}

func (s *simFinger) Lay(finger string)             { s.b.Paper(simtest.Fingerprint, finger) }
func (s *simFinger) Press(fault string, value int) { s.b.Press(simtest.Fingerprint, fault, value) }
func (s *simFinger) Once(fault string, value int)  { s.b.Once(simtest.Fingerprint, fault, value) }
func (s *simFinger) Release(fault string)          { s.b.Release(simtest.Fingerprint, fault) }
