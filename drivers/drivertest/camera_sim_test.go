package drivertest_test

import (
	"context"
	"sync"
	"testing"

	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	"tongban/drivers/scanner/escl"
)

// drawing is held by who draws pages of eight million points: two at once on one processor, and neither is drawn within the limit of a
// still. Everybody else waits for devices and may do so beside them.
var drawing sync.Mutex

func draws() (done func()) {
	drawing.Lock()
	return drawing.Unlock
}

// The contract of document cameras, kept by the eSCL driver against the emulator.
func TestCameraContract(t *testing.T) {
	t.Parallel()
	defer draws()()
	b := &simCamera{b: simtest.Start(t, simtest.Camera)} // one for all: it remembers the pictures that it has drawn
	drivertest.DocumentCamera(t, func(*testing.T) drivertest.CameraBench {
		b.b.Clear()
		return b
	})
}

type simCamera struct{ b *simtest.Bench }

func (s *simCamera) Open(ctx context.Context) (drivers.DocumentCamera, error) {
	port, err := hal.Open(ctx, s.b.Camera)
	if err != nil {
		return nil, err
	}
	d, err := escl.Driver().Open(ctx, port, nil)
	if err != nil {
		return nil, err
	}
	return d.(drivers.DocumentCamera), nil
}

func (s *simCamera) Press(fault string, value int) { s.b.Press(simtest.Camera, fault, value) }
func (s *simCamera) Once(fault string, value int)  { s.b.Once(simtest.Camera, fault, value) }
func (s *simCamera) Release(fault string)          { s.b.Release(simtest.Camera, fault) }
func (s *simCamera) Paper(sheet string)            { s.b.Paper(simtest.Camera, sheet) }
