package passport

import (
	"bytes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/sha1"
	"math/big"
)

// protocol is MANAGE SECURITY ENVIRONMENT: PACE before the chip is open, chip authentication after.
func (c *chip) protocol(r request) ([]byte, uint16) {
	o := open(r.data)
	switch {
	case r.p1 == 0xC1 && r.p2 == 0xA4 && bytes.Equal(o[0x80], oidPACE) && c.files[0x011C] != nil && len(o[0x83]) == 1:
		secret := []byte(c.doc.CAN)
		if o[0x83][0] == 1 {
			h := sha1.Sum([]byte(c.doc.secret()))
			secret = h[:]
		}
		c.pace = &run{secret: secret}
		return nil, 0x9000
	case r.p1 == 0x41 && r.p2 == 0xA4 && bytes.Equal(o[0x80], oidCA) && c.ch != nil:
		c.pace = nil
		return nil, 0x9000
	}
	return nil, 0x6A80
}

// multiply is k times a point that lies on the curve; ok tells whether it does.
func multiply(public []byte, k []byte) (x, y *big.Int, ok bool) {
	if len(public) != 65 || public[0] != 4 {
		return nil, nil, false
	}
	x, y = new(big.Int).SetBytes(public[1:33]), new(big.Int).SetBytes(public[33:])
	if !group().IsOnCurve(x, y) { //nolint:staticcheck // see times
		return nil, nil, false
	}
	x, y = times(x, y, k)
	return x, y, true
}

// times is k times a point. The mapping of PACE (ICAO 9303-11, 4.4.3.3.1) makes a new base and adds points, which crypto/ecdh
// cannot; the arithmetic of crypto/elliptic is not proof against timing, which an emulator with made-up keys need not be.
func times(x, y *big.Int, k []byte) (*big.Int, *big.Int) {
	return group().ScalarMult(x, y, k) //nolint:staticcheck // only an emulator, see above
}

func point(x, y *big.Int) []byte {
	b := make([]byte, 65)
	b[0] = 4
	x.FillBytes(b[1:33])
	y.FillBytes(b[33:])
	return b
}

// paceStep is one GENERAL AUTHENTICATE of PACE.
func (c *chip) paceStep(o map[int][]byte) ([]byte, uint16) {
	p := c.pace
	reply := func(tag int, b []byte) ([]byte, uint16) { return object(0x7C, object(tag, b)), 0x9000 }
	k := &channel{strong: true}
	switch {
	case p.nonce == nil:
		p.nonce = random(16)
		z := make([]byte, 16)
		cipher.NewCBCEncrypter(k.cipher(derive(p.secret, 3)), make([]byte, 16)).CryptBlocks(z, p.nonce)
		return reply(0x80, z)
	case p.gx == nil && o[0x81] != nil:
		d := random(32)
		hx, hy, ok := multiply(o[0x81], d)
		if !ok {
			break
		}
		base := group()
		sx, sy := times(base.Gx, base.Gy, p.nonce)
		p.gx, p.gy = base.Add(sx, sy, hx, hy) //nolint:staticcheck // see times
		return reply(0x82, point(times(base.Gx, base.Gy, d)))
	case p.gx != nil && p.shared == nil && o[0x83] != nil:
		d := random(32)
		x, _, ok := multiply(o[0x83], d)
		if !ok {
			break
		}
		p.theirs, p.shared = bytes.Clone(o[0x83]), x.FillBytes(make([]byte, 32))
		p.ours = point(times(p.gx, p.gy, d))
		return reply(0x84, p.ours)
	case p.shared != nil && o[0x85] != nil:
		c.pace = nil
		ch := newChannel(true, p.shared, nil)
		proof := func(b []byte) []byte { return ch.sum(ch.mac, object(0x7F49, object(6, oidPACE), object(0x86, b))) }
		if !bytes.Equal(proof(p.ours), o[0x85]) {
			return nil, 0x6300
		}
		c.ch, c.app = ch, false
		return reply(0x86, proof(p.theirs))
	}
	c.pace = nil
	return nil, 0x6A80
}

// authenticate is chip authentication: from the next command on, only the owner of the key can go on.
func (c *chip) authenticate(public []byte) ([]byte, uint16) {
	p, err := ecdh.P256().NewPublicKey(public)
	if err != nil || c.ch == nil {
		return nil, 0x6A80
	}
	x, err := c.key.ECDH(p)
	if err != nil {
		return nil, 0x6A80
	}
	c.next = newChannel(true, x, nil)
	return object(0x7C), 0x9000
}
