package db

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// forDialect reads the SQL files that belong to dialect and returns them as
// goose is to see them: flat, and with BYTEA for BLOB on PostgreSQL.
func forDialect(source fs.FS, dialect Dialect) (fs.FS, error) {
	dir := "."
	names, err := fs.Glob(source, "*.sql")
	if err == nil && len(names) == 0 {
		dir = "migrations"
		names, err = fs.Glob(source, "migrations/*.sql")
	}
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}

	out := sqlFS{}
	for _, name := range names {
		base := path.Base(name)
		if d, special := dialectOf(base); special && d != dialect {
			continue
		}
		text, err := fs.ReadFile(source, path.Join(dir, base))
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		if dialect == Postgres {
			text = blobWord.ReplaceAll(text, []byte("BYTEA"))
		}
		out[base] = text
	}
	return out, nil
}

var blobWord = regexp.MustCompile(`\bBLOB\b`)

// dialectOf reads the second suffix of "0002_guard.sqlite.sql".
func dialectOf(base string) (d Dialect, special bool) {
	stem := strings.TrimSuffix(base, ".sql")
	for _, d := range []Dialect{SQLite, Postgres} {
		if strings.HasSuffix(stem, "."+string(d)) {
			return d, true
		}
	}
	return "", false
}

// sqlFS is a flat, read-only file system in memory.
type sqlFS map[string][]byte

// Open implements fs.FS.
func (s sqlFS) Open(name string) (fs.File, error) {
	if name == "." {
		return &sqlDir{s: s}, nil
	}
	text, ok := s[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &sqlFile{info: sqlInfo{name, int64(len(text))}, Reader: bytes.NewReader(text)}, nil
}
