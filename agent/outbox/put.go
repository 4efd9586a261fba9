package outbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"tongban/agent/store"
	"tongban/fleet/wire"
)

// File is one encrypted file that travels before its envelope. It already lies at Path(Digest) when Put is called.
type File struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// Case is one submission on its way into the outbox.
type Case struct {
	ID        string // envelope id; the same one again stores nothing new
	Number    int    // the terminal's, in the case number
	Day       time.Time
	Item      string // name, for the progress shown offline
	Due       string // YYYY-MM-DD promised
	Answer    string // the sentence about it
	CheckCode string
	Files     []File
	// Seal closes the envelope once the numbers are known. It runs inside the transaction: no I/O, no waiting.
	Seal func(caseNo string, seq int64) (wire.Envelope, error)
	// Also writes what must stand or fall with the case, such as the slip's row; may be nil.
	Also func(ctx context.Context, tx *sql.Tx, caseNo string) error
}

// PutCase makes the case number and stores the sealed envelope in one transaction; when it returns without an error the
// submission is safe. ErrFull: nothing was stored.
func (b *Box) PutCase(ctx context.Context, c Case) (caseNo string, err error) {
	err = b.db.Do(ctx, func(tx *sql.Tx) error {
		err := tx.StmtContext(ctx, b.sql.known).QueryRowContext(ctx, c.ID).Scan(&caseNo)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err // it is here already: a press repeated after an unclear answer
		}
		n, err := b.next(ctx, tx, "case."+c.Day.Format("060102"))
		if err != nil {
			return err
		}
		if caseNo, err = wire.CaseNo(c.Day, c.Number, int(n)); err != nil {
			return err
		}
		seq, err := b.next(ctx, tx, "seq."+string(wire.LaneCase))
		if err != nil {
			return err
		}
		env, err := c.Seal(caseNo, seq)
		if err != nil {
			return fmt.Errorf("seal case: %w", err)
		}
		if err := b.insert(ctx, tx, env, caseNo, c.Files, b.clock.Now()); err != nil {
			return err
		}
		at := store.Ms(b.clock.Now())
		_, err = tx.StmtContext(ctx, b.sql.state).ExecContext(ctx, caseNo, c.ID, c.Item, StateStored, c.Answer, c.Due, checked(caseNo, c.CheckCode), at, at)
		if err != nil || c.Also == nil {
			return err
		}
		return c.Also(ctx, tx, caseNo)
	})
	if err != nil {
		return "", full(fmt.Errorf("put case: %w", err))
	}
	b.ring(wire.LaneCase)
	return caseNo, nil
}

// PutReport stores a report. Beyond the cap it is dropped with ErrFull: reports never take room from submissions.
func (b *Box) PutReport(ctx context.Context, seal func(seq int64) (wire.Envelope, error)) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE lane = ?`, wire.LaneReport).Scan(&n); err != nil {
			return err
		}
		if n >= b.limits.ReportRows {
			return fmt.Errorf("%w: %d reports wait", ErrFull, n)
		}
		seq, err := b.next(ctx, tx, "seq."+string(wire.LaneReport))
		if err != nil {
			return err
		}
		env, err := seal(seq)
		if err != nil {
			return fmt.Errorf("seal report: %w", err)
		}
		return b.insert(ctx, tx, env, "", nil, b.clock.Now())
	})
	if err != nil {
		return full(fmt.Errorf("put report: %w", err))
	}
	b.ring(wire.LaneReport)
	return nil
}

// Floor lifts today's case count to n, for a terminal that was enrolled again: numbers of its earlier life stay taken.
func (b *Box) Floor(ctx context.Context, day time.Time, n int) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO counter (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`, "case."+day.Format("060102"), n)
		return err
	})
	if err != nil {
		return full(fmt.Errorf("lift case count: %w", err))
	}
	return nil
}

// next counts one on. A day that comes twice, because the clock went back, goes on counting where it stopped.
func (b *Box) next(ctx context.Context, tx *sql.Tx, name string) (int64, error) {
	var n int64
	err := tx.StmtContext(ctx, b.sql.count).QueryRowContext(ctx, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", name, err)
	}
	return n, nil
}

func (b *Box) insert(ctx context.Context, tx *sql.Tx, env wire.Envelope, caseNo string, files []File, now time.Time) error {
	text, err := json.Marshal(env)
	if err != nil {
		return fmt.Errorf("encode envelope: %w", err)
	}
	if len(text) > wire.MaxEnvelope {
		return fmt.Errorf("envelope of %d bytes, at most %d", len(text), wire.MaxEnvelope)
	}
	size := int64(len(text))
	list := ""
	if len(files) > 0 {
		j, err := json.Marshal(files)
		if err != nil {
			return fmt.Errorf("encode files: %w", err)
		}
		list = string(j)
		for _, f := range files {
			size += f.Size
		}
	}
	_, err = tx.StmtContext(ctx, b.sql.row).ExecContext(ctx, env.ID, env.Lane, env.Seq, env.Kind, caseNo, Waiting, store.Ms(now), size, list, text)
	return err
}

// checked lets the check code be compared without being kept.
func checked(caseNo, code string) string {
	h := sha256.Sum256([]byte(caseNo + "\x00" + code))
	return hex.EncodeToString(h[:])
}

// fileName is the digest without what file systems dislike.
func fileName(digest string) string { return strings.TrimPrefix(digest, "sha256:") }

// Adopt takes a file that lies at path into the outbox's folder, durably and without copying where the file system can;
// the caller keeps its own name for it. A file that no PutCase names afterwards is swept away at the next start.
func (b *Box) Adopt(path string, f File) error {
	to := b.Path(f.Digest)
	if err := os.Link(path, to); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := copyFile(path, to); err != nil {
			return full(fmt.Errorf("adopt file: %w", err))
		}
	}
	return syncDir(b.files)
}

// Disown takes adopted files back after a PutCase that failed, unless the row is there after all: a commit whose answer was
// an error may still have happened.
func (b *Box) Disown(ctx context.Context, id string, files []File) error {
	var n int
	if err := b.db.Read().QueryRowContext(ctx, `SELECT count(*) FROM outbox WHERE id = ?`, id).Scan(&n); err != nil || n > 0 {
		return err // in doubt they stay; the next start sweeps what nobody names
	}
	var errs []error
	for _, f := range files {
		if err := os.Remove(b.Path(f.Digest)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from) //nolint:gosec // a page of the visit
	if err != nil {
		return fmt.Errorf("read file: %w", err)
	}
	return WriteFile(to, text)
}

// WriteFile writes a new file so that it is on the disk when it returns; a full disk is ErrFull.
func WriteFile(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // below the data folder
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("%w: %w", ErrFull, errors.Join(err, os.Remove(path)))
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path) //nolint:gosec // below the data folder
	if err != nil {
		return fmt.Errorf("open folder: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
