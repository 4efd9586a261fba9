// Package sm protects commands and answers between reader and chip (安全报文), by ICAO 9303-11 chapter 9.8: Triple-DES for
// documents opened with BAC, AES for those opened with PACE.
package sm

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"  //nolint:gosec // the standard of the documents
	"crypto/sha1" //nolint:gosec // the standard of the documents
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
)

// Suite is a cipher with its key size.
type Suite int

// Suites.
const (
	TDES Suite = iota
	AES128
	AES192
	AES256
)

// Counters of the key derivation.
const (
	ForEnc      = 1
	ForMac      = 2
	ForPassword = 3
)

// KDF derives a key from a shared secret (ICAO 9303-11, 9.7.1).
func (s Suite) KDF(secret []byte, counter byte) []byte {
	in := append(append([]byte{}, secret...), 0, 0, 0, counter)
	switch s {
	case AES192:
		h := sha256.Sum256(in)
		return h[:24]
	case AES256:
		h := sha256.Sum256(in)
		return h[:]
	}
	h := sha1.Sum(in) //nolint:gosec // the standard of the documents
	k := h[:16]
	if s == TDES {
		for i, b := range k { // odd parity; the ciphers ignore it, the worked examples show it
			ones := 0
			for j := 1; j < 8; j++ {
				ones += int(b>>j) & 1
			}
			k[i] = b&0xFE | byte(1-ones%2)
		}
	}
	return k
}

// block makes the cipher of a key.
func (s Suite) block(key []byte) (cipher.Block, error) {
	if s != TDES {
		return aes.NewCipher(key)
	}
	if len(key) != 16 {
		return nil, fmt.Errorf("key of %d bytes", len(key))
	}
	return des.NewTripleDESCipher(append(append([]byte{}, key...), key[:8]...)) //nolint:gosec // the standard of the documents
}

// Encrypt is CBC with iv (nil: zeros). b must be whole blocks.
func (s Suite) Encrypt(key, iv, b []byte) ([]byte, error) {
	return s.cbc(key, iv, b, cipher.NewCBCEncrypter)
}

// Decrypt is the way back.
func (s Suite) Decrypt(key, iv, b []byte) ([]byte, error) {
	return s.cbc(key, iv, b, cipher.NewCBCDecrypter)
}

func (s Suite) cbc(key, iv, b []byte, mode func(cipher.Block, []byte) cipher.BlockMode) ([]byte, error) {
	c, err := s.block(key)
	if err != nil {
		return nil, err
	}
	if iv == nil {
		iv = make([]byte, c.BlockSize())
	}
	if len(b)%c.BlockSize() != 0 {
		return nil, fmt.Errorf("%d bytes are no whole blocks", len(b))
	}
	out := make([]byte, len(b))
	mode(c, iv).CryptBlocks(out, b)
	return out, nil
}

// BlockSize is 8 or 16.
func (s Suite) BlockSize() int {
	if s == TDES {
		return des.BlockSize
	}
	return aes.BlockSize
}

// Pad puts 80 00… behind b up to whole blocks (ISO/IEC 9797-1 method 2).
func (s Suite) Pad(b []byte) []byte {
	out := append(append([]byte{}, b...), 0x80)
	for len(out)%s.BlockSize() != 0 {
		out = append(out, 0)
	}
	return out
}

func unpad(b []byte) ([]byte, error) {
	for i := len(b) - 1; i >= 0; i-- {
		switch b[i] {
		case 0:
			continue
		case 0x80:
			return b[:i], nil
		}
		break
	}
	return nil, fmt.Errorf("padding is wrong")
}

// MAC is the checksum of eight bytes over b, padded here: retail MAC for Triple-DES, the first half of CMAC for AES.
func (s Suite) MAC(key, b []byte) ([]byte, error) {
	if s == TDES {
		return retail(key, s.Pad(b))
	}
	c, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cmac(c, b)[:8], nil
}

// retail is MAC algorithm 3 of ISO/IEC 9797-1 with DES.
func retail(key, b []byte) ([]byte, error) {
	if len(key) != 16 {
		return nil, fmt.Errorf("key of %d bytes", len(key))
	}
	first, err := des.NewCipher(key[:8]) //nolint:gosec // the standard of the documents
	if err != nil {
		return nil, err
	}
	second, err := des.NewCipher(key[8:]) //nolint:gosec // the standard of the documents
	if err != nil {
		return nil, err
	}
	h := make([]byte, 8)
	for ; len(b) > 0; b = b[8:] {
		subtle.XORBytes(h, h, b[:8])
		first.Encrypt(h, h)
	}
	second.Decrypt(h, h)
	first.Encrypt(h, h)
	return h, nil
}

// cmac is RFC 4493.
func cmac(c cipher.Block, b []byte) []byte {
	n := c.BlockSize()
	k := make([]byte, n)
	c.Encrypt(k, k)
	double(k)
	last := append([]byte{}, b...)
	var head []byte
	if len(b) > 0 {
		cut := (len(b) - 1) / n * n
		head, last = b[:cut], append([]byte{}, b[cut:]...)
	}
	if len(last) < n {
		double(k)
		last = append(last, 0x80)
		last = append(last, make([]byte, n-len(last))...)
	}
	subtle.XORBytes(last, last, k)
	h := make([]byte, n)
	for ; len(head) > 0; head = head[n:] {
		subtle.XORBytes(h, h, head[:n])
		c.Encrypt(h, h)
	}
	subtle.XORBytes(h, h, last)
	c.Encrypt(h, h)
	return h
}

func double(k []byte) {
	carry := byte(0)
	for i := len(k) - 1; i >= 0; i-- {
		k[i], carry = k[i]<<1|carry, k[i]>>7
	}
	k[len(k)-1] ^= carry * 0x87
}
