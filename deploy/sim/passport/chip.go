package passport

import (
	"bytes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"fmt"
	"math/big"
)

// chip is one document's chip and where it stands in the conversation.
type chip struct {
	doc   Document
	typeB bool // of ISO 14443; else type A
	files map[uint16][]byte
	key   *ecdh.PrivateKey // of chip authentication; a copy has another than its files say

	ch        *channel
	next      *channel // after chip authentication: from the next command on
	selected  []byte
	file      uint16 // its identifier
	app       bool
	challenge []byte
	pace      *run
}

// run is a PACE on its way.
type run struct {
	secret       []byte
	nonce        []byte
	gx, gy       *big.Int
	ours, theirs []byte
	shared       []byte
}

func newChip(d Document, m making, home *state) (*chip, error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make chip key: %w", err)
	}
	c := &chip{doc: d, typeB: m.typeB, key: key, files: files(d, m, home, key.PublicKey())}
	if m.cloned {
		if c.key, err = ecdh.P256().GenerateKey(rand.Reader); err != nil {
			return nil, fmt.Errorf("make chip key: %w", err)
		}
	}
	return c, nil
}

// reset is what happens when the field goes off and on.
func (c *chip) reset() {
	c.ch, c.next, c.selected, c.file, c.app, c.challenge, c.pace = nil, nil, nil, 0, false, nil, nil
}

// atr is the answer to reset that a reader makes up for the chip there (PC/SC part 3): of type A the historical bytes of its ATS, here
// none; of type B what it said in its ATQB, and the last byte makes all of them come to nought.
func (d *Device) atr() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.chip == nil || !d.chip.typeB {
		return []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	}
	out := []byte{0x3B, 0x88, 0x80, 0x01, 0x51, 0x07, 0x99, 0x01, 0x33, 0x81, 0x81, 0x00}
	check := byte(0)
	for _, b := range out[1:] {
		check ^= b
	}
	return append(out, check)
}

// request is a parsed command.
type request struct {
	cla, ins, p1, p2 byte
	data             []byte
	le               int
}

func parse(b []byte) (request, bool) {
	if len(b) < 4 {
		return request{}, false
	}
	r := request{cla: b[0], ins: b[1], p1: b[2], p2: b[3]}
	b = b[4:]
	if len(b) > 1 {
		n := int(b[0])
		if n == 0 || len(b) < 1+n || len(b) > 2+n {
			return request{}, false // extended lengths are not announced by this chip
		}
		r.data, b = b[1:1+n], b[1+n:]
	}
	if len(b) == 1 {
		if r.le = int(b[0]); r.le == 0 {
			r.le = 256
		}
	}
	return r, true
}

// answer carries out one command.
func (c *chip) answer(b []byte) []byte {
	r, ok := parse(b)
	if !ok {
		return []byte{0x67, 0x00}
	}
	if r.cla&0x0C != 0x0C {
		if c.ch != nil {
			c.ch, c.app = nil, false // an unprotected command ends the conversation
		}
		data, sw := c.execute(r)
		return append(bytes.Clone(data), byte(sw>>8), byte(sw))
	}
	if c.ch == nil {
		return []byte{0x69, 0x88}
	}
	inner, err := c.ch.take(r)
	if err != nil {
		c.ch = nil
		return []byte{0x69, 0x88}
	}
	data, sw := c.execute(inner)
	out := append(c.ch.give(data, sw), byte(sw>>8), byte(sw))
	if c.next != nil {
		c.ch, c.next = c.next, nil
	}
	return out
}

func (c *chip) execute(r request) ([]byte, uint16) {
	switch [2]byte{r.ins, r.p1} {
	case [2]byte{0xA4, 0x04}:
		if !bytes.Equal(r.data, []byte{0xA0, 0, 0, 2, 0x47, 0x10, 1}) {
			return nil, 0x6A82
		}
		c.app, c.selected, c.file = true, nil, 0
		return nil, 0x9000
	case [2]byte{0xA4, 0x02}:
		return c.pick(r)
	case [2]byte{0x22, 0xC1}, [2]byte{0x22, 0x41}:
		return c.protocol(r)
	}
	switch r.ins {
	case 0x84:
		c.challenge = random(8)
		return c.challenge, 0x9000
	case 0x82:
		return c.bac(r.data)
	case 0x86:
		if c.pace != nil {
			return c.paceStep(open(open(r.data)[0x7C]))
		}
		return c.authenticate(open(open(r.data)[0x7C])[0x80])
	case 0xB0:
		at := int(r.p1)<<8 | int(r.p2)
		if c.selected == nil {
			return nil, 0x6986
		}
		if at >= len(c.selected) {
			return nil, 0x6B00
		}
		return c.selected[at:min(len(c.selected), at+r.le)], 0x9000
	}
	return nil, 0x6D00
}

func (c *chip) pick(r request) ([]byte, uint16) {
	if len(r.data) != 2 {
		return nil, 0x6A80
	}
	id := uint16(r.data[0])<<8 | uint16(r.data[1])
	if id != 0x011C && (c.ch == nil || !c.app) {
		return nil, 0x6982
	}
	f, ok := c.files[id]
	if !ok {
		return nil, 0x6A82
	}
	c.selected, c.file = f, id
	return nil, 0x9000
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// bac checks the reader's proof and gives the chip's own.
func (c *chip) bac(b []byte) ([]byte, uint16) {
	challenge := c.challenge
	c.challenge = nil
	if len(b) != 40 || challenge == nil || !c.app {
		return nil, 0x6985
	}
	h := sha1.Sum([]byte(c.doc.secret()))
	k := newChannel(false, h[:16], nil)
	if !bytes.Equal(k.sum(k.mac, b[:32]), b[32:]) {
		return nil, 0x6300
	}
	s := make([]byte, 32)
	cipher.NewCBCDecrypter(k.cipher(k.enc), make([]byte, 8)).CryptBlocks(s, b[:32])
	if !bytes.Equal(s[8:16], challenge) {
		return nil, 0x6300
	}
	own := random(16)
	r := append(append(bytes.Clone(challenge), s[:8]...), own...)
	cipher.NewCBCEncrypter(k.cipher(k.enc), make([]byte, 8)).CryptBlocks(r, r)
	shared := make([]byte, 16)
	for i := range shared {
		shared[i] = s[16+i] ^ own[i]
	}
	c.ch = newChannel(false, shared, append(bytes.Clone(challenge[4:]), s[4:8]...))
	return append(r, k.sum(k.mac, r)...), 0x9000
}

func group() *elliptic.CurveParams { return elliptic.P256().Params() }
