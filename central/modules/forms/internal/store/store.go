// Package store is the SQL of the electronic forms (电子表单存储), the only package that names its tables.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// ErrNone means that there is no such row.
var ErrNone = errors.New("no such form")

// Head is a form and which version of it is in force.
type Head struct {
	ID      string
	Title   string
	Version int
	Source  string
	Changed int64 // milliseconds
}

// Version is one published version.
type Version struct {
	ID        string
	Version   int
	Digest    string
	Body      string
	Drawn     bool
	Words     string // JSON list
	ByID      string
	ByName    string
	Published int64
}

// Draft is the one open draft of a form.
type Draft struct {
	ID     string
	Rev    int
	State  string
	Base   int
	Body   string
	Note   string
	ByID   string
	ByName string
	At     int64
}

// Heads returns all forms by id.
func Heads(ctx context.Context, q db.Query) ([]Head, error) {
	return many(ctx, q, "list forms", func(r *sql.Rows, h *Head) error {
		return r.Scan(&h.ID, &h.Title, &h.Version, &h.Source, &h.Changed)
	}, `SELECT id, title, version, source, changed FROM forms_form ORDER BY id`)
}

// Get returns the head of one form, or ErrNone.
func Get(ctx context.Context, q db.Query, id string) (Head, error) {
	var h Head
	err := q.QueryRowContext(ctx, `SELECT id, title, version, source, changed FROM forms_form WHERE id = $1`, id).
		Scan(&h.ID, &h.Title, &h.Version, &h.Source, &h.Changed)
	return h, none("read form", err)
}

// Put keeps a head.
func Put(ctx context.Context, tx db.Tx, h Head) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO forms_form (id, title, version, source, changed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET title = excluded.title, version = excluded.version, source = excluded.source, changed = excluded.changed`,
		h.ID, h.Title, h.Version, h.Source, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	return nil
}

// Remove takes away a form that was never published.
func Remove(ctx context.Context, tx db.Tx, id string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM forms_form WHERE id = $1 AND version = 0`, id); err != nil {
		return fmt.Errorf("remove form: %w", err)
	}
	return nil
}

const versionColumns = `v.id, v.version, v.digest, v.body, v.drawn, v.words, v.by_id, v.by_name, v.published`

func scanVersion(scan func(...any) error, v *Version) error {
	var drawn int
	err := scan(&v.ID, &v.Version, &v.Digest, &v.Body, &drawn, &v.Words, &v.ByID, &v.ByName, &v.Published)
	v.Drawn = drawn != 0
	return err
}

// Current returns the versions in force, by id.
func Current(ctx context.Context, q db.Query) ([]Version, error) {
	return many(ctx, q, "list versions in force", func(r *sql.Rows, v *Version) error { return scanVersion(r.Scan, v) },
		`SELECT `+versionColumns+` FROM forms_form f JOIN forms_version v ON v.id = f.id AND v.version = f.version ORDER BY v.id`)
}

// Versions returns all versions of one form, newest first.
func Versions(ctx context.Context, q db.Query, id string) ([]Version, error) {
	return many(ctx, q, "list versions", func(r *sql.Rows, v *Version) error { return scanVersion(r.Scan, v) },
		`SELECT `+versionColumns+` FROM forms_version v WHERE v.id = $1 ORDER BY v.version DESC`, id)
}

// GetVersion returns one version; 0 is the one in force. ErrNone where there is none.
func GetVersion(ctx context.Context, q db.Query, id string, version int) (Version, error) {
	var v Version
	row := q.QueryRowContext(ctx, `SELECT `+versionColumns+` FROM forms_version v JOIN forms_form f ON f.id = v.id
		WHERE v.id = $1 AND v.version = CASE WHEN $2 = 0 THEN f.version ELSE $2 END`, id, version)
	return v, none("read version", scanVersion(row.Scan, &v))
}

// AddVersion keeps a new version.
func AddVersion(ctx context.Context, tx db.Tx, v Version) error {
	drawn := 0
	if v.Drawn {
		drawn = 1
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO forms_version (id, version, digest, body, drawn, words, by_id, by_name, published)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, v.ID, v.Version, v.Digest, v.Body, drawn, v.Words, v.ByID, v.ByName, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	return nil
}

const draftColumns = `id, rev, state, base, body, note, by_id, by_name, at`

func (d *Draft) into() []any {
	return []any{&d.ID, &d.Rev, &d.State, &d.Base, &d.Body, &d.Note, &d.ByID, &d.ByName, &d.At}
}

// Drafts returns all open drafts.
func Drafts(ctx context.Context, q db.Query) ([]Draft, error) {
	return many(ctx, q, "list drafts", func(r *sql.Rows, d *Draft) error { return r.Scan(d.into()...) },
		`SELECT `+draftColumns+` FROM forms_draft ORDER BY id`)
}

// GetDraft returns the open draft of a form, or ErrNone.
func GetDraft(ctx context.Context, q db.Query, id string) (Draft, error) {
	var d Draft
	return d, none("read draft", q.QueryRowContext(ctx, `SELECT `+draftColumns+` FROM forms_draft WHERE id = $1`, id).Scan(d.into()...))
}

// PutDraft keeps a draft; at is the transaction's time.
func PutDraft(ctx context.Context, tx db.Tx, d Draft) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO forms_draft (id, rev, state, base, body, note, by_id, by_name, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, state = excluded.state, base = excluded.base, body = excluded.body,
		note = excluded.note, by_id = excluded.by_id, by_name = excluded.by_name, at = excluded.at`,
		d.ID, d.Rev, d.State, d.Base, d.Body, d.Note, d.ByID, d.ByName, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

// DropDraft takes a draft away.
func DropDraft(ctx context.Context, tx db.Tx, id string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM forms_draft WHERE id = $1`, id); err != nil {
		return fmt.Errorf("drop draft: %w", err)
	}
	return nil
}

// none turns the database's word for no row into ErrNone.
func none(doing string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

// many reads all rows of a query.
func many[T any](ctx context.Context, q db.Query, doing string, scan func(*sql.Rows, *T) error, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		var t T
		if err := scan(rows, &t); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
