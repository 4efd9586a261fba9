package apdu

import (
	"context"
	"fmt"

	"tongban/drivers/passport/icao/tlv"
)

// AID is the name of the application of travel documents (ICAO 9303-10).
var AID = []byte{0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01} //nolint:gochecknoglobals // a constant

// SelectApplication opens the application of travel documents.
func SelectApplication(ctx context.Context, s Sender) error {
	_, err := s.Send(ctx, Command{INS: 0xA4, P1: 0x04, P2: 0x0C, Data: AID, Le: NoLe})
	return err
}

// ReadFile selects a file by its identifier and reads the one data object it holds, block bytes at a time. step, where not
// nil, is told how many bytes of how many are there. Files above 32 kB are read with the odd instruction.
func ReadFile(ctx context.Context, s Sender, id uint16, block int, step func(have, of int)) ([]byte, error) {
	if _, err := s.Send(ctx, Command{INS: 0xA4, P1: 0x02, P2: 0x0C, Data: []byte{byte(id >> 8), byte(id)}, Le: NoLe}); err != nil { // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
		return nil, fmt.Errorf("select file %04X: %w", id, err)
	}
	out, err := readAt(ctx, s, 0, 8)
	if err != nil {
		return nil, fmt.Errorf("read file %04X: %w", id, err)
	}
	_, head, size, err := tlv.Header(out)
	if err != nil {
		return nil, fmt.Errorf("read file %04X: %w: %w", id, ErrMalformed, err)
	}
	total := head + size
	for len(out) < total {
		part, err := readAt(ctx, s, len(out), min(block, total-len(out)))
		if err != nil {
			return nil, fmt.Errorf("read file %04X at %d: %w", id, len(out), err)
		}
		if len(part) == 0 {
			return nil, fmt.Errorf("read file %04X: ends at %d of %d: %w", id, len(out), total, ErrMalformed)
		}
		out = append(out, part...)
		if step != nil {
			step(min(len(out), total), total)
		}
	}
	return out[:total], nil
}

func readAt(ctx context.Context, s Sender, at, n int) ([]byte, error) {
	if at < 0x8000 {
		return s.Send(ctx, Command{INS: 0xB0, P1: byte(at >> 8), P2: byte(at), Le: n}) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	}
	off := tlv.Encode(0x54, []byte{byte(at >> 16), byte(at >> 8), byte(at)}) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	b, err := s.Send(ctx, Command{INS: 0xB1, Data: off, Le: n + 4})
	if err != nil {
		return nil, err
	}
	v, err := tlv.Find(b, 0x53)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return v, nil
}
