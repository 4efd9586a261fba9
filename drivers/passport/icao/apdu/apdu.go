// Package apdu is the command and answer of a contactless chip (应用协议数据单元), by ISO/IEC 7816-4.
package apdu

import (
	"context"
	"errors"
	"fmt"
)

// Transport carries one command to the chip and brings its answer, status word included. It fails when there is no answer.
type Transport interface {
	Transmit(ctx context.Context, command []byte) ([]byte, error)
}

// NoLe says that no data are expected.
const NoLe = -1

// Command is one command. Le is how many bytes are expected at most, 256 or 65536 for all there are, NoLe for none.
type Command struct {
	CLA, INS, P1, P2 byte
	Data             []byte
	Le               int
}

// Bytes writes the command, short where it fits, extended where it does not.
func (c Command) Bytes() ([]byte, error) {
	if len(c.Data) > 0xFFFF || c.Le > 0x10000 || c.Le == 0 || c.Le < NoLe {
		return nil, fmt.Errorf("command of %d bytes with %d expected", len(c.Data), c.Le)
	}
	out := []byte{c.CLA, c.INS, c.P1, c.P2}
	if len(c.Data) <= 0xFF && c.Le <= 0x100 {
		if len(c.Data) > 0 {
			out = append(append(out, byte(len(c.Data))), c.Data...) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
		}
		if c.Le != NoLe {
			out = append(out, byte(c.Le)) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
		}
		return out, nil
	}
	out = append(out, 0)
	if len(c.Data) > 0 {
		out = append(append(out, byte(len(c.Data)>>8), byte(len(c.Data))), c.Data...) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	}
	if c.Le != NoLe {
		out = append(out, byte(c.Le>>8), byte(c.Le)) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	}
	return out, nil
}

// SW is a status word.
type SW uint16

// Status words.
const (
	OK           SW = 0x9000
	EndOfFile    SW = 0x6282
	AuthFailed   SW = 0x6300
	SecurityOpen SW = 0x6982 // access conditions not met
	NotFound     SW = 0x6A82
)

// Good reports whether the command was carried out: 9000 or a mere warning about the end of the file.
func (s SW) Good() bool { return s == OK || s == EndOfFile }

// StatusError is an answer other than "done". It names the command, never its data.
type StatusError struct {
	INS byte
	SW  SW
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("command %02X answered %04X", e.INS, uint16(e.SW))
}

// StatusOf finds the status word in err, 0 where there is none.
func StatusOf(err error) SW {
	var e *StatusError
	if errors.As(err, &e) {
		return e.SW
	}
	return 0
}

// ErrMalformed is an answer that is none.
var ErrMalformed = errors.New("answer is malformed")

// Sender sends a command and returns the data of its answer; a status that is not good is a *StatusError. Plain and the
// sessions of secure messaging are senders.
type Sender interface {
	Send(ctx context.Context, c Command) ([]byte, error)
}

// Raw sends a command as it is and splits the answer.
func Raw(ctx context.Context, t Transport, c Command) ([]byte, SW, error) {
	b, err := c.Bytes()
	if err != nil {
		return nil, 0, err
	}
	a, err := t.Transmit(ctx, b)
	if err != nil {
		return nil, 0, err
	}
	if len(a) < 2 {
		return nil, 0, ErrMalformed
	}
	n := len(a) - 2
	return a[:n], SW(a[n])<<8 | SW(a[n+1]), nil
}

// Plain sends without protection.
type Plain struct{ Transport }

// Send implements Sender.
func (p Plain) Send(ctx context.Context, c Command) ([]byte, error) {
	data, sw, err := Raw(ctx, p.Transport, c)
	if err != nil {
		return nil, err
	}
	if !sw.Good() {
		return nil, &StatusError{c.INS, sw}
	}
	return data, nil
}
