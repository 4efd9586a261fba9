package ccid

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/passport/reading"
)

// slot is the first slot of a reader.
type slot struct {
	port    drivers.Port
	clk     clock
	answer  time.Duration
	longest int

	mu     sync.Mutex
	number byte // of the last message: an answer that comes late is known by its own
	broken bool // in the middle of an answer: what follows is no head
}

var (
	_ reading.Slot  = (*slot)(nil)
	_ reading.Named = (*slot)(nil)
)

// Reader implements reading.Named. The class has no question for it; the device says it when it is plugged in.
func (s *slot) Reader() (model, firmware string) {
	if p, ok := s.port.(drivers.Plated); ok {
		return p.Plate()
	}
	return "", ""
}

// Present implements reading.Slot. A reader that is busy with a chip has one.
func (s *slot) Present(ctx context.Context, limit time.Duration) (bool, error) {
	m, err := s.ask(ctx, message{kind: msgSlotStatus}, min(limit, lookLimit))
	switch {
	case err != nil:
		return false, err
	case m.failed() && m.fault() == errorBusy:
		return true, nil
	case m.failed() && !m.absent() && m.fault() != errorMute:
		return false, fault(m)
	}
	return !m.absent(), nil
}

// Begin implements reading.Slot: power off and on again is what makes a chip forget.
func (s *slot) Begin(ctx context.Context) error {
	if _, err := s.ask(ctx, message{kind: msgPowerOff}, lookLimit); err != nil {
		return err
	}
	m, err := s.ask(ctx, message{kind: msgPowerOn}, s.answer)
	switch {
	case err != nil:
		return err
	case m.failed():
		return fault(m)
	}
	return nil
}

// End implements reading.Slot: a chip that is left without power keeps nothing.
func (s *slot) End(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	_, _ = s.ask(ctx, message{kind: msgPowerOff}, endLimit) // what does not work here is told by the next call
}

// Transmit implements the transport of drivers/passport/icao. A command or an answer that is longer than a message goes in parts.
func (s *slot) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	ends := s.clk.now().Add(mostLater)
	most := s.longest - headSize
	for at := 0; ; {
		n := min(most, len(command)-at)
		first, last := at == 0, at+n == len(command)
		m, err := s.part(ctx, command[at:at+n], level(first, last), ends)
		if err != nil {
			return nil, err
		}
		if at += n; last {
			return s.rest(ctx, m, ends)
		}
	}
}

func level(first, last bool) byte {
	switch {
	case first && last:
		return chainWhole
	case first:
		return chainFirst
	case last:
		return chainLast
	}
	return chainMiddle
}

// rest collects the parts of an answer.
func (s *slot) rest(ctx context.Context, m message, ends time.Time) ([]byte, error) {
	var out bytes.Buffer
	out.Write(m.body)
	for m.chain() == chainFirst || m.chain() == chainMiddle {
		var err error
		if m, err = s.part(ctx, nil, chainMore, ends); err != nil {
			return nil, err
		}
		if len(m.body) == 0 || out.Len()+len(m.body) > maxBody {
			return nil, malformed()
		}
		out.Write(m.body)
	}
	if out.Len() < 2 {
		return nil, malformed()
	}
	return out.Bytes(), nil
}

func (s *slot) part(ctx context.Context, body []byte, level byte, ends time.Time) (message, error) {
	limit := min(s.answer, ends.Sub(s.clk.now()))
	m, err := s.ask(ctx, message{kind: msgTransfer, own: [3]byte{0, level, 0}, body: body}, limit)
	switch {
	case err != nil:
		return message{}, err
	case m.failed():
		return message{}, fault(m)
	case m.kind != msgData:
		return message{}, malformed()
	}
	return m, nil
}

func malformed() error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol, Detail: errHead.Error()}
}

// Reset implements reading.Slot.
func (s *slot) Reset(ctx context.Context, limit time.Duration) error {
	s.mark(true)
	if _, err := s.ask(ctx, message{kind: msgPowerOff}, min(limit, lookLimit)); err != nil {
		return err
	}
	_, err := s.Present(ctx, limit)
	return err
}

// Close implements reading.Slot.
func (s *slot) Close() error { return s.port.Close() }

func (s *slot) mark(broken bool) (was bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, s.broken = s.broken, broken
	return was
}

// ask sends a message and takes the answer of the same number. A reader that asks for more time gets it, up to mostLater.
func (s *slot) ask(ctx context.Context, m message, limit time.Duration) (message, error) {
	if s.mark(false) {
		if err := s.port.Discard(); err != nil {
			return message{}, down(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return message{}, err
	}
	s.mu.Lock()
	s.number++
	m.number = s.number
	s.mu.Unlock()
	start := s.clk.now()
	ends := start.Add(limit)
	if _, err := s.port.Write(m.write()); err != nil {
		s.mark(true)
		return message{}, down(err)
	}
	for {
		a, err := s.take(ctx, ends)
		switch {
		case err != nil:
			return message{}, err
		case a.number != m.number: // of a command that was given up
		case a.later():
			ends = start.Add(mostLater)
		default:
			return a, nil
		}
	}
}

// take reads one message.
func (s *slot) take(ctx context.Context, ends time.Time) (message, error) {
	b, err := s.bytes(ctx, headSize, ends)
	if err != nil {
		return message{}, err
	}
	m, n, err := head(b)
	if err != nil {
		s.mark(true)
		return message{}, malformed()
	}
	if m.body, err = s.bytes(ctx, n, ends); err != nil {
		s.mark(true)
		return message{}, err
	}
	return m, nil
}

func (s *slot) bytes(ctx context.Context, n int, ends time.Time) ([]byte, error) {
	out := make([]byte, n)
	for have := 0; have < n; {
		err := ctx.Err()
		left := ends.Sub(s.clk.now())
		if err == nil && left <= 0 {
			err = reading.Silent()
		}
		if err != nil {
			if have > 0 {
				s.mark(true)
			}
			return nil, err
		}
		k, err := s.port.Read(out[have:], min(left, readSlice))
		if err != nil {
			s.mark(true)
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
