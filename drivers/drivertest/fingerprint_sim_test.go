package drivertest_test

import (
	"context"
	"testing"

	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/fingerprint/ef01"
	"tongban/drivers/hal"
)

// The contract of fingerprint devices, kept by the EF 01 driver against the emulator.
func TestFingerprintContract(t *testing.T) {
	drivertest.FingerprintReader(t, func(t *testing.T) drivertest.FingerBench {
		t.Parallel()
		return &simFinger{b: simtest.Start(t, simtest.Fingerprint)}
	})
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
