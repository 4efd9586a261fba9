package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// openSQLite opens path twice: one connection that writes, and several that
// can only read. SYNCHRONOUS=FULL makes an acknowledged commit survive a power
// cut; the case data is worth the fsync.
func (d *DB) openSQLite(ctx context.Context, path string) error {
	d.dialect = SQLite
	if path == "" {
		return errors.New("sqlite: file path is missing")
	}
	if err := touch(path); err != nil {
		return err
	}

	common := []string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(2)"}
	write := dsn(path, "immediate", append(common, "journal_mode(WAL)", "synchronous(FULL)")...)
	read := dsn(path, "deferred", append(common, "query_only(1)")...)

	var err error
	if d.write, err = sql.Open("sqlite", write); err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	d.write.SetMaxOpenConns(1)
	d.write.SetMaxIdleConns(1)
	if err := d.write.PingContext(ctx); err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}

	for _, pool := range []struct {
		of    **sql.DB
		conns int
	}{{&d.read, d.opts.Readers}, {&d.inner, inner}} {
		reader, err := sql.Open("sqlite", read)
		if err != nil {
			return fmt.Errorf("open sqlite: %w", err)
		}
		*pool.of = reader
		reader.SetMaxOpenConns(pool.conns)
		reader.SetMaxIdleConns(pool.conns)
		if err := reader.PingContext(ctx); err != nil {
			return fmt.Errorf("open sqlite: %w", err)
		}
	}
	return nil
}

// touch creates the file for its owner alone; SQLite gives the journal files
// beside it the same mode.
func touch(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make database folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // #nosec G304 -- the operator names the database file
	if err != nil {
		return fmt.Errorf("make database file: %w", err)
	}
	return f.Close()
}

func dsn(path, lock string, pragmas ...string) string {
	q := url.Values{"_txlock": {lock}, "_time_format": {"sqlite"}, "_dqs": {"0"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}
