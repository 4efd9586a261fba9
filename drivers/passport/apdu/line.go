package apdu

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"tongban/drivers"
)

// Control bytes.
const (
	ctlReset = 2
	ctlATR   = 4
)

// errGone is a chip that does not answer because it is no longer there.
var errGone = &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardTakenAway, Detail: "the document was taken away"}

// Transmit implements the transport of drivers/passport/icao: one command to the chip and its answer.
func (r *Reader) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if len(command) < 2 {
		return nil, errors.New("a command of one byte would be taken for a control byte")
	}
	a, err := r.ask(ctx, command, r.cfg.answer)
	if err == nil && len(a) == 0 {
		return nil, errGone
	}
	return a, err
}

// present asks for the chip's answer to reset; none means that nothing lies there.
func (r *Reader) present(ctx context.Context, limit time.Duration) (bool, error) {
	a, err := r.ask(ctx, []byte{ctlATR}, limit)
	return len(a) > 0, err
}

func (r *Reader) write(b []byte) error {
	_, err := r.port.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)) //nolint:gosec // commands are short
	return err
}

// ask sends a message and takes the answer. Once a message went unanswered, the line is first left until it is quiet: a
// late answer must not be taken for the next one, because that would be another citizen's.
func (r *Reader) ask(ctx context.Context, b []byte, limit time.Duration) ([]byte, error) {
	ends := r.clk.now().Add(limit)
	if err := r.settle(ctx, ends); err != nil {
		return nil, err
	}
	r.mark(true)
	if err := r.write(b); err != nil {
		return nil, r.down(ctx, err)
	}
	head, err := r.take(ctx, 2, ends)
	if err != nil {
		return nil, err
	}
	a, err := r.take(ctx, int(binary.BigEndian.Uint16(head)), ends)
	if err != nil {
		return nil, err
	}
	r.mark(false)
	return a, nil
}

func (r *Reader) mark(dirty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dirty = dirty
}

func (r *Reader) settle(ctx context.Context, ends time.Time) error {
	r.mu.Lock()
	dirty := r.dirty
	r.mu.Unlock()
	var scrap [512]byte
	for dirty {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.clk.now().After(ends) {
			return silent()
		}
		n, err := r.port.Read(scrap[:], quietFor)
		if err != nil {
			return r.down(ctx, err)
		}
		dirty = n > 0
	}
	return nil
}

func silent() error {
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no whole answer in time"}
}

// take reads n bytes.
func (r *Reader) take(ctx context.Context, n int, ends time.Time) ([]byte, error) {
	out := make([]byte, n)
	for have := 0; have < n; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		left := ends.Sub(r.clk.now())
		if left <= 0 {
			return nil, silent()
		}
		k, err := r.port.Read(out[have:], min(left, readSlice))
		if err != nil {
			return nil, r.down(ctx, err)
		}
		have += k
	}
	return out, nil
}

// down is a line that broke; while the reader closes, that is no fault.
func (r *Reader) down(ctx context.Context, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || ctx.Err() != nil {
		return context.Canceled
	}
	var e *drivers.Error
	if errors.As(err, &e) {
		return e
	}
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
}
