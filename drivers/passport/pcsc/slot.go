package pcsc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/pcsc"
	"tongban/drivers/passport/reading"
)

// slot is a document on a reader of the service.
type slot struct {
	port   drivers.Port
	client *pcsc.Client
	clk    clock
	want   string // the reader: its name or a part of it; empty for any
	answer time.Duration
	card   *pcsc.Card

	mu     sync.Mutex
	reader string // the one that was last seen
}

var (
	_ reading.Slot    = (*slot)(nil)
	_ reading.Awaiter = (*slot)(nil)
	_ reading.Named   = (*slot)(nil)
)

// Reader implements reading.Named. Of the firmware the service says nothing.
func (s *slot) Reader() (model, firmware string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reader, ""
}

// fits are the slots of the reader that is wanted. A reader with several has them all under its name, with numbers behind;
// a name written in full means that one slot.
func fits(list []pcsc.Reader, want string) []pcsc.Reader {
	var out []pcsc.Reader
	for _, r := range list {
		if r.Name == want {
			return []pcsc.Reader{r}
		}
		if strings.Contains(strings.ToLower(r.Name), strings.ToLower(want)) {
			out = append(out, r)
		}
	}
	return out
}

// document finds the slot with a document, "" when there is none. In a reader with several slots only a contactless card counts:
// what is in its other slots is the staff's own.
func (s *slot) document(list []pcsc.Reader) (string, error) {
	mine := fits(list, s.want)
	if len(mine) == 0 {
		return "", &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the smart card service has no such reader"}
	}
	s.mu.Lock()
	s.reader = mine[0].Name
	s.mu.Unlock()
	for _, r := range mine {
		if r.Present && (len(mine) == 1 || r.Contactless()) {
			return r.Name, nil
		}
	}
	return "", nil
}

func (s *slot) look(ctx context.Context, limit time.Duration) (string, error) {
	list, err := s.client.Readers(ctx, limit)
	if err != nil {
		return "", err
	}
	return s.document(list)
}

// Present implements reading.Slot.
func (s *slot) Present(ctx context.Context, limit time.Duration) (bool, error) {
	name, err := s.look(ctx, limit)
	return name != "", err
}

// Await implements reading.Awaiter.
func (s *slot) Await(ctx context.Context, want bool) error {
	return s.client.Await(ctx, stateLimit, func(list []pcsc.Reader) (bool, error) {
		name, err := s.document(list)
		return (name != "") == want, err
	})
}

// Begin implements reading.Slot. The service powers the chip, and keeps every other program from it until End. A program that
// is about to finish is waited for.
func (s *slot) Begin(ctx context.Context) error {
	name, err := s.look(ctx, s.answer)
	if err != nil {
		return err
	}
	if name == "" {
		return reading.ErrTakenAway
	}
	for ends := s.clk.now().Add(heldLimit); ; {
		card, err := s.client.Connect(ctx, s.answer, name)
		if err == nil {
			s.card = &card
			return nil
		}
		if pcsc.ResultOf(err) != pcsc.SharingViolation || s.clk.now().After(ends) {
			return s.fault(ctx, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.clk.after(again):
		}
	}
}

// End implements reading.Slot.
func (s *slot) End(ctx context.Context) {
	card := s.card
	s.card = nil
	if card == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	_ = s.client.Disconnect(ctx, endLimit, *card) // what does not work here is told by the next call
}

// Transmit implements the transport of drivers/passport/icao.
func (s *slot) Transmit(ctx context.Context, command []byte) ([]byte, error) {
	if s.card == nil {
		return nil, errors.New("no chip is connected")
	}
	a, err := s.client.Transmit(ctx, s.answer, *s.card, command)
	switch {
	case err != nil:
		return nil, s.fault(ctx, err)
	case len(a) < 2: // no status word: some readers say so of a chip that has gone
		return nil, s.unanswered(ctx, "")
	}
	return a, nil
}

// Reset implements reading.Slot: a new connection, of which the service knows nothing.
func (s *slot) Reset(ctx context.Context, limit time.Duration) error {
	if err := s.client.Renew(); err != nil {
		return err
	}
	_, err := s.Present(ctx, limit)
	return err
}

// Close implements reading.Slot; the service gives back what hangs on the connection.
func (s *slot) Close() error { return s.port.Close() }

// fault says in the words of the platform why the service refused.
func (s *slot) fault(ctx context.Context, err error) error {
	r := pcsc.ResultOf(err)
	raw := fmt.Sprintf("%08X", uint32(r))
	switch r {
	case 0:
		return err
	case pcsc.NoCard, pcsc.CardRemoved:
		return reading.ErrTakenAway
	case pcsc.UnknownReader, pcsc.ReaderUnavailable, pcsc.NoReaders:
		return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the reader was unplugged", Raw: raw, Cause: err}
	case pcsc.SharingViolation:
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Detail: "another program uses the reader", Raw: raw, Cause: err}
	case pcsc.SecurityViolation:
		return &drivers.Error{Code: drivers.CodeInternalError, Detail: "the service account may not use cards: a polkit rule must allow it", Raw: raw, Cause: err}
	case pcsc.ProtocolMismatch:
		return &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardUnknown, Detail: "not a chip of a travel document", Raw: raw, Cause: err}
	}
	return s.unanswered(ctx, raw)
}

// unanswered tells a chip that has gone from one that lies there and does not answer. The service sees a document go only when
// it next looks.
func (s *slot) unanswered(ctx context.Context, raw string) error {
	for ends := s.clk.now().Add(goneLimit); ; {
		name, err := s.look(ctx, stateLimit)
		switch {
		case err != nil:
			return err
		case name == "":
			return reading.ErrTakenAway
		case s.clk.now().After(ends):
			return &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardUnreadable, Detail: "the chip does not answer", Raw: raw}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.clk.after(again):
		}
	}
}
