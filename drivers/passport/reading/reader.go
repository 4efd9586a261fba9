// Package reading is what every reader of passports and travel permits with a chip has in common (读证流程): one document at a
// time is found, opened, read and checked by ICAO 9303, whichever way its commands take to the chip. That way is a Slot; each
// driver below drivers/passport brings its own.
package reading

import (
	"context"
	"errors"
	"sync"
	"time"

	"tongban/drivers"
	chip "tongban/drivers/passport/icao/apdu"
)

// Slot is the place where a document lies and the way to its chip (卡座). One caller at a time; a call ends with its ctx. A
// fault is a *drivers.Error; a chip that is no longer there is ErrTakenAway.
type Slot interface {
	// Transmit carries one command to the chip, between Begin and End, and brings its answer.
	chip.Transport
	// Present asks within limit whether a document lies there.
	Present(ctx context.Context, limit time.Duration) (bool, error)
	// Begin makes the chip forget how far it was and, where others could, keeps them from it.
	Begin(ctx context.Context) error
	// End is called once after each Begin, also after one that failed and when ctx has ended.
	End(ctx context.Context)
	// Reset brings the slot back to a known state.
	Reset(ctx context.Context, limit time.Duration) error
	// Close ends every call under way.
	Close() error
}

// Awaiter is a slot that is told when a document comes or goes, so that nobody has to ask again and again.
type Awaiter interface {
	Await(ctx context.Context, want bool) error
}

// Named is a slot that knows which reader it belongs to; empty until it does.
type Named interface {
	Reader() (model, firmware string)
}

// ErrTakenAway is a chip that does not answer because it is no longer there.
var ErrTakenAway = &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardTakenAway, Detail: "the document was taken away"}

// Silent is an answer that did not come.
func Silent() error {
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no whole answer in time"}
}

// Reader is one opened reader.
type Reader struct {
	name string
	cfg  Config
	clk  clock
	slot Slot

	mu     sync.Mutex
	busy   bool
	closed bool
	base   context.Context
	stop   context.CancelFunc
}

var _ drivers.PassportReader = (*Reader)(nil)

// Open takes over a slot and asks whether a reader answers there. name is the driver's.
func Open(ctx context.Context, name string, slot Slot, cfg Config) (*Reader, error) {
	r := &Reader{name: name, cfg: cfg, clk: wall, slot: slot}
	r.base, r.stop = context.WithCancel(context.Background())
	if _, err := r.Find(ctx); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// Info implements drivers.Device.
func (r *Reader) Info() drivers.Info {
	i := drivers.Info{Kind: drivers.KindPassport, Driver: r.name}
	if n, ok := r.slot.(Named); ok {
		i.Model, i.Firmware = n.Reader()
	}
	return i
}

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
	return r.slot.Close()
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

// told puts an error into the words of the platform. A line that broke while the reader closes or its caller goes is no fault.
func (r *Reader) told(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	r.mu.Lock()
	closed := r.closed
	r.mu.Unlock()
	if closed || errors.Is(ctx.Err(), context.Canceled) {
		return drivers.Fault(context.Canceled)
	}
	return drivers.Fault(err)
}
