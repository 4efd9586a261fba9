package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

// Base is the signed statement that the first records lie in archives and no
// longer in the table (归档基点).
type Base struct {
	Count     int64     `json:"count"` // records 1 to Count are archived
	Hash      string    `json:"hash"`  // of record Count
	At        time.Time `json:"at"`
	Key       string    `json:"key"`
	Signature string    `json:"signature"`
}

func (b Base) text() []byte {
	var out bytes.Buffer
	for _, s := range []string{"tongban-audit-base-1", fmt.Sprint(b.Count), b.Hash, fmt.Sprint(b.At.UnixMilli()), b.Key} {
		fmt.Fprintf(&out, "%d:%s;", len(s), s)
	}
	return out.Bytes()
}

func (b *Base) sign(ctx context.Context, s Signer) error {
	key, signature, err := s.Sign(ctx, func(key string) []byte {
		b.Key = key
		return b.text()
	})
	if err != nil {
		return fmt.Errorf("sign base: %w", err)
	}
	b.Key, b.Signature = key, base64.StdEncoding.EncodeToString(signature)
	return nil
}

func (b Base) holds(ctx context.Context, s Signer) bool {
	signature, err := decodeSignature(b.Signature)
	return err == nil && s.Check(ctx, b.Key, b.text(), signature) == nil
}

// baseOf reads the base; Count is 0 where nothing was archived and removed.
func baseOf(ctx context.Context, q db.Query) (b Base, err error) {
	var at int64
	err = q.QueryRowContext(ctx, `SELECT count, hash, at, key_id, signature FROM kernel_audit_base WHERE id = 1`).Scan(&b.Count, &b.Hash, &at, &b.Key, &b.Signature)
	b.At = db.FromMs(at)
	if errors.Is(err, db.ErrNoRows) {
		return Base{Hash: zero}, nil
	}
	if err != nil {
		return b, fmt.Errorf("read base: %w", err)
	}
	return b, nil
}

const (
	notArchived = "the archived part is not the one that was signed"
	badArchive  = "an archive was changed or cut off"
)

// start brings the walker to the first record of the table: through the
// archives where they are at hand, or to the base, by its signature.
func (w *walker) start(ctx context.Context, q db.Query, p Proof) error {
	b, err := baseOf(ctx, q)
	if err != nil || b.Count == 0 {
		return err
	}
	w.r.Archived = b.Count
	if p.Archive != "" {
		err := eachArchived(p.Archive, func(e Entry) bool { return e.Seq <= b.Count && w.next(e) })
		if err != nil && w.r.Problem == "" {
			w.r.BadSeq, w.r.Problem = w.r.Count+1, badArchive
		}
		if w.r.Problem == "" && w.r.Count != b.Count {
			w.r.BadSeq, w.r.Problem = w.r.Count+1, missing
		}
		if w.r.Problem == "" && w.r.Head != b.Hash {
			w.r.BadSeq, w.r.Problem = w.r.Count, notArchived
		}
		return nil
	}
	ok := p.Signer == nil || b.holds(ctx, p.Signer)
	for ok && w.at < len(w.proof) && w.proof[w.at].Last <= b.Count {
		c := w.proof[w.at]
		ok = c.Last < b.Count || c.Hash == b.Hash
		w.at++
	}
	if !ok {
		w.r.BadSeq, w.r.Problem = 1, notArchived
		return nil
	}
	w.r.Count, w.r.Head = b.Count, b.Hash
	return nil
}
