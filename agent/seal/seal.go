// Package seal closes what the citizen confirmed (封装): it gives the envelope its id, shuts the body in a box that only the
// centre opens, and signs the whole with the terminal's key. After Seal nothing of the body is readable on this terminal.
package seal

import (
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"tongban/fleet/wire"
)

// Sealer is the terminal's identity as far as envelopes need it.
type Sealer struct {
	Terminal string // K-01
	Epoch    int
	Key      crypto.Signer   // of the terminal's certificate
	Centre   *ecdh.PublicKey // to which boxes are closed
}

// Order is what goes on the outside of an envelope.
type Order struct {
	ID   string // see NewID; made once, the idempotency key at every later hop
	Lane wire.Lane
	Kind wire.Kind
	Seq  int64
	At   time.Time
}

// Close seals body, a wire.Submission, wire.Rating or wire.Help, into a signed envelope.
func (s *Sealer) Close(o Order, body any) (wire.Envelope, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return wire.Envelope{}, fmt.Errorf("encode %s: %w", o.Kind, err)
	}
	defer clear(text)
	box, err := wire.Close(s.Centre, o.ID, text)
	if err != nil {
		return wire.Envelope{}, fmt.Errorf("close %s: %w", o.Kind, err)
	}
	e := wire.Envelope{
		V: wire.Version, ID: o.ID, Terminal: s.Terminal, Epoch: s.Epoch, Lane: o.Lane, Kind: o.Kind, Seq: o.Seq,
		MadeAt: o.At.UTC().Truncate(time.Millisecond), Box: box,
	}
	if err := e.Sign(s.Key); err != nil {
		return wire.Envelope{}, err
	}
	return e, nil
}

// File encrypts one page or signature under a fresh key. The ciphertext may lie on the disk; the key stays in memory and
// then inside the box.
func File(plain []byte, mime string) (wire.File, []byte, error) {
	text, key, err := wire.Encrypt(plain)
	if err != nil {
		return wire.File{}, nil, fmt.Errorf("encrypt file: %w", err)
	}
	h := sha256.Sum256(text)
	return wire.File{Digest: "sha256:" + hex.EncodeToString(h[:]), Size: int64(len(text)), MIME: mime, Key: key}, text, nil
}

// NewID makes an envelope id, a UUIDv7 of the moment at.
func NewID(at time.Time) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand.Reader, b[6:]); err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i)) //nolint:gosec // one byte at a time
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-"), nil
}

// LookupKey makes the random key in a slip's QR: 128 bits that say nothing of the case.
func LookupKey() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
		return "", fmt.Errorf("make lookup key: %w", err)
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]), nil
}

// codeLetters leaves out what people mistake for one another: 0 O, 1 I L, 5 S, 8 B, 2 Z.
const codeLetters = "3467ACDEFGHJKMNPQRTUVWXY"

// CheckCode makes the six characters with which the holder of a slip asks without a card.
func CheckCode() (string, error) {
	var out [6]byte
	var b [1]byte
	for i := 0; i < len(out); {
		if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
			return "", fmt.Errorf("make check code: %w", err)
		}
		if n := int(b[0]); n < 256/len(codeLetters)*len(codeLetters) { // no letter more likely than another
			out[i] = codeLetters[n%len(codeLetters)]
			i++
		}
	}
	return string(out[:]), nil
}
