package audit

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/internal/door"
)

// Keep is how long records stay in the table at least: three years (网络安全法
// art. 21 asks for six months; case files are kept longer).
const Keep = 3 * 366 * 24 * time.Hour

// Archived is one archive file (归档文件).
type Archived struct {
	File  string `json:"file"`
	First int64  `json:"first"`
	Last  int64  `json:"last"`
	Hash  string `json:"hash"` // of record Last
}

// line is one line of an archive: a record, the checkpoint over those before
// it, or the end.
type line struct {
	Record     *Entry      `json:"record,omitempty"`
	Checkpoint *Checkpoint `json:"checkpoint,omitempty"`
	End        *archiveEnd `json:"end,omitempty"`
}

type archiveEnd struct {
	First  int64  `json:"first"`
	Digest string `json:"digest"` // SM3 over all lines before
	Base   Base   `json:"base"`
}

var errNothing = errs.E(errs.NotFound, "audit.nothing_old", "没有到期可以归档的审计记录", nil)

// Archive writes the records of all checkpoints before an instant into a file
// below dir: whole checkpoints only, and only those that were shipped. Nothing
// leaves the table.
func (k *Keeper) Archive(ctx context.Context, dir string, before time.Time) (out Archived, err error) {
	shipped, err := k.Shipped(ctx)
	if err != nil {
		return out, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return out, fmt.Errorf("make archive folder: %w", err)
	}
	var end Base
	err = k.DB.View(ctx, func(q db.Query) error {
		b, err := baseOf(ctx, q)
		if err != nil {
			return err
		}
		covering, err := checkpoints(ctx, q, `WHERE last > $1 AND at < $2 AND n <= $3 ORDER BY n`, b.Count, db.Ms(before), shipped.N)
		if err != nil {
			return err
		}
		if len(covering) == 0 {
			return errNothing
		}
		last := covering[len(covering)-1]
		out = Archived{First: b.Count + 1, Last: last.Last, Hash: last.Hash}
		out.File = filepath.Join(dir, fmt.Sprintf("audit-%012d-%012d.jsonl", out.First, out.Last))
		end = Base{Count: out.Last, Hash: out.Hash, At: db.FromMs(db.Ms(k.Clock.Now()))}
		if err := end.sign(ctx, k.Signer); err != nil {
			return err
		}
		return writeArchive(ctx, q, out, covering, end)
	})
	return out, err
}

func writeArchive(ctx context.Context, q db.Query, a Archived, covering []Checkpoint, end Base) (err error) {
	f, err := os.OpenFile(a.File+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make archive: %w", err)
	}
	defer func() { _ = f.Close() }()
	digest := sm3.New()
	buffer := bufio.NewWriter(f)
	put := json.NewEncoder(io.MultiWriter(buffer, digest))
	rows := &conditions{}
	rows.add("seq >= ?", a.First)
	rows.add("seq <= ?", a.Last)
	err = each(ctx, q, rows, ` ORDER BY seq`, func(e Entry) error {
		if err := put.Encode(line{Record: &e}); err != nil {
			return err
		}
		if len(covering) > 0 && e.Seq == covering[0].Last {
			defer func() { covering = covering[1:] }()
			return put.Encode(line{Checkpoint: &covering[0]})
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = json.NewEncoder(buffer).Encode(line{End: &archiveEnd{First: a.First, Digest: hex.EncodeToString(digest.Sum(nil)), Base: end}})
	if err = errors.Join(err, buffer.Flush(), f.Sync()); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	return os.Rename(a.File+".part", a.File)
}

// Drop removes from the table what an archive holds, after reading the archive
// again and holding it against the table's own chain. It refuses what is
// younger than Keep. On PostgreSQL it needs the owner of the tables.
func (k *Keeper) Drop(ctx context.Context, a Archived) error {
	end, err := k.check(ctx, a)
	if err != nil {
		return err
	}
	var youngest Entry
	err = k.DB.View(ctx, func(q db.Query) error {
		around, found, err := Around(ctx, q, a.Last)
		for _, e := range around {
			if e.Seq == a.Last {
				youngest = e
			}
		}
		if err == nil && !found {
			err = errors.New("the table does not hold these records")
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("drop archived records: %w", err)
	case youngest.Hash != end.Hash:
		return errs.E(errs.Conflict, "audit.other_archive", "归档文件和数据库里的审计记录对不上", nil)
	case k.Clock.Now().Sub(youngest.At) < Keep:
		return errs.E(errs.Conflict, "audit.too_young", "审计记录至少保存三年，不能提前移出", nil)
	}
	err = k.DB.Do(ctx, func(tx db.Tx) error {
		return Write(ctx, tx, Record{Action: "audit.archive", Object: fmt.Sprint(a.First, "-", a.Last), Detail: map[string]string{"file": filepath.Base(a.File)}})
	})
	if err != nil {
		return err
	}
	return k.remove(ctx, end)
}

// check reads an archive to its end and returns its base.
func (k *Keeper) check(ctx context.Context, a Archived) (Base, error) {
	r := Report{Count: a.First - 1}
	first := true
	end, err := readArchive(a.File, func(e Entry) bool {
		if first {
			r.Head, first = e.Prev, false
		}
		if r.Problem = r.check(e); r.Problem != "" {
			return false
		}
		r.Count, r.Head = e.Seq, e.Hash
		return true
	})
	switch {
	case err != nil:
		return Base{}, err
	case r.Problem != "" || r.Count != a.Last || end.Base.Count != r.Count || end.Base.Hash != r.Head || !end.Base.holds(ctx, k.Signer):
		return Base{}, errs.E(errs.Conflict, "audit.bad_archive", "归档文件不完整或被改动，没有移出任何记录", fmt.Errorf("%s: %s", a.File, r.Problem))
	}
	return end.Base, nil
}

// remove deletes what base speaks of and keeps base, all or nothing, with the
// guard away for just this transaction.
func (k *Keeper) remove(ctx context.Context, b Base) error {
	statements := []string{
		`DROP TRIGGER kernel_audit_no_delete`,
		`DELETE FROM kernel_audit WHERE seq <= $1`,
		`CREATE TRIGGER kernel_audit_no_delete BEFORE DELETE ON kernel_audit BEGIN SELECT RAISE(ABORT, 'audit records are only added'); END`,
	}
	if k.DB.Dialect() == db.Postgres {
		statements[0] = `ALTER TABLE kernel_audit DISABLE TRIGGER kernel_audit_guard`
		statements[2] = `ALTER TABLE kernel_audit ENABLE TRIGGER kernel_audit_guard`
	}
	tx, err := k.DB.Maker(door.Key{}).BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("remove archived records: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	for i, s := range statements {
		var args []any
		if i == 1 {
			args = []any{b.Count}
		}
		if _, err := tx.ExecContext(ctx, s, args...); err != nil {
			return fmt.Errorf("remove archived records: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kernel_audit_base (id, count, hash, at, key_id, signature) VALUES (1, $1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET count = excluded.count, hash = excluded.hash, at = excluded.at, key_id = excluded.key_id, signature = excluded.signature`,
		b.Count, b.Hash, db.Ms(b.At), b.Key, b.Signature)
	if err != nil {
		return fmt.Errorf("keep base: %w", err)
	}
	return tx.Commit()
}

// readArchive calls f with each record until it says no, and checks that the
// file is whole.
func readArchive(path string, f func(Entry) bool) (end archiveEnd, err error) {
	file, err := os.Open(path) //nolint:gosec // #nosec G304 -- a file below the folder that the operator named
	if err != nil {
		return end, fmt.Errorf("open archive: %w", err)
	}
	defer func() { _ = file.Close() }()
	digest := sm3.New()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var l line
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return end, fmt.Errorf("read archive %s: %w", filepath.Base(path), err)
		}
		if l.End != nil {
			if l.End.Digest != hex.EncodeToString(digest.Sum(nil)) {
				return end, fmt.Errorf("archive %s was changed", filepath.Base(path))
			}
			return *l.End, nil
		}
		digest.Write(append(lines.Bytes(), '\n'))
		if l.Record != nil && !f(*l.Record) {
			return end, nil
		}
	}
	if err := lines.Err(); err != nil {
		return end, fmt.Errorf("read archive: %w", err)
	}
	return end, fmt.Errorf("archive %s has no end", filepath.Base(path))
}

// eachArchived goes through all archives of a folder in order.
func eachArchived(dir string, f func(Entry) bool) error {
	files, err := filepath.Glob(filepath.Join(dir, "audit-*.jsonl"))
	if err != nil {
		return fmt.Errorf("list archives: %w", err)
	}
	slices.Sort(files)
	more := true
	for _, path := range files {
		_, err := readArchive(path, func(e Entry) bool { more = f(e); return more })
		if err != nil || !more {
			return err
		}
	}
	return nil
}
