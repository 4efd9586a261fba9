package sm

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"

	"tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/tlv"
)

// Session is one protected conversation. It belongs to one goroutine.
type Session struct {
	t        apdu.Transport
	suite    Suite
	enc, mac []byte
	ssc      []byte
}

var _ apdu.Sender = (*Session)(nil)

// ErrIntegrity is an answer whose checksum is wrong: noise, or somebody between reader and chip.
var ErrIntegrity = errors.New("checksum of the protected answer is wrong")

// New begins a conversation with the keys and the first value of the send sequence counter; a nil counter is zero.
func New(t apdu.Transport, suite Suite, enc, mac, ssc []byte) *Session {
	if ssc == nil {
		ssc = make([]byte, suite.BlockSize())
	}
	return &Session{t: t, suite: suite, enc: enc, mac: mac, ssc: append([]byte{}, ssc...)}
}

// Transport is the line below, for a chip authentication that replaces the keys.
func (s *Session) Transport() apdu.Transport { return s.t }

// Suite is the cipher in use.
func (s *Session) Suite() Suite { return s.suite }

func (s *Session) count() {
	for i := len(s.ssc) - 1; i >= 0; i-- {
		if s.ssc[i]++; s.ssc[i] != 0 {
			return
		}
	}
}

// iv is zero for Triple-DES and the encrypted counter for AES.
func (s *Session) iv() ([]byte, error) {
	if s.suite == TDES {
		return nil, nil
	}
	return s.suite.Encrypt(s.enc, nil, s.ssc)
}

// Send implements apdu.Sender.
func (s *Session) Send(ctx context.Context, c apdu.Command) ([]byte, error) {
	p, err := s.wrap(c)
	if err != nil {
		return nil, fmt.Errorf("protect command: %w", err)
	}
	body, sw, err := apdu.Raw(ctx, s.t, p)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		return nil, &apdu.StatusError{INS: c.INS, SW: sw} // the chip has ended the session
	}
	data, sw, err := s.unwrap(body)
	if err != nil {
		return nil, err
	}
	if !sw.Good() {
		return nil, &apdu.StatusError{INS: c.INS, SW: sw}
	}
	return data, nil
}

func (s *Session) wrap(c apdu.Command) (apdu.Command, error) {
	s.count()
	head := []byte{c.CLA | 0x0C, c.INS, c.P1, c.P2}
	var objects []byte
	if len(c.Data) > 0 {
		iv, err := s.iv()
		if err != nil {
			return apdu.Command{}, err
		}
		e, err := s.suite.Encrypt(s.enc, iv, s.suite.Pad(c.Data))
		if err != nil {
			return apdu.Command{}, err
		}
		if c.INS&1 == 0 {
			objects = tlv.Encode(0x87, []byte{1}, e)
		} else {
			objects = tlv.Encode(0x85, e)
		}
	}
	if c.Le > 0x100 {
		objects = append(objects, tlv.Encode(0x97, []byte{byte(c.Le >> 8), byte(c.Le)})...) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	} else if c.Le != apdu.NoLe {
		objects = append(objects, tlv.Encode(0x97, []byte{byte(c.Le)})...) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	}
	in := append(append(append([]byte{}, s.ssc...), s.suite.Pad(head)...), objects...)
	m, err := s.suite.MAC(s.mac, in)
	if err != nil {
		return apdu.Command{}, err
	}
	le := 0x100
	if c.Le > 0x100 || len(objects) > 0xF0 {
		le = 0x10000
	}
	return apdu.Command{CLA: head[0], INS: c.INS, P1: c.P1, P2: c.P2, Data: append(objects, tlv.Encode(0x8E, m)...), Le: le}, nil
}

func (s *Session) unwrap(body []byte) ([]byte, apdu.SW, error) {
	s.count()
	nodes, err := tlv.All(body)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", apdu.ErrMalformed, err)
	}
	in := append([]byte{}, s.ssc...)
	var crypt, status, sum []byte
	for _, n := range nodes {
		switch n.Tag {
		case 0x87:
			if len(n.Value) < 1 || n.Value[0] != 1 {
				return nil, 0, fmt.Errorf("%w: padding indicator", apdu.ErrMalformed)
			}
			crypt = n.Value[1:]
		case 0x85:
			crypt = n.Value
		case 0x99:
			status = n.Value
		case 0x8E:
			sum = n.Value
			continue
		default:
			return nil, 0, fmt.Errorf("%w: object %X", apdu.ErrMalformed, n.Tag)
		}
		in = append(in, tlv.Encode(n.Tag, n.Value)...)
	}
	want, err := s.suite.MAC(s.mac, in)
	if err != nil {
		return nil, 0, err
	}
	if subtle.ConstantTimeCompare(want, sum) != 1 {
		return nil, 0, ErrIntegrity
	}
	if len(status) != 2 {
		return nil, 0, fmt.Errorf("%w: no status", apdu.ErrMalformed)
	}
	sw := apdu.SW(status[0])<<8 | apdu.SW(status[1])
	if len(crypt) == 0 {
		return nil, sw, nil
	}
	iv, err := s.iv()
	if err != nil {
		return nil, 0, err
	}
	plain, err := s.suite.Decrypt(s.enc, iv, crypt)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", apdu.ErrMalformed, err)
	}
	data, err := unpad(plain)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", apdu.ErrMalformed, err)
	}
	return data, sw, nil
}
