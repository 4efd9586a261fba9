// Package store is the SQL of the item catalogue (事项目录存储), the only package that names its tables.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// Head is which version of an item is in force (现行版本).
type Head struct {
	Code      string
	Version   int
	Digest    string // of that version's content
	Withdrawn bool
}

// Row is one kept version.
type Row struct {
	Code      string
	Version   int
	Digest    string
	Body      string // the item as JSON
	Published int64  // milliseconds
}

// ErrNone means that there is no such row.
var ErrNone = errors.New("no such item version")

// Heads returns all items, withdrawn ones too, by code.
func Heads(ctx context.Context, q db.Query) ([]Head, error) {
	rows, err := q.QueryContext(ctx, `SELECT i.code, i.version, v.digest, i.withdrawn
		FROM catalogue_item i JOIN catalogue_item_version v ON v.code = i.code AND v.version = i.version
		ORDER BY i.code`)
	if err != nil {
		return nil, fmt.Errorf("list items: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var heads []Head
	for rows.Next() {
		var h Head
		if err := rows.Scan(&h.Code, &h.Version, &h.Digest, &h.Withdrawn); err != nil {
			return nil, fmt.Errorf("read item: %w", err)
		}
		heads = append(heads, h)
	}
	return heads, rows.Err()
}

// Current returns the versions in force of all items that are not withdrawn, by code.
func Current(ctx context.Context, q db.Query) ([]Row, error) {
	rows, err := q.QueryContext(ctx, `SELECT v.code, v.version, v.digest, v.body, v.published
		FROM catalogue_item i JOIN catalogue_item_version v ON v.code = i.code AND v.version = i.version
		WHERE i.withdrawn = 0 ORDER BY i.code`)
	if err != nil {
		return nil, fmt.Errorf("list current versions: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Row
	for rows.Next() {
		var r Row
		if err := rows.Scan(&r.Code, &r.Version, &r.Digest, &r.Body, &r.Published); err != nil {
			return nil, fmt.Errorf("read version: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Get returns one version; 0 is the current one. ErrNone where there is none.
func Get(ctx context.Context, q db.Query, code string, version int) (Row, error) {
	var r Row
	err := q.QueryRowContext(ctx, `SELECT v.code, v.version, v.digest, v.body, v.published
		FROM catalogue_item_version v JOIN catalogue_item i ON i.code = v.code
		WHERE v.code = $1 AND v.version = CASE WHEN $2 = 0 THEN i.version ELSE $2 END`, code, version).
		Scan(&r.Code, &r.Version, &r.Digest, &r.Body, &r.Published)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, ErrNone
	}
	if err != nil {
		return Row{}, fmt.Errorf("read version: %w", err)
	}
	return r, nil
}

// Publish keeps a new version and puts it in force.
func Publish(ctx context.Context, tx db.Tx, r Row) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_item_version (code, version, digest, body, published)
		VALUES ($1, $2, $3, $4, $5)`, r.Code, r.Version, r.Digest, r.Body, r.Published)
	if err != nil {
		return fmt.Errorf("insert version: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO catalogue_item (code, version, withdrawn, changed) VALUES ($1, $2, 0, $3)
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, withdrawn = 0, changed = excluded.changed`,
		r.Code, r.Version, r.Published)
	if err != nil {
		return fmt.Errorf("put version in force: %w", err)
	}
	return nil
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
	return nil
}
