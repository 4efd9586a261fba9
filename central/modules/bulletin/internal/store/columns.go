package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/fleet/wire"
)

// Column is one column (栏目) with its place and whether it is shown.
type Column struct {
	wire.BulletinColumn
	Place int // small first
	On    bool
}

// Columns returns all columns in their order.
func Columns(ctx context.Context, q db.Query) ([]Column, error) {
	rows, err := q.QueryContext(ctx, `SELECT code, name, kind, place, is_on FROM bulletin_column ORDER BY place, code`)
	if err != nil {
		return nil, fmt.Errorf("list columns: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Column{}
	for rows.Next() {
		var c Column
		if err := rows.Scan(&c.Code, &c.Name, &c.Kind, &c.Place, &c.On); err != nil {
			return nil, fmt.Errorf("list columns: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// PutColumn makes or changes one; its number becomes the next one.
func PutColumn(ctx context.Context, tx db.Tx, c Column) error {
	n, err := Seq(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bulletin_column (code, name, kind, place, is_on, seq) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, place = excluded.place, is_on = excluded.is_on, seq = excluded.seq`,
		c.Code, c.Name, c.Kind, c.Place, db.Int(c.On), n+1)
	if err != nil {
		return fmt.Errorf("save column: %w", err)
	}
	return nil
}
