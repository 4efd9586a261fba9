// Package turn lets one command at a time use a device (独占), and ends it when the device is closed.
package turn

import (
	"context"
	"errors"
	"sync"
	"time"

	"tongban/drivers"
)

// Turn is the right to use one device. Its zero value is not usable.
type Turn struct {
	mu     sync.Mutex
	busy   bool
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

// New makes the turn of an open device.
func New() *Turn {
	t := &Turn{}
	t.base, t.stop = context.WithCancel(context.Background())
	return t
}

var errClosed = errors.New("device is closed")

// Claim takes the device for one command, or says that it is taken or closed. The context that it returns ends with ctx and with the
// device; release must be called.
func (t *Turn) Claim(ctx context.Context) (_ context.Context, release func(), _ error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "closed", Cause: errClosed}
	}
	if t.busy {
		return nil, nil, &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "works for somebody else"}
	}
	t.busy = true
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(t.base, cancel)
	return ctx, func() {
		unhook()
		cancel()
		t.mu.Lock()
		t.busy = false
		t.mu.Unlock()
	}, nil
}

// Close ends the command under way; only the first call reports true.
func (t *Turn) Close() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	was := t.closed
	t.closed = true
	t.stop()
	return !was
}

// Ended reports whether the device was closed: what its line says after that is no fault.
func (t *Turn) Ended() bool { return t.base.Err() != nil }

// Refused is the status of a device that Claim has refused.
func Refused(err error, at time.Time) (drivers.Status, error) {
	if drivers.Fault(err).Code == drivers.CodeDeviceNotReady {
		return drivers.Status{State: drivers.StateBusy, At: at}, nil
	}
	return Failed(err, at)
}

// Failed is the status that an error means.
func Failed(err error, at time.Time) (drivers.Status, error) {
	e := drivers.Fault(err)
	s := drivers.Status{State: drivers.StateNoDevice, Code: e.Code, Detail: e.Detail, At: at}
	if e.Code == drivers.CodeHardwareError {
		s.State = drivers.StateHardwareError
	}
	return s, err
}
