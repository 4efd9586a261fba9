// Package apdu drives readers of passports and travel permits with a chip (护照与通行证阅读器) that carry commands for the
// chip over a socket: two bytes of length and the message, a message of one byte being a control byte (the line of
// vsmartcard's vpcd). What is said to the chip is ICAO 9303, in drivers/passport/icao.
package apdu

import (
	"context"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/passport/reading"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "passport/apdu"

// Driver is the entry for drivers/all. It has no redactor: until a chip is open its answers name nobody, but the key of the
// zone could be tried against a recording, so that only sample documents may be recorded.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindPassport, Open: func(ctx context.Context, p drivers.Port, params drivers.Params) (drivers.Device, error) {
		r, err := Open(ctx, p, params)
		if err != nil {
			return nil, err
		}
		return r, nil
	}}
}

// Open takes over the port and asks whether a reader answers there.
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*reading.Reader, error) {
	cfg, err := reading.Decode(params, nil)
	if err != nil {
		_ = port.Close()
		return nil, err
	}
	return reading.Open(ctx, Name, &slot{port: port, clk: wall, answer: cfg.Answer}, cfg)
}

// slot is the chip behind the socket.
type slot struct {
	port   drivers.Port
	clk    clock
	answer time.Duration

	mu    sync.Mutex
	dirty bool // an answer that nobody waited for may still come
}

var _ reading.Slot = (*slot)(nil)

// Begin implements reading.Slot. The control byte has no answer.
func (s *slot) Begin(context.Context) error {
	if err := s.write([]byte{ctlReset}); err != nil {
		return down(err)
	}
	return nil
}

// End implements reading.Slot: nobody else is on this line.
func (s *slot) End(context.Context) {}

// Reset implements reading.Slot.
func (s *slot) Reset(ctx context.Context, limit time.Duration) error {
	s.mark(true)
	if err := s.write([]byte{ctlReset}); err != nil {
		return down(err)
	}
	_, err := s.Present(ctx, limit)
	return err
}

// Close implements reading.Slot.
func (s *slot) Close() error { return s.port.Close() }
