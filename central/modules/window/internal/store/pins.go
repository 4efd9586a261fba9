package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
)

// Pin is one quick entry of a person (直接进入).
type Pin struct {
	Path  string
	Label string
}

// Pins returns a person's quick entries in their order, and whether they ever kept any: an empty list may be meant.
func Pins(ctx context.Context, q db.Query, account string) (out []Pin, kept bool, err error) {
	var n int
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM window_pinner WHERE account = $1`, account).Scan(&n); err != nil {
		return nil, false, fmt.Errorf("look whether pins are kept: %w", err)
	}
	rows, err := q.QueryContext(ctx, `SELECT path, label FROM window_pin WHERE account = $1 ORDER BY place`, account)
	if err != nil {
		return nil, false, fmt.Errorf("list pins: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	for rows.Next() {
		var p Pin
		if err := rows.Scan(&p.Path, &p.Label); err != nil {
			return nil, false, fmt.Errorf("read pin: %w", err)
		}
		out = append(out, p)
	}
	return out, n > 0, rows.Err()
}

// PutPins replaces them.
func PutPins(ctx context.Context, tx db.Tx, account string, pins []Pin) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM window_pin WHERE account = $1`, account); err != nil {
		return fmt.Errorf("clear pins: %w", err)
	}
	for i, p := range pins {
		if _, err := tx.ExecContext(ctx, `INSERT INTO window_pin (account, place, path, label) VALUES ($1, $2, $3, $4)`, account, i, p.Path, p.Label); err != nil {
			return fmt.Errorf("keep pin: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO window_pinner (account, kept_at) VALUES ($1, $2)
		ON CONFLICT (account) DO UPDATE SET kept_at = excluded.kept_at`, account, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep when pins were kept: %w", err)
	}
	return nil
}
