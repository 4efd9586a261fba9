// Package bac opens a document with the data of its machine readable zone (基本访问控制 BAC), by ICAO 9303-11 chapter 4.3.
package bac

import (
	"context"
	"crypto/sha1" //nolint:gosec // the standard of the documents
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"tongban/drivers/passport/icao/apdu"
	"tongban/drivers/passport/icao/sm"
	"tongban/drivers/passport/mrz"
)

// Key is what is printed in the zone and opens the chip (机读区密钥): number, birth and expiry, the dates as YYMMDD.
// Personal data: it hides itself.
type Key struct{ Number, Birth, Expires string }

func (Key) String() string { return "[机读区密钥]" }

// GoString hides it from %#v also.
func (k Key) GoString() string { return k.String() }

// Information is the text that keys are derived from: each field with its check digit, the number filled up to nine.
func (k Key) Information() []byte {
	n := k.Number
	for len(n) < 9 {
		n += "<"
	}
	var out []byte
	for _, f := range []string{n, k.Birth, k.Expires} {
		out = append(append(out, f...), mrz.Digit(f))
	}
	return out
}

// Seed is the first half of the hash of the information.
func (k Key) Seed() []byte {
	h := sha1.Sum(k.Information()) //nolint:gosec // the standard of the documents
	return h[:16]
}

// ErrDenied means that the chip does not take this key: the zone was misread or belongs to another document.
var ErrDenied = errors.New("the chip does not take the key of the zone")

// ErrChip means that the chip answered without knowing the key itself.
var ErrChip = errors.New("the chip does not prove that it knows the key")

// Authenticate proves the key to the chip, takes its proof and returns the protected session. The application must have
// been selected. rand gives eight bytes of challenge and sixteen of key.
func Authenticate(ctx context.Context, t apdu.Transport, key Key, rand io.Reader) (*sm.Session, error) {
	seed := key.Seed()
	enc, mac := sm.TDES.KDF(seed, sm.ForEnc), sm.TDES.KDF(seed, sm.ForMac)
	theirs, err := apdu.Plain{Transport: t}.Send(ctx, apdu.Command{INS: 0x84, Le: 8})
	if err != nil {
		return nil, fmt.Errorf("get challenge: %w", err)
	}
	if len(theirs) != 8 {
		return nil, fmt.Errorf("get challenge: %w", apdu.ErrMalformed)
	}
	var ours, half [24]byte // challenge and key; only the parts are used
	if _, err := io.ReadFull(rand, ours[:8]); err != nil {
		return nil, fmt.Errorf("draw challenge: %w", err)
	}
	if _, err := io.ReadFull(rand, half[:16]); err != nil {
		return nil, fmt.Errorf("draw key: %w", err)
	}
	challenge, secret := ours[:8], half[:16]
	cmd, err := prove(enc, mac, challenge, theirs, secret)
	if err != nil {
		return nil, err
	}
	answer, err := apdu.Plain{Transport: t}.Send(ctx, apdu.Command{INS: 0x82, Data: cmd, Le: 0x28})
	if apdu.StatusOf(err) != 0 {
		return nil, fmt.Errorf("%w: %w", ErrDenied, err)
	}
	if err != nil {
		return nil, fmt.Errorf("external authenticate: %w", err)
	}
	if len(answer) != 40 {
		return nil, fmt.Errorf("external authenticate: %w", apdu.ErrMalformed)
	}
	want, err := sm.TDES.MAC(mac, answer[:32])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(want, answer[32:]) != 1 {
		return nil, ErrChip
	}
	r, err := sm.TDES.Decrypt(enc, nil, answer[:32])
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(r[:8], theirs) != 1 || subtle.ConstantTimeCompare(r[8:16], challenge) != 1 {
		return nil, ErrChip
	}
	shared := make([]byte, 16)
	subtle.XORBytes(shared, secret, r[16:])
	ssc := append(append([]byte{}, theirs[4:]...), challenge[4:]...)
	return sm.New(t, sm.TDES, sm.TDES.KDF(shared, sm.ForEnc), sm.TDES.KDF(shared, sm.ForMac), ssc), nil
}

func prove(enc, mac, challenge, theirs, secret []byte) ([]byte, error) {
	s := append(append(append([]byte{}, challenge...), theirs...), secret...)
	e, err := sm.TDES.Encrypt(enc, nil, s)
	if err != nil {
		return nil, err
	}
	m, err := sm.TDES.MAC(mac, e)
	if err != nil {
		return nil, err
	}
	return append(e, m...), nil
}
