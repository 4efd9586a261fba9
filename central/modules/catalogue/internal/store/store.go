// Package store is the SQL of the item catalogue (事项目录存储), the only package that names its tables.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"tongban/central/kernel/db"
)

// Who made a version (版本来源).
const (
	FromSeed  = "seed"  // the files that the product ships
	FromDraft = "draft" // people
)

// Head is the newest version of an item; it may not be in force yet.
type Head struct {
	Code      string
	Version   int
	Digest    string // of that version's content
	Origin    string
	Effective int64
	Withdrawn bool // gone from the seed
}

// Row is one kept version.
type Row struct {
	Code      string
	Version   int
	Digest    string
	Body      string // the entry as JSON
	Published int64  // milliseconds
	Effective int64  // in force from then on, until the next one is
	Origin    string
	ByName    string
	Note      string
}

const rowColumns = `v.code, v.version, v.digest, v.body, v.published, v.effective, v.origin, v.by_name, v.note`

func (r *Row) fields() []any {
	return []any{&r.Code, &r.Version, &r.Digest, &r.Body, &r.Published, &r.Effective, &r.Origin, &r.ByName, &r.Note}
}

// ErrNone means that there is no such row.
var ErrNone = errors.New("no such item version")

// Heads returns all items, withdrawn ones too, by code.
func Heads(ctx context.Context, q db.Query) ([]Head, error) {
	rows, err := q.QueryContext(ctx, `SELECT i.code, i.version, v.digest, v.origin, v.effective, i.withdrawn
		FROM catalogue_item i JOIN catalogue_item_version v ON v.code = i.code AND v.version = i.version
		ORDER BY i.code`)
	if err != nil {
		return nil, fmt.Errorf("list items: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var heads []Head
	for rows.Next() {
		var h Head
		if err := rows.Scan(&h.Code, &h.Version, &h.Digest, &h.Origin, &h.Effective, &h.Withdrawn); err != nil {
			return nil, fmt.Errorf("read item: %w", err)
		}
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

// HeadOf returns the newest version of one item, or ErrNone.
func HeadOf(ctx context.Context, q db.Query, code string) (Head, error) {
	var h Head
	err := q.QueryRowContext(ctx, `SELECT i.code, i.version, v.digest, v.origin, v.effective, i.withdrawn
		FROM catalogue_item i JOIN catalogue_item_version v ON v.code = i.code AND v.version = i.version
		WHERE i.code = $1`, code).Scan(&h.Code, &h.Version, &h.Digest, &h.Origin, &h.Effective, &h.Withdrawn)
	if errors.Is(err, sql.ErrNoRows) {
		return h, ErrNone
	}
	if err != nil {
		return h, fmt.Errorf("read item: %w", err)
	}
	return h, nil
}

// InForce returns the versions in force at an instant of all items that are not withdrawn, by code.
func InForce(ctx context.Context, q db.Query, at int64) ([]Row, error) {
	return list(ctx, q, `SELECT `+rowColumns+`
		FROM catalogue_item i JOIN catalogue_item_version v ON v.code = i.code
		WHERE i.withdrawn = 0 AND v.version = (SELECT max(w.version) FROM catalogue_item_version w WHERE w.code = i.code AND w.effective <= $1)
		ORDER BY v.code`, at)
}

// Newest returns the newest version of every item, in force or not, by code.
func Newest(ctx context.Context, q db.Query) ([]Row, error) {
	return list(ctx, q, `SELECT `+rowColumns+`
		FROM catalogue_item i JOIN catalogue_item_version v ON v.code = i.code AND v.version = i.version
		WHERE i.withdrawn = 0 ORDER BY v.code`)
}

// Versions returns all versions of an item, newest first.
func Versions(ctx context.Context, q db.Query, code string) ([]Row, error) {
	return list(ctx, q, `SELECT `+rowColumns+` FROM catalogue_item_version v WHERE v.code = $1 ORDER BY v.version DESC`, code)
}

func list(ctx context.Context, q db.Query, query string, args ...any) ([]Row, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list versions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Row{}
	for rows.Next() {
		var r Row
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, fmt.Errorf("read version: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Get returns one version; 0 is the one in force at an instant, or the newest where none is yet. ErrNone where there is none.
func Get(ctx context.Context, q db.Query, code string, version int, at int64) (Row, error) {
	var r Row
	err := q.QueryRowContext(ctx, `SELECT `+rowColumns+` FROM catalogue_item_version v
		WHERE v.code = $1 AND v.version = CASE WHEN $2 = 0
			THEN (SELECT max(w.version) FROM catalogue_item_version w WHERE w.code = $1 AND w.effective <= $3) ELSE $2 END`,
		code, version, at).Scan(r.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, ErrNone
	}
	if err != nil {
		return Row{}, fmt.Errorf("read version: %w", err)
	}
	return r, nil
}

// Publish keeps a new version.
func Publish(ctx context.Context, tx db.Tx, r Row) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_item_version (code, version, digest, body, published, effective, origin, by_name, note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, r.Code, r.Version, r.Digest, r.Body, r.Published, r.Effective, r.Origin, r.ByName, r.Note)
	if err != nil {
		return fmt.Errorf("insert version: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO catalogue_item (code, version, withdrawn, changed) VALUES ($1, $2, 0, $3)
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, withdrawn = 0, changed = excluded.changed`,
		r.Code, r.Version, r.Published)
	if err != nil {
		return fmt.Errorf("put version in place: %w", err)
	}
	return Touch(ctx, tx)
}

// Withdraw takes an item from the lists, or puts it back.
func Withdraw(ctx context.Context, tx db.Tx, code string, withdrawn bool) error {
	flag := 0
	if withdrawn {
		flag = 1
	}
	_, err := tx.ExecContext(ctx, `UPDATE catalogue_item SET withdrawn = $2, changed = $3 WHERE code = $1`, code, flag, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("withdraw item: %w", err)
	}
	return Touch(ctx, tx)
}

// Revision is a number that goes up with everything that may change what is shown.
func Revision(ctx context.Context, q db.Query) (n int64, err error) {
	if err := q.QueryRowContext(ctx, `SELECT n FROM catalogue_revision WHERE id = 1`).Scan(&n); err != nil {
		return 0, fmt.Errorf("read revision: %w", err)
	}
	return n, nil
}

// Touch puts the revision up.
func Touch(ctx context.Context, tx db.Tx) error {
	if _, err := tx.ExecContext(ctx, `UPDATE catalogue_revision SET n = n + 1 WHERE id = 1`); err != nil {
		return fmt.Errorf("put revision up: %w", err)
	}
	return nil
}

// Bounds returns since when and until when what is in force at an instant does not change by itself: the days on which
// versions and operations begin.
func Bounds(ctx context.Context, q db.Query, at int64) (from, until int64, err error) {
	var a, b sql.NullInt64
	err = q.QueryRowContext(ctx, `SELECT
		(SELECT max(e) FROM (SELECT max(effective) AS e FROM catalogue_item_version WHERE effective <= $1
			UNION ALL SELECT max(effective) FROM catalogue_operation WHERE effective <= $1) AS past),
		(SELECT min(e) FROM (SELECT min(effective) AS e FROM catalogue_item_version WHERE effective > $1
			UNION ALL SELECT min(effective) FROM catalogue_operation WHERE effective > $1) AS coming)`, at).Scan(&a, &b)
	if err != nil {
		return 0, 0, fmt.Errorf("read days of change: %w", err)
	}
	if !b.Valid {
		b.Int64 = math.MaxInt64
	}
	return a.Int64, b.Int64, nil
}
