package passport

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"crypto/sha1"
	"errors"
)

// channel is the protected conversation as the chip leads it.
type channel struct {
	strong   bool // AES-128 instead of Triple-DES
	enc, mac []byte
	ssc      []byte
}

func derive(secret []byte, n byte) []byte {
	h := sha1.Sum(append(bytes.Clone(secret), 0, 0, 0, n))
	return h[:16]
}

func newChannel(strong bool, secret, ssc []byte) *channel {
	c := &channel{strong: strong, enc: derive(secret, 1), mac: derive(secret, 2), ssc: ssc}
	if ssc == nil {
		c.ssc = make([]byte, c.size())
	}
	return c
}

func (c *channel) size() int {
	if c.strong {
		return 16
	}
	return 8
}

func (c *channel) cipher(key []byte) cipher.Block {
	var b cipher.Block
	var err error
	if c.strong {
		b, err = aes.NewCipher(key)
	} else {
		b, err = des.NewTripleDESCipher(append(bytes.Clone(key), key[:8]...))
	}
	if err != nil {
		panic(err) // keys are sixteen bytes
	}
	return b
}

func (c *channel) fill(b []byte) []byte {
	b = append(bytes.Clone(b), 0x80)
	return append(b, make([]byte, (c.size()-len(b)%c.size())%c.size())...)
}

func (c *channel) start() []byte {
	iv := make([]byte, c.size())
	if c.strong {
		c.cipher(c.enc).Encrypt(iv, c.ssc)
	}
	return iv
}

// seal is the checksum over the counter and b.
func (c *channel) sum(key, b []byte) []byte {
	if !c.strong {
		b = c.fill(b)
		one, _ := des.NewCipher(key[:8])
		two, _ := des.NewCipher(key[8:])
		cipher.NewCBCEncrypter(one, make([]byte, 8)).CryptBlocks(b, b)
		last := b[len(b)-8:]
		two.Decrypt(last, last)
		one.Encrypt(last, last)
		return last
	}
	k := c.cipher(key)
	mask := make([]byte, 16)
	k.Encrypt(mask, mask)
	rounds := 1
	if len(b) == 0 || len(b)%16 != 0 {
		b, rounds = c.fill(b), 2
	}
	b = bytes.Clone(b)
	for ; rounds > 0; rounds-- {
		top := mask[0] >> 7
		for i := range 15 {
			mask[i] = mask[i]<<1 | mask[i+1]>>7
		}
		mask[15] = mask[15]<<1 ^ top*0x87
	}
	for i := range 16 {
		b[len(b)-16+i] ^= mask[i]
	}
	cipher.NewCBCEncrypter(k, make([]byte, 16)).CryptBlocks(b, b)
	return b[len(b)-16 : len(b)-8]
}

func (c *channel) tick() {
	for i := len(c.ssc) - 1; i >= 0; i-- {
		c.ssc[i]++
		if c.ssc[i] != 0 {
			return
		}
	}
}

var errChannel = errors.New("protection is wrong")

// take removes the protection of a command.
func (c *channel) take(r request) (request, error) {
	c.tick()
	end := len(r.data) - 10 // the checksum is the last object
	if end < 0 || r.data[end] != 0x8E || r.data[end+1] != 8 {
		return request{}, errChannel
	}
	in := append(bytes.Clone(c.ssc), c.fill([]byte{r.cla, r.ins, r.p1, r.p2})...)
	in = append(in, r.data[:end]...)
	if !bytes.Equal(c.sum(c.mac, in), r.data[end+2:]) {
		return request{}, errChannel
	}
	objects := open(r.data[:end])
	out := request{cla: r.cla &^ 0x0C, ins: r.ins, p1: r.p1, p2: r.p2}
	if e := objects[0x87]; len(e) > 1 && (len(e)-1)%c.size() == 0 {
		plain := bytes.Clone(e[1:])
		cipher.NewCBCDecrypter(c.cipher(c.enc), c.start()).CryptBlocks(plain, plain)
		plain = bytes.TrimRight(plain, "\x00")
		out.data = plain[:max(0, len(plain)-1)]
	}
	if le := objects[0x97]; len(le) > 0 {
		if out.le = int(le[len(le)-1]); out.le == 0 {
			out.le = 256
		}
	}
	return out, nil
}

// give protects an answer.
func (c *channel) give(data []byte, sw uint16) []byte {
	c.tick()
	var body []byte
	if len(data) > 0 {
		e := c.fill(data)
		cipher.NewCBCEncrypter(c.cipher(c.enc), c.start()).CryptBlocks(e, e)
		body = object(0x87, []byte{1}, e)
	}
	body = append(body, 0x99, 2, byte(sw>>8), byte(sw))
	return append(body, object(0x8E, c.sum(c.mac, append(bytes.Clone(c.ssc), body...)))...)
}
