// Package store is the SQL of the one-thing themes (一件事存储), the only package that names their tables.
package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// Head is a theme's version in force (现行版本).
type Head struct {
	Code      string
	Version   int
	Withdrawn bool
	Digest    string
	Body      string // the theme as JSON
}

// Heads returns all themes, withdrawn ones too, by code.
func Heads(ctx context.Context, q db.Query) ([]Head, error) {
	rows, err := q.QueryContext(ctx, `SELECT t.code, t.version, t.withdrawn, v.digest, v.body
		FROM onething_theme t JOIN onething_theme_version v ON v.code = t.code AND v.version = t.version ORDER BY t.code`)
	if err != nil {
		return nil, fmt.Errorf("list themes: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Head
	for rows.Next() {
		var h Head
		if err := rows.Scan(&h.Code, &h.Version, &h.Withdrawn, &h.Digest, &h.Body); err != nil {
			return nil, fmt.Errorf("read theme: %w", err)
		}
		out = append(out, h)
	}
	return out, rows.Err()
}

// Stamp tells whether anything changed since it was last asked, without reading the themes.
func Stamp(ctx context.Context, q db.Query) (string, error) {
	var n, versions, withdrawn int
	err := q.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(version), 0), COALESCE(SUM(withdrawn), 0) FROM onething_theme`).Scan(&n, &versions, &withdrawn)
	if err != nil {
		return "", fmt.Errorf("stamp themes: %w", err)
	}
	return fmt.Sprint(n, "/", versions, "/", withdrawn), nil
}

// Publish keeps a new version and puts it in force.
func Publish(ctx context.Context, tx db.Tx, h Head) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO onething_theme_version (code, version, digest, body, published) VALUES ($1, $2, $3, $4, $5)`,
		h.Code, h.Version, h.Digest, h.Body, db.Ms(tx.Now())); err != nil {
		return fmt.Errorf("insert theme version: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO onething_theme (code, version, withdrawn) VALUES ($1, $2, 0)
		ON CONFLICT (code) DO UPDATE SET version = excluded.version, withdrawn = 0`, h.Code, h.Version); err != nil {
		return fmt.Errorf("put theme in force: %w", err)
	}
	return nil
}

// Withdraw takes a theme from the lists.
func Withdraw(ctx context.Context, tx db.Tx, code string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE onething_theme SET withdrawn = 1 WHERE code = $1`, code); err != nil {
		return fmt.Errorf("withdraw theme: %w", err)
	}
	return nil
}
