package drivertest_test

import (
	"context"
	"testing"

	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	doors "tongban/drivers/door/relay"
	"tongban/drivers/drivertest"
	"tongban/drivers/hal"
	lights "tongban/drivers/light/relay"
)

// The contract of lights, kept by the relay driver against the emulated board.
func TestLightContract(t *testing.T) {
	t.Parallel()
	drivertest.LightBar(t, func(t *testing.T) drivertest.RelayBench {
		t.Parallel()
		return &simBoard{b: simtest.Start(t, simtest.Relay)}
	})
}

// The contract of door contacts: on a board of its own, and on that of the lights.
func TestDoorContract(t *testing.T) {
	t.Parallel()
	for name, shared := range map[string]bool{"own board": false, "board of the lights": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drivertest.DoorContact(t, func(t *testing.T) drivertest.RelayBench {
				t.Parallel()
				return &simBoard{b: simtest.Start(t, simtest.Relay), shared: shared}
			})
		})
	}
}

type simBoard struct {
	b      *simtest.Bench
	shared bool
}

func (s *simBoard) OpenLights(ctx context.Context) (drivers.LightBar, error) {
	return s.board(ctx, nil)
}

func (s *simBoard) board(ctx context.Context, more drivers.Params) (*lights.Board, error) {
	port, err := hal.Open(ctx, s.b.Relay)
	if err != nil {
		return nil, err
	}
	params := drivers.Params{"outputs": "fill=1, card=2"}
	for k, v := range more {
		params[k] = v
	}
	return lights.Open(ctx, port, params)
}

func (s *simBoard) OpenDoor(ctx context.Context) (drivers.DoorContact, error) {
	if s.shared {
		return s.board(ctx, drivers.Params{"door_input": "1"})
	}
	port, err := hal.Open(ctx, s.b.Relay)
	if err != nil {
		return nil, err
	}
	return doors.Open(ctx, port, drivers.Params{"input": "1"})
}

func (s *simBoard) Door(open bool) {
	s.b.Paper(simtest.Relay, map[bool]string{true: "open", false: "closed"}[open])
}
func (s *simBoard) Press(fault string, value int) { s.b.Press(simtest.Relay, fault, value) }
func (s *simBoard) Once(fault string, value int)  { s.b.Once(simtest.Relay, fault, value) }
func (s *simBoard) Release(fault string)          { s.b.Release(simtest.Relay, fault) }
