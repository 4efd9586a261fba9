// Package apdu drives readers of passports and travel permits with a chip (护照与通行证阅读器) that carry commands for the
// chip over a socket: two bytes of length and the message, a message of one byte being a control byte (the line of
// vsmartcard's vpcd). What is said to the chip is ICAO 9303, in drivers/passport/icao.
package apdu

import (
	"context"
	"errors"
	"sync"

	"tongban/drivers"
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

// Reader is one opened reader.
type Reader struct {
	cfg  config
	clk  clock
	port drivers.Port

	mu     sync.Mutex
	busy   bool
	closed bool
	dirty  bool // an answer that nobody waited for may still come
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.PassportReader = (*Reader)(nil)

// Open takes over the port and asks whether a reader answers there.
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Reader, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	r := &Reader{cfg: cfg, clk: wall, port: port}
	r.base, r.stop = context.WithCancel(context.Background())
	if _, err := r.Find(ctx); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// Info implements drivers.Device.
func (r *Reader) Info() drivers.Info { return drivers.Info{Kind: drivers.KindPassport, Driver: Name} }

// Close implements drivers.Device.
func (r *Reader) Close() error {
	r.mu.Lock()
	was := r.closed
	r.closed = true
	r.mu.Unlock()
	if was {
		return nil
	}
	r.stop()
	return r.port.Close()
}

var errClosed = errors.New("reader is closed")

// claim makes the caller the only one at the reader.
func (r *Reader) claim(ctx context.Context) (context.Context, func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if r.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	r.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(r.base, cancel) //nolint:contextcheck // Close ends every command
	return ctx, func() {
		unhook()
		cancel()
		r.mu.Lock()
		r.busy = false
		r.mu.Unlock()
	}, nil
}
