package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"tongban/agent/store"
	"tongban/fleet/wire"
)

// Entry is one row as `tongban-agent queue dump` prints it. The box stays closed.
type Entry struct {
	ID       string         `json:"id"`
	Lane     wire.Lane      `json:"lane"`
	Seq      int64          `json:"seq"`
	Kind     wire.Kind      `json:"kind"`
	CaseNo   string         `json:"case_no,omitempty"`
	State    string         `json:"state"`
	Attempts int            `json:"attempts"`
	MadeAt   time.Time      `json:"made_at"`
	Files    []File         `json:"files,omitempty"`
	Code     string         `json:"code,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Bytes    int64          `json:"bytes"`
	envelope *wire.Envelope // for Verify
}

// Dump lists every row, case lane first, in order.
func Dump(ctx context.Context, db *store.DB) ([]Entry, error) {
	rows, err := db.Read().QueryContext(ctx, `SELECT id, lane, seq, kind, case_no, state, attempts, made_at, files, code, reason, size, envelope
		FROM outbox ORDER BY lane, seq`)
	if err != nil {
		return nil, fmt.Errorf("list outbox: %w", err)
	}
	defer rows.Close()
	out := []Entry{}
	for rows.Next() {
		var e Entry
		var made int64
		var files string
		var text []byte
		if err := rows.Scan(&e.ID, &e.Lane, &e.Seq, &e.Kind, &e.CaseNo, &e.State, &e.Attempts, &made, &files, &e.Code, &e.Reason, &e.Bytes, &text); err != nil {
			return nil, fmt.Errorf("list outbox: %w", err)
		}
		e.MadeAt = store.FromMs(made)
		if files != "" {
			if err := json.Unmarshal([]byte(files), &e.Files); err != nil {
				return nil, fmt.Errorf("decode files of %s: %w", e.ID, err)
			}
		}
		e.envelope, _ = wire.ParseEnvelope(text) // nil says enough to Verify
		out = append(out, e)
	}
	return out, rows.Err()
}

// Verify checks that the file is whole, every envelope can be parsed and belongs to its row, and every file is there and
// unchanged. It returns one error for each fault found.
func Verify(ctx context.Context, db *store.DB, dir string) (rows int, faults []error) {
	if err := db.Check(ctx); err != nil {
		faults = append(faults, err)
	}
	entries, err := Dump(ctx, db)
	if err != nil {
		return 0, append(faults, err)
	}
	b := &Box{files: dir}
	for _, e := range entries {
		switch {
		case e.envelope == nil:
			faults = append(faults, fmt.Errorf("row %s: envelope cannot be parsed", e.ID))
		case e.envelope.ID != e.ID || e.envelope.Seq != e.Seq || e.envelope.Lane != e.Lane:
			faults = append(faults, fmt.Errorf("row %s: envelope belongs to another row", e.ID))
		}
		for _, f := range e.Files {
			if err := verifyFile(b.Path(f.Digest), f); err != nil {
				faults = append(faults, fmt.Errorf("row %s: %w", e.ID, err))
			}
		}
	}
	return len(entries), faults
}

func verifyFile(path string, want File) error {
	f, err := os.Open(path) //nolint:gosec // a digest below our folder
	if err != nil {
		return fmt.Errorf("open file: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	if got := "sha256:" + hex.EncodeToString(h.Sum(nil)); got != want.Digest || n != want.Size {
		return fmt.Errorf("file %s is %s with %d bytes", want.Digest, got, n)
	}
	return nil
}

// sweep removes files that no row names.
func (b *Box) sweep(ctx context.Context) error {
	entries, err := os.ReadDir(b.files)
	if err != nil {
		return fmt.Errorf("list outbox files: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	rows, err := Dump(ctx, b.db)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, r := range rows {
		for _, f := range r.Files {
			named[fileName(f.Digest)] = true
		}
	}
	for _, e := range entries {
		if e.IsDir() || named[e.Name()] {
			continue
		}
		if err := os.Remove(b.Path(e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep outbox files: %w", err)
		}
	}
	return nil
}
