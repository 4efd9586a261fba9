// Package store is the terminal's own database file (本机数据库): one SQLite file with one writer, in which a commit that
// was acknowledged survives a power cut. It holds sealed boxes, numbers and states, never a citizen's data in clear.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	sqlite "modernc.org/sqlite" // also registers the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DB is the open file. It is safe for concurrent use: writers queue behind one connection, readers do not wait.
type DB struct {
	path  string
	write *sql.DB
	read  *sql.DB
}

// Options of Open.
type Options struct {
	// MaxPages caps the file at so many 4 KiB pages, 0 = no cap. Tests play a full disk with it, fleets a quota.
	MaxPages int
}

// Open opens or makes the file at path and brings its tables up to date.
//
// synchronous=FULL because a row in the outbox is a promise to a citizen; secure_delete because a deleted row must not
// be found again in the file's free pages.
func Open(ctx context.Context, path string, o Options) (*DB, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	base := []string{"busy_timeout(10000)", "temp_store(2)", "secure_delete(1)", "cache_size(-2000)"}
	writer := append(slices.Clip(base), "journal_mode(WAL)", "synchronous(FULL)")
	if o.MaxPages > 0 {
		writer = append(writer, fmt.Sprintf("max_page_count(%d)", o.MaxPages))
	}
	d := &DB{path: path}
	var err error
	if d.write, err = connect(ctx, dsn(path, "immediate", writer...), 1); err != nil {
		return nil, err
	}
	if d.read, err = connect(ctx, dsn(path, "deferred", append(base, "query_only(1)")...), 4); err != nil {
		return nil, errors.Join(err, d.write.Close())
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func connect(ctx context.Context, dsn string, n int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	return db, nil
}

// touch creates the file for its owner alone; SQLite gives the journals beside it the same mode.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make database folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("make database file: %w", err)
	}
	return f.Close()
}

func dsn(path, lock string, pragmas ...string) string {
	q := url.Values{"_txlock": {lock}, "_dqs": {"0"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// Do runs f in the one write transaction; it returns nil only when the commit is on the disk.
func (d *DB) Do(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", errors.Join(err, ignoreDone(tx.Rollback())))
	}
	return nil
}

// Prepare reads a statement once for use in Do by way of tx.StmtContext. It ends with the database.
func (d *DB) Prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	return d.write.PrepareContext(ctx, query)
}

// Read returns the pool for queries outside a transaction.
func (d *DB) Read() *sql.DB { return d.read }

// errProbe undoes the probe.
var errProbe = errors.New("probe")

// Probe finds out whether a submission of about room bytes could be stored now: it writes that much, undoes it, and then
// commits a tiny change, so that a full disk, a quota and a read-only file system all show before anybody is asked
// anything.
func (d *DB) Probe(ctx context.Context, room int) error {
	err := d.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO probe (n, pad) VALUES (0, zeroblob(?))`, room)
		if err != nil {
			return fmt.Errorf("probe room: %w", err)
		}
		return errProbe
	})
	if !errors.Is(err, errProbe) {
		return err
	}
	return d.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO probe (id, n) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1`)
		if err != nil {
			return fmt.Errorf("probe write: %w", err)
		}
		return nil
	})
}

// Truncate folds the journal into the file and empties it, so that what was deleted is in neither.
func (d *DB) Truncate(ctx context.Context) error {
	var busy, log, done int
	if err := d.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &done); err != nil {
		return fmt.Errorf("truncate journal: %w", err)
	}
	return nil
}

// Check asks SQLite whether the file is whole.
func (d *DB) Check(ctx context.Context) error {
	var answer string
	if err := d.read.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&answer); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	if answer != "ok" {
		return fmt.Errorf("check database: %s", answer)
	}
	return nil
}

// Close closes the file.
func (d *DB) Close() error { return errors.Join(d.read.Close(), d.write.Close()) }

// Unwritable reports whether err means that the disk is full, read-only or broken: nothing can be accepted then.
func Unwritable(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Ms is how the file keeps an instant: unix milliseconds.
func Ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMs reads it back.
func FromMs(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
