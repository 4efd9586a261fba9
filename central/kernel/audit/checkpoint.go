package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/crypto"
)

// Segment is the most records that one checkpoint covers.
const Segment = 1000

// markSize is how much of each record's hash a checkpoint keeps, in bytes: not
// to prove (Hash does that), but to name the first record that was rewritten.
const markSize = 8

// Checkpoint is a signed statement of where the chain stood (检查点). It is
// kept elsewhere, so that whoever owns the database and rewrites the whole
// chain still contradicts it.
type Checkpoint struct {
	N         int64     `json:"n"`     // 1, 2, 3… without gaps
	First     int64     `json:"first"` // the records it adds to what was signed before
	Last      int64     `json:"last"`
	Hash      string    `json:"hash"`  // of record Last
	Marks     string    `json:"marks"` // base64: the first 8 bytes of the hash of each record from First to Last
	At        time.Time `json:"at"`
	Prev      string    `json:"prev"` // SM3 over the checkpoint before, with its signature; zeros for the first
	Key       string    `json:"key"`  // handle of the signing key
	Signature string    `json:"signature"`
}

// text is what is signed: each part with its length in front.
func (c Checkpoint) text() []byte {
	var b bytes.Buffer
	for _, s := range []string{
		"tongban-audit-checkpoint-1", fmt.Sprint(c.N), fmt.Sprint(c.First), fmt.Sprint(c.Last), c.Hash, c.Marks,
		fmt.Sprint(c.At.UnixMilli()), c.Prev, c.Key,
	} {
		fmt.Fprintf(&b, "%d:%s;", len(s), s)
	}
	return b.Bytes()
}

// Digest names the checkpoint, signature included.
func (c Checkpoint) Digest() string {
	sum := sm3.Sum(append(c.text(), c.Signature...))
	return hex.EncodeToString(sum[:])
}

// marks decodes the marks, or says that they do not fit.
func (c Checkpoint) marks() ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(c.Marks)
	if err != nil {
		return nil, fmt.Errorf("decode marks: %w", err)
	}
	if int64(len(b)) != (c.Last-c.First+1)*markSize {
		return nil, errors.New("marks do not fit the records")
	}
	return b, nil
}

// markOf is the mark of a record with this hash.
func markOf(hash string) []byte {
	b, err := hex.DecodeString(hash)
	if err != nil || len(b) < markSize {
		return make([]byte, markSize)
	}
	return b[:markSize]
}

// Signer signs checkpoints and checks their signatures.
type Signer interface {
	// Sign returns the handle of the key it used and the signature.
	Sign(ctx context.Context, message func(key string) []byte) (key string, signature []byte, err error)
	// Check returns nil when the signature is that key's.
	Check(ctx context.Context, key string, message, signature []byte) error
}

// SignerOf signs with the provider's audit key (SM2, GB/T 32918.2).
func SignerOf(p crypto.Provider) Signer { return signer{p} }

type signer struct{ p crypto.Provider }

func (s signer) Sign(ctx context.Context, message func(key string) []byte) (string, []byte, error) {
	key, err := s.p.Active(ctx, crypto.Audit)
	if err != nil {
		return "", nil, fmt.Errorf("find audit key: %w", err)
	}
	signature, err := s.p.Sign(ctx, key, message(string(key)))
	return string(key), signature, err
}

func (s signer) Check(ctx context.Context, key string, message, signature []byte) error {
	public, err := s.p.PublicKey(ctx, crypto.KeyID(key))
	if err != nil {
		return err
	}
	return crypto.Verify(public, message, signature)
}

// sign fills in key and signature.
func (c *Checkpoint) sign(ctx context.Context, s Signer) error {
	key, signature, err := s.Sign(ctx, func(key string) []byte {
		c.Key = key
		return c.text()
	})
	if err != nil {
		return fmt.Errorf("sign checkpoint: %w", err)
	}
	c.Key, c.Signature = key, base64.StdEncoding.EncodeToString(signature)
	return nil
}

func decodeSignature(s string) ([]byte, error) { return base64.StdEncoding.DecodeString(s) }

// check returns what is wrong with c as the checkpoint after before.
func (c Checkpoint) check(ctx context.Context, before Checkpoint, s Signer) string {
	prev := zero
	if before.N > 0 {
		prev = before.Digest()
	}
	signature, err := decodeSignature(c.Signature)
	marks, badMarks := c.marks()
	switch {
	case c.N != before.N+1:
		return "a checkpoint is missing"
	case c.Prev != prev || c.First != before.Last+1 || c.Last < c.First:
		return "a checkpoint does not follow the one before it"
	case err != nil || s.Check(ctx, c.Key, c.text(), signature) != nil:
		return "a checkpoint's signature does not hold"
	case badMarks != nil || !bytes.Equal(marks[len(marks)-markSize:], markOf(c.Hash)):
		return "a checkpoint contradicts itself"
	}
	return ""
}
