// Package pace opens a document with its zone or with the number printed on its face (口令认证连接 PACE), by ICAO 9303-11
// chapter 4.4: ECDH with generic mapping, Triple-DES or AES.
package pace

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // the standard of the documents
	"crypto/subtle"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/bac"
	"tongban/drivers/passport/icao/curve"
	"tongban/drivers/passport/icao/lds"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/icao/tlv"
)

// Password is what opens the chip (口令). Personal data: it hides itself.
type Password struct {
	kind   byte
	secret []byte
}

func (Password) String() string { return "[口令]" }

// GoString hides it from %#v also.
func (p Password) GoString() string { return p.String() }

// MRZ is the password of the zone.
func MRZ(k bac.Key) Password {
	h := sha1.Sum(k.Information()) //nolint:gosec // the standard of the documents
	return Password{1, h[:]}
}

// CAN is the card access number, six digits on the face of the document (卡访问号).
func CAN(number string) Password { return Password{2, []byte(number)} }

// Offer is one way in that the chip announces.
type Offer struct {
	OID   asn1.ObjectIdentifier
	Suite sm.Suite
	Curve *curve.Curve
	param int
}

// gm is id-PACE-ECDH-GM; its last arc is the suite.
var gm = asn1.ObjectIdentifier{0, 4, 0, 127, 0, 7, 2, 2, 4, 2} //nolint:gochecknoglobals // a constant

// Choose takes the strongest offer that both sides know; false where there is none.
func Choose(infos []lds.SecurityInfo) (Offer, bool) {
	var best Offer
	found := false
	for _, i := range infos {
		n := len(gm)
		if len(i.Protocol) != n+1 || !i.Protocol[:n].Equal(gm) || i.Protocol[n] < 1 || i.Protocol[n] > 4 {
			continue
		}
		param, ok := lds.Int(i.Optional)
		if !ok {
			continue
		}
		c, err := curve.ByID(param)
		if err != nil {
			continue
		}
		if s := sm.Suite(i.Protocol[n] - 1); !found || s > best.Suite {
			best, found = Offer{i.Protocol, s, c, param}, true
		}
	}
	return best, found
}

// Errors.
var (
	ErrDenied = errors.New("the chip does not take the password")
	ErrChip   = errors.New("the chip does not prove that it knows the password")
)

// exchange is one run of the protocol.
type exchange struct {
	ctx  context.Context
	t    apdu.Plain
	o    Offer
	rand io.Reader
}

// Authenticate runs the protocol and returns the protected session. It is run on the master file, before the application
// is selected.
func Authenticate(ctx context.Context, t apdu.Transport, o Offer, p Password, rand io.Reader) (*sm.Session, error) {
	x := &exchange{ctx, apdu.Plain{Transport: t}, o, rand}
	oid, err := asn1.Marshal(o.OID)
	if err != nil {
		return nil, fmt.Errorf("write protocol: %w", err)
	}
	oid = oid[2:]
	at := append(tlv.Encode(0x80, oid), tlv.Encode(0x83, []byte{p.kind})...)
	at = append(at, tlv.Encode(0x84, []byte{byte(o.param)})...) // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
	if _, err := x.t.Send(ctx, apdu.Command{INS: 0x22, P1: 0xC1, P2: 0xA4, Data: at, Le: apdu.NoLe}); err != nil {
		return nil, fmt.Errorf("choose protocol: %w", err)
	}
	mapped, err := x.generator(o.Suite.KDF(p.secret, sm.ForPassword))
	if err != nil {
		return nil, err
	}
	return x.agree(mapped, oid)
}

// step sends one object within 7C and takes the one that must come back.
func (x *exchange) step(send []byte, want uint32, last bool) ([]byte, error) {
	c := apdu.Command{CLA: 0x10, INS: 0x86, Data: tlv.Encode(0x7C, send), Le: 0x100}
	if last {
		c.CLA = 0
	}
	b, err := x.t.Send(x.ctx, c)
	if err != nil {
		return nil, err
	}
	v, err := tlv.Path(b, 0x7C, want)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", apdu.ErrMalformed, err)
	}
	return v, nil
}

// generator takes the nonce and maps the generator with it: G' = s·G + H.
func (x *exchange) generator(password []byte) (curve.Point, error) {
	c := x.o.Curve
	z, err := x.step(nil, 0x80, false)
	if err != nil {
		return curve.Point{}, fmt.Errorf("get nonce: %w", err)
	}
	if len(z) != 16 {
		return curve.Point{}, fmt.Errorf("get nonce: %w", apdu.ErrMalformed)
	}
	nonce, err := x.o.Suite.Decrypt(password, nil, z)
	if err != nil {
		return curve.Point{}, err
	}
	key, err := c.Scalar(x.rand)
	if err != nil {
		return curve.Point{}, err
	}
	b, err := x.step(tlv.Encode(0x81, c.Encode(c.Mul(key, c.G))), 0x82, false)
	if err != nil {
		return curve.Point{}, fmt.Errorf("map nonce: %w", err)
	}
	theirs, err := c.Decode(b)
	if err != nil {
		return curve.Point{}, fmt.Errorf("map nonce: %w", err)
	}
	mapped := mapGenerator(c, nonce, c.Mul(key, theirs))
	if mapped.Infinite() {
		return curve.Point{}, ErrChip
	}
	return mapped, nil
}

// agree agrees on the keys over the mapped generator and exchanges the proofs.
func (x *exchange) agree(g curve.Point, oid []byte) (*sm.Session, error) {
	c, s := x.o.Curve, x.o.Suite
	key, err := c.Scalar(x.rand)
	if err != nil {
		return nil, err
	}
	ours := c.Encode(c.Mul(key, g))
	theirs, err := x.step(tlv.Encode(0x83, ours), 0x84, false)
	if err != nil {
		return nil, fmt.Errorf("agree on key: %w", err)
	}
	p, err := c.Decode(theirs)
	if err != nil {
		return nil, fmt.Errorf("agree on key: %w", err)
	}
	if bytes.Equal(ours, theirs) { // our own point back would let anybody answer with our own proof
		return nil, ErrChip
	}
	shared := c.X(c.Mul(key, p))
	enc, mac := s.KDF(shared, sm.ForEnc), s.KDF(shared, sm.ForMac)
	proof, err := token(s, mac, oid, theirs)
	if err != nil {
		return nil, err
	}
	answer, err := x.step(tlv.Encode(0x85, proof), 0x86, true)
	if apdu.StatusOf(err) != 0 {
		return nil, fmt.Errorf("%w: %w", ErrDenied, err)
	}
	if err != nil {
		return nil, fmt.Errorf("exchange proofs: %w", err)
	}
	want, err := token(s, mac, oid, ours)
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(want, answer) != 1 {
		return nil, ErrChip
	}
	return sm.New(x.t.Transport, s, enc, mac, nil), nil
}
