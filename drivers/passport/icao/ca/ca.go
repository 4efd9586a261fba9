// Package ca lets a chip prove that it is the one that was signed and no copy (芯片认证 CA v1), by ICAO 9303-11 chapter 6.2.
// The public key stands in data group 14, which passive authentication has checked; only the chip has the private one.
package ca

import (
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/curve"
	"tongban/drivers/passport/icao/lds"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/icao/tlv"
)

var ( //nolint:gochecknoglobals // constants
	keyECDH  = asn1.ObjectIdentifier{0, 4, 0, 127, 0, 7, 2, 2, 1, 2}
	protocol = asn1.ObjectIdentifier{0, 4, 0, 127, 0, 7, 2, 2, 3, 2} // its last arc is the suite
)

// ErrUnsupported means that the chip has the protocol but not in a way that is served here.
var ErrUnsupported = errors.New("the chip's way of chip authentication is not served")

// Key is the static key of a chip.
type Key struct {
	c     *curve.Curve
	point curve.Point
	suite sm.Suite
	oid   asn1.ObjectIdentifier
	id    []byte // absent for a chip with one key
}

// Find takes the key out of data group 14. A chip without one is (nil, nil).
func Find(infos []lds.SecurityInfo) (*Key, error) {
	var k Key
	var spki []byte
	for _, i := range infos {
		if i.Protocol.Equal(keyECDH) && spki == nil {
			spki = i.Required.FullBytes
			if n, ok := lds.Int(i.Optional); ok && n >= 0 && n < 256 {
				k.id = []byte{byte(n)}
			}
		}
	}
	if spki == nil {
		return nil, nil
	}
	k.suite, k.oid = sm.TDES, append(append(asn1.ObjectIdentifier{}, protocol...), 1) // where none is named (9303-11, 6.2.4)
	for _, i := range infos {
		n := len(protocol)
		if len(i.Protocol) == n+1 && i.Protocol[:n].Equal(protocol) && i.Protocol[n] >= 1 && i.Protocol[n] <= 4 {
			if s := sm.Suite(i.Protocol[n] - 1); s >= k.suite {
				k.suite, k.oid = s, i.Protocol
			}
		}
	}
	var err error
	if k.c, k.point, err = public(spki); err != nil {
		return nil, err
	}
	return &k, nil
}

// public reads a SubjectPublicKeyInfo. States write the curve by name or with all its numbers; the numbers are not trusted
// but looked for among the curves known.
func public(b []byte) (*curve.Curve, curve.Point, error) {
	var s struct {
		Algorithm struct {
			Type  asn1.ObjectIdentifier
			Curve asn1.RawValue
		}
		Key asn1.BitString
	}
	if _, err := asn1.Unmarshal(b, &s); err != nil {
		return nil, curve.Point{}, fmt.Errorf("%w: public key", apdu.ErrMalformed)
	}
	c := known(s.Algorithm.Curve)
	if c == nil {
		return nil, curve.Point{}, fmt.Errorf("%w: curve", ErrUnsupported)
	}
	p, err := c.Decode(s.Key.RightAlign())
	return c, p, err
}

func known(v asn1.RawValue) *curve.Curve {
	var oid asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(v.FullBytes, &oid); err == nil {
		switch oid.String() {
		case "1.2.840.10045.3.1.7":
			return curve.P256()
		case "1.3.36.3.3.2.8.1.1.7":
			return curve.BrainpoolP256r1()
		}
		return nil
	}
	for _, c := range []*curve.Curve{curve.P256(), curve.BrainpoolP256r1()} {
		nodes, err := tlv.All(v.Bytes) // version, field, curve, generator, order, cofactor
		if err != nil || len(nodes) < 5 || nodes[3].Tag != 0x04 {
			return nil
		}
		field, err := tlv.Find(nodes[1].Value, 0x02)
		if err == nil && string(trim(field)) == string(c.P.Bytes()) && string(nodes[3].Value) == string(c.Encode(c.G)) &&
			string(trim(nodes[4].Value)) == string(c.N.Bytes()) {
			return c
		}
	}
	return nil
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

// Authenticate agrees on new keys with the chip's static key and returns the session under them. It proves nothing by
// itself: only a chip with the private key can answer the next protected command.
func Authenticate(ctx context.Context, s *sm.Session, k *Key, rand io.Reader) (*sm.Session, error) {
	key, err := k.c.Scalar(rand)
	if err != nil {
		return nil, err
	}
	public := k.c.Encode(k.c.Mul(key, k.c.G))
	var id []byte
	if k.id != nil {
		id = tlv.Encode(0x84, k.id)
	}
	if k.suite == sm.TDES {
		_, err = s.Send(ctx, apdu.Command{INS: 0x22, P1: 0x41, P2: 0xA6, Data: append(tlv.Encode(0x91, public), id...), Le: apdu.NoLe})
	} else {
		err = general(ctx, s, k.oid, id, public)
	}
	if err != nil {
		return nil, fmt.Errorf("chip authentication: %w", err)
	}
	shared := k.c.X(k.c.Mul(key, k.point))
	return sm.New(s.Transport(), k.suite, k.suite.KDF(shared, sm.ForEnc), k.suite.KDF(shared, sm.ForMac), nil), nil
}

func general(ctx context.Context, s *sm.Session, oid asn1.ObjectIdentifier, id, public []byte) error {
	b, err := asn1.Marshal(oid)
	if err != nil {
		return err
	}
	if _, err := s.Send(ctx, apdu.Command{INS: 0x22, P1: 0x41, P2: 0xA4, Data: append(tlv.Encode(0x80, b[2:]), id...), Le: apdu.NoLe}); err != nil {
		return err
	}
	_, err = s.Send(ctx, apdu.Command{INS: 0x86, Data: tlv.Encode(0x7C, tlv.Encode(0x80, public)), Le: 0x100})
	return err
}
