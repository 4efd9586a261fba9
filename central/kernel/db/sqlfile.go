package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// steps reads the SQL files that belong to dialect, with BYTEA for BLOB on PostgreSQL, as what goose is to run. goose would read
// them itself, and takes a megabyte of memory for each one again at every start.
func steps(source fs.FS, dialect Dialect) ([]*goose.Migration, error) {
	names, err := fs.Glob(source, "*.sql")
	if err == nil && len(names) == 0 {
		names, err = fs.Glob(source, "migrations/*.sql")
	}
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var out []*goose.Migration
	for _, name := range names {
		base := path.Base(name)
		if d, special := dialectOf(base); special && d != dialect {
			continue
		}
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, fmt.Errorf("read migration: %w", err)
		}
		if dialect == Postgres {
			text = blobWord.ReplaceAll(text, []byte("BYTEA"))
		}
		number, _, _ := strings.Cut(base, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil || version < 1 {
			return nil, fmt.Errorf("migration %s: its name does not begin with its version, as in 0001_init.sql", base)
		}
		statements, err := split(string(text))
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", base, err)
		}
		out = append(out, goose.NewGoMigration(version, &goose.GoFunc{RunTx: run(base, statements)}, nil))
	}
	slices.SortFunc(out, func(a, b *goose.Migration) int { return cmp.Compare(a.Version, b.Version) })
	return out, nil
}

func run(name string, statements []string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return fmt.Errorf("%s: %.60q: %w", name, s, err)
			}
		}
		return nil
	}
}

// split takes the part of a goose file between its marks "Up" and "Down" apart into statements: each ends with a line that ends in
// a semicolon; what stands between the marks "StatementBegin" and "StatementEnd" is one.
func split(text string) (statements []string, err error) {
	var b strings.Builder
	up, whole := false, false
	end := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			statements = append(statements, s)
		}
		b.Reset()
	}
	for line := range strings.Lines(text) {
		code := strings.TrimSpace(line)
		mark, marked := strings.CutPrefix(code, "-- +goose ")
		switch {
		case marked && mark == "Up":
			up = true
		case marked && mark == "Down":
			up = false
		case !up:
			if code != "" && !strings.HasPrefix(code, "--") && !marked && statements == nil {
				return nil, errors.New(`a statement stands before the mark "-- +goose Up"`)
			}
		case marked && mark == "StatementBegin" && !whole:
			whole = true
		case marked && mark == "StatementEnd" && whole:
			whole = false
			end()
		case marked:
			return nil, fmt.Errorf("the mark %q is not known here", mark)
		case whole:
			b.WriteString(line)
		case strings.HasPrefix(code, "--"):
		default:
			b.WriteString(line)
			code, _, _ = strings.Cut(code, " --")
			if strings.HasSuffix(strings.TrimSpace(code), ";") {
				end()
			}
		}
		if !up && (whole || strings.TrimSpace(b.String()) != "") {
			return nil, errors.New("a statement has no end before the mark Down")
		}
	}
	if whole || strings.TrimSpace(b.String()) != "" {
		return nil, errors.New("the last statement has no end: a semicolon at the end of its line, or StatementEnd")
	}
	return statements, nil
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
