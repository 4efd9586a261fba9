package ef01

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
)

func noise(detail string, err error) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: detail, Cause: err}
}

// ask sends a command, twice when its answer came garbled or not at all, and returns the answer with its status first.
func (m *Module) ask(ctx context.Context, command ...byte) ([]byte, error) {
	b, err := m.exchange(ctx, command)
	if e := drivers.Fault(err); e != nil && e.Reason == drivers.ReasonLineNoise && ctx.Err() == nil {
		b, err = m.exchange(ctx, command)
	}
	if err != nil {
		return nil, err
	}
	return b, refusal(b[0])
}

func (m *Module) exchange(ctx context.Context, command []byte) ([]byte, error) {
	m.rest = nil
	if err := m.port.Discard(); err != nil {
		return nil, err
	}
	if _, err := m.port.Write(packet{kindCommand, command}.encode(address)); err != nil {
		return nil, err
	}
	p, err := m.next(ctx, limitAck)
	if err != nil {
		return nil, err
	}
	if p.kind != kindAck || len(p.content) == 0 {
		return nil, noise(fmt.Sprintf("packet of kind %02x instead of an answer", p.kind), nil)
	}
	return p.content, nil
}

// next reads one packet.
func (m *Module) next(ctx context.Context, limit time.Duration) (packet, error) {
	end := m.clk.now().Add(limit)
	buf := make([]byte, 2048)
	heard := len(m.rest) > 0
	for {
		p, rest, ok, err := cut(m.rest, address)
		if m.rest = rest; err != nil {
			return packet{}, noise(err.Error(), err)
		}
		if ok {
			return p, nil
		}
		if err := ctx.Err(); errors.Is(err, context.Canceled) {
			return packet{}, drivers.Fault(err)
		}
		if m.clk.now().After(end) {
			if heard {
				return packet{}, noise("packet without an end", nil)
			}
			return packet{}, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "module does not answer"}
		}
		n, err := m.port.Read(buf, look)
		if err != nil {
			if m.base.Err() != nil {
				return packet{}, &drivers.Error{Code: drivers.CodeCanceled, Detail: "closed", Cause: err}
			}
			return packet{}, err
		}
		heard = heard || n > 0
		m.rest = append(m.rest, buf[:n]...)
	}
}

// stream reads data packets up to the last.
func (m *Module) stream(ctx context.Context, most int) ([]byte, error) {
	var out []byte
	for {
		p, err := m.next(ctx, limitQuiet)
		if e := drivers.Fault(err); e != nil && e.Reason == drivers.ReasonSilent {
			return nil, noise("data broke off", err)
		}
		if err != nil {
			return nil, err
		}
		if p.kind != kindData && p.kind != kindLast {
			return nil, noise("answer in the middle of data", nil)
		}
		if out = append(out, p.content...); len(out) > most {
			return nil, noise("data without an end", nil)
		}
		if p.kind == kindLast {
			return out, nil
		}
	}
}

// refusal is a status other than ok in the words of the platform.
func refusal(code byte) error {
	e := &drivers.Error{Code: drivers.CodeHardwareError, Raw: fmt.Sprintf("%02x", code), Detail: "module refused"}
	switch code {
	case 0x00:
		return nil
	case 0x01, 0x1D:
		e.Code, e.Reason, e.Detail = drivers.CodeLineError, drivers.ReasonLineNoise, "module got the command garbled"
	case 0x02:
		e.Code, e.Reason, e.Detail = drivers.CodeTimeOut, drivers.ReasonNoFinger, "no finger"
	case 0x03, 0x06, 0x07, 0x15:
		e.Code, e.Reason, e.Detail = drivers.CodeUserError, drivers.ReasonFingerUnclear, "finger is not clear enough"
	case 0x13, 0x21:
		e.Detail = "module has another password"
	case 0x0D, 0x0E, 0x0F:
		e.Code, e.Reason, e.Detail = drivers.CodeHardwareError, drivers.ReasonNoImage, "module cannot send"
	}
	return e
}
