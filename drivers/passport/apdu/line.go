package apdu

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"tongban/drivers"
	"tongban/drivers/passport/reading"
)

// Control bytes.
const (
	ctlReset = 2
	ctlATR   = 4
)

// Transmit implements the transport of drivers/passport/icao: one command to the chip and its answer.
func (s *slot) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if len(command) < 2 {
		return nil, errors.New("a command of one byte would be taken for a control byte")
	}
	a, err := s.ask(ctx, command, s.answer)
	if err == nil && len(a) == 0 {
		return nil, reading.ErrTakenAway
	}
	return a, err
}

// Present implements reading.Slot: the chip is asked for its answer to reset; none means that nothing lies there.
func (s *slot) Present(ctx context.Context, limit time.Duration) (bool, error) {
	a, err := s.ask(ctx, []byte{ctlATR}, limit)
	return len(a) > 0, err
}

func (s *slot) write(b []byte) error {
	_, err := s.port.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)) //nolint:gosec // commands are short
	return err
}

// ask sends a message and takes the answer. Once a message went unanswered, the line is first left until it is quiet: a
// late answer must not be taken for the next one, because that would be another citizen's.
func (s *slot) ask(ctx context.Context, b []byte, limit time.Duration) ([]byte, error) {
	ends := s.clk.now().Add(limit)
	if err := s.settle(ctx, ends); err != nil {
		return nil, err
	}
	s.mark(true)
	if err := s.write(b); err != nil {
		return nil, down(err)
	}
	head, err := s.take(ctx, 2, ends)
	if err != nil {
		return nil, err
	}
	a, err := s.take(ctx, int(binary.BigEndian.Uint16(head)), ends)
	if err != nil {
		return nil, err
	}
	s.mark(false)
	return a, nil
}

func (s *slot) mark(dirty bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dirty = dirty
}

func (s *slot) settle(ctx context.Context, ends time.Time) error {
	s.mu.Lock()
	dirty := s.dirty
	s.mu.Unlock()
	var scrap [512]byte
	for dirty {
		if err := ctx.Err(); err != nil {
			return err
		}
		if s.clk.now().After(ends) {
			return reading.Silent()
		}
		n, err := s.port.Read(scrap[:], quietFor)
		if err != nil {
			return down(err)
		}
		dirty = n > 0
	}
	return nil
}

// take reads n bytes.
func (s *slot) take(ctx context.Context, n int, ends time.Time) ([]byte, error) {
	out := make([]byte, n)
	for have := 0; have < n; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		left := ends.Sub(s.clk.now())
		if left <= 0 {
			return nil, reading.Silent()
		}
		k, err := s.port.Read(out[have:], min(left, readSlice))
		if err != nil {
			return nil, down(err)
		}
		have += k
	}
	return out, nil
}

// down is a line that broke.
func down(err error) error {
	var e *drivers.Error
	if errors.As(err, &e) {
		return e
	}
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
}
