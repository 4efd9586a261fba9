package wire

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Envelope is what travels over MQTT (信封): an outside that the gate may read, a box that only the centre opens, and the
// terminal's signature over both.
type Envelope struct {
	V        int       `json:"v"`
	ID       string    `json:"id"`       // UUIDv7, the idempotency key
	Terminal string    `json:"terminal"` // such as K-01
	Epoch    int       `json:"epoch"`    // counts enrolments: an older one is a cloned or restored disk
	Lane     Lane      `json:"lane"`
	Kind     Kind      `json:"kind"`
	Seq      int64     `json:"seq"` // per lane, rising
	MadeAt   time.Time `json:"made_at"`
	Box      Box       `json:"box"`
	Sig      []byte    `json:"sig"` // ECDSA P-256 over SHA-256, ASN.1
}

// ErrSignature means that the signature does not belong to the key.
var ErrSignature = errors.New("signature does not match")

var (
	terminalCode = regexp.MustCompile(`^[A-Z]{1,4}-[0-9]{2,4}$`)
	envelopeID   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
)

// ValidTerminal reports whether code can name a terminal.
func ValidTerminal(code string) bool { return terminalCode.MatchString(code) }

// signed returns the bytes under the signature: every field with its length before it, so that no two envelopes share
// them.
func (e *Envelope) signed() []byte {
	var b bytes.Buffer
	field := func(p []byte) {
		_ = binary.Write(&b, binary.BigEndian, uint32(len(p))) // #nosec G115 -- a part of one message, at most some megabytes
		b.Write(p)
	}
	number := func(n int64) { _ = binary.Write(&b, binary.BigEndian, n) }
	b.WriteString("tongban-envelope\x00")
	number(int64(e.V))
	for _, s := range []string{e.ID, e.Terminal, string(e.Lane), string(e.Kind), e.Box.Alg} {
		field([]byte(s))
	}
	number(int64(e.Epoch))
	number(e.Seq)
	number(e.MadeAt.UnixMilli())
	field(e.Box.Key)
	field(e.Box.Nonce)
	field(e.Box.Text)
	return b.Bytes()
}

// Sign fills in Sig with the terminal's key, an ECDSA P-256 signer.
func (e *Envelope) Sign(key crypto.Signer) error {
	h := sha256.Sum256(e.signed())
	sig, err := key.Sign(rand.Reader, h[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("sign envelope: %w", err)
	}
	e.Sig = sig
	return nil
}

// Verify checks Sig against the terminal's certificate key.
func (e *Envelope) Verify(pub *ecdsa.PublicKey) error {
	h := sha256.Sum256(e.signed())
	if !ecdsa.VerifyASN1(pub, h[:], e.Sig) {
		return ErrSignature
	}
	return nil
}

// ParseEnvelope reads and checks the outside of an envelope; the signature is the caller's next step.
func ParseEnvelope(p []byte) (*Envelope, error) {
	if len(p) > MaxEnvelope {
		return nil, fmt.Errorf("envelope of %d bytes, at most %d", len(p), MaxEnvelope)
	}
	d := json.NewDecoder(bytes.NewReader(p))
	d.DisallowUnknownFields()
	var e Envelope
	if err := d.Decode(&e); err != nil {
		return nil, fmt.Errorf("decode envelope: %w", err)
	}
	if d.More() {
		return nil, errors.New("bytes after the envelope")
	}
	switch {
	case e.V != Version:
		return nil, fmt.Errorf("envelope version %d, want %d", e.V, Version)
	case !envelopeID.MatchString(e.ID):
		return nil, errors.New("envelope id is not a UUID")
	case !ValidTerminal(e.Terminal):
		return nil, errors.New("terminal code is malformed")
	case e.Lane != LaneCase && e.Lane != LaneReport:
		return nil, fmt.Errorf("unknown lane %q", e.Lane)
	case e.Epoch < 1 || e.Seq < 1:
		return nil, errors.New("epoch and seq start at 1")
	case len(e.Box.Text) == 0 || len(e.Sig) == 0:
		return nil, errors.New("box or signature is missing")
	}
	return &e, nil
}
