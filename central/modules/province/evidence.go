package province

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/crypto"
)

// Proof is one signed record of what happened to a message (报文证据). Proofs of the whole centre form one chain: each names the
// hash of the one before, so that none can be changed, taken out or put in unnoticed.
type Proof struct {
	N         int64     `json:"n"`
	At        time.Time `json:"at"`
	Message   string    `json:"message"`
	Step      int       `json:"step"` // 1, 2, 3… within the message
	Case      string    `json:"case"`
	Direction string    `json:"direction"` // out, in
	What      string    `json:"what"`      // a Move, or "received"
	State     State     `json:"state"`     // afterwards
	Digest    string    `json:"digest"`    // SM3 of the content in the clear
	Answer    string    `json:"answer"`    // SM3 of what the other side said, "" when nothing came
	Facts     string    `json:"facts"`     // further facts, as JSON: code, provincial number, receipt
	Prev      string    `json:"prev"`
	Hash      string    `json:"hash"`
	Key       string    `json:"key"`       // handle of the signing key
	Signature string    `json:"signature"` // SM2 over Hash, base64 of DER
}

// Sum is the SM3 over everything but hash and signature, each part with its length in front.
func (p Proof) Sum() string {
	var b bytes.Buffer
	for _, s := range []string{
		"tongban-exchange-proof-1", fmt.Sprint(p.N), fmt.Sprint(p.At.UnixMilli()), p.Message, fmt.Sprint(p.Step), p.Case, p.Direction, p.What, string(p.State), p.Digest, p.Answer, p.Facts, p.Prev, p.Key,
	} {
		fmt.Fprintf(&b, "%d:%s;", len(s), s)
	}
	sum := sm3.Sum(b.Bytes())
	return hex.EncodeToString(sum[:])
}

// Receipt is what the province signs for a message that it took.
type Receipt struct {
	MsgID     string    `json:"msgId"`
	Digest    string    `json:"digest"`
	ProvNo    string    `json:"provNo"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"` // hex of DER
}

func (r Receipt) text() []byte {
	return fmt.Appendf(nil, "tongban-exchange-receipt-1\n%s\n%s\n%s\n%d", r.MsgID, r.Digest, r.ProvNo, r.At.UnixMilli())
}

// Check proves that the holder of a public key signed the receipt for this message.
func (r Receipt) Check(public []byte, msgID, digest string) error {
	if r.MsgID != msgID || r.Digest != digest {
		return fmt.Errorf("receipt is of message %s and not of %s", r.MsgID, msgID)
	}
	sig, err := hex.DecodeString(r.Signature)
	if err != nil {
		return fmt.Errorf("decode receipt: %w", err)
	}
	return crypto.Verify(public, r.text(), sig)
}

// Text is what the province signs for a seal.
func (s Seal) Text() []byte {
	return fmt.Appendf(nil, "tongban-exchange-seal-1\n%s\n%s\n%s\n%d", s.ID, s.Digest, s.Name, s.At.UnixMilli())
}

// Container is the evidence of one message as it is handed out (证据包): its proofs, the stretch of the chain they lie in, and
// the keys. No personal data: contents stand in it as digests.
type Container struct {
	Format   string            `json:"format"` // tongban-exchange-1
	Message  string            `json:"message"`
	Case     string            `json:"case"`
	Title    string            `json:"title"`
	Made     time.Time         `json:"made"`
	Proofs   []Proof           `json:"proofs"`
	Links    []Proof           `json:"links"`    // from the first proof (or MostLinks back) to the last
	Receipt  *Receipt          `json:"receipt"`  // of the province, when it took the message
	Keys     map[string]string `json:"keys"`     // handle → hex of our public point
	Province string            `json:"province"` // hex of the province's public point
}

// Format names the container's version.
const Format = "tongban-exchange-1"

// MostLinks is how much of the chain is handed out at most; what lies before stands by its own signature.
const MostLinks = 2000

// Verify checks a container without any database: hashes, order, links, signatures, receipt. trusted are public points (hex) of
// the centre that the verifier knows from elsewhere; with none the container's own keys are taken, which proves only that
// nothing was changed since. It returns the number of proofs.
func (c Container) Verify(_ context.Context, trusted ...string) (int, error) {
	if c.Format != Format {
		return 0, fmt.Errorf("format %q is not %s", c.Format, Format)
	}
	if len(c.Proofs) == 0 || len(c.Links) == 0 {
		return 0, fmt.Errorf("there is no proof")
	}
	links := map[int64]Proof{}
	for i, p := range c.Links {
		if i > 0 && (p.N != c.Links[i-1].N+1 || p.Prev != c.Links[i-1].Hash) {
			return 0, fmt.Errorf("record %d does not follow the one before it", p.N)
		}
		if err := c.proof(p, trusted); err != nil {
			return 0, err
		}
		links[p.N] = p
	}
	for i, p := range c.Proofs {
		if err := c.proof(p, trusted); err != nil {
			return 0, err
		}
		if p.Message != c.Message || p.Case != c.Case || p.Step != i+1 {
			return 0, fmt.Errorf("record %d is of another message, out of order, or one before it was left out", p.N)
		}
		if p.N >= c.Links[0].N && links[p.N] != p {
			return 0, fmt.Errorf("record %d is not the one in the chain", p.N)
		}
	}
	last := c.Proofs[len(c.Proofs)-1]
	if last.N != c.Links[len(c.Links)-1].N {
		return 0, fmt.Errorf("the chain does not end with the message's last record")
	}
	if last.State == Confirmed && last.Direction == "out" {
		if c.Receipt == nil {
			return 0, fmt.Errorf("the receipt of the province is missing")
		}
		point, err := hex.DecodeString(c.Province)
		if err != nil {
			return 0, fmt.Errorf("decode key of the province: %w", err)
		}
		if err := c.Receipt.Check(point, c.Receipt.MsgID, last.Digest); err != nil {
			return 0, fmt.Errorf("receipt of the province: %w", err)
		}
	}
	return len(c.Proofs), nil
}

func (c Container) proof(p Proof, trusted []string) error {
	if p.Sum() != p.Hash {
		return fmt.Errorf("record %d was changed", p.N)
	}
	point := c.Keys[p.Key]
	if len(trusted) > 0 {
		known := false
		for _, t := range trusted {
			known = known || t == point
		}
		if !known {
			return fmt.Errorf("record %d is signed by a key that is not the centre's", p.N)
		}
	}
	public, err := hex.DecodeString(point)
	if err != nil {
		return fmt.Errorf("record %d: decode key: %w", p.N, err)
	}
	sig, err := base64.StdEncoding.DecodeString(p.Signature)
	if err != nil {
		return fmt.Errorf("record %d: decode signature: %w", p.N, err)
	}
	if err := crypto.Verify(public, []byte(p.Hash), sig); err != nil {
		return fmt.Errorf("record %d: signature: %w", p.N, err)
	}
	return nil
}
