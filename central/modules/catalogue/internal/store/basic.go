package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// States of the basic list (认领状态).
const (
	BasicOpen    = "open"
	BasicClaimed = "claimed"
)

// Basic is one entry of the basic list (基本目录).
type Basic struct {
	Code, Name, Type, Level string
	State                   string
	Item                    string // made of it
	ClaimedBy               string
	At                      int64
}

const basicColumns = `code, name, type, level, state, item, claimed_by, at`

func (b *Basic) fields() []any {
	return []any{&b.Code, &b.Name, &b.Type, &b.Level, &b.State, &b.Item, &b.ClaimedBy, &b.At}
}

// Basics returns the basic list by code.
func Basics(ctx context.Context, q db.Query) ([]Basic, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+basicColumns+` FROM catalogue_basic ORDER BY code`)
	if err != nil {
		return nil, fmt.Errorf("list basic list: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Basic{}
	for rows.Next() {
		var b Basic
		if err := rows.Scan(b.fields()...); err != nil {
			return nil, fmt.Errorf("read basic list: %w", err)
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// BasicOf returns one entry, or ErrNone.
func BasicOf(ctx context.Context, q db.Query, code string) (Basic, error) {
	var b Basic
	err := q.QueryRowContext(ctx, `SELECT `+basicColumns+` FROM catalogue_basic WHERE code = $1`, code).Scan(b.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return b, ErrNone
	}
	if err != nil {
		return b, fmt.Errorf("load basic list: %w", err)
	}
	return b, nil
}

// PutBasic adds an entry, or renames one; who has claimed it stays.
func PutBasic(ctx context.Context, tx db.Tx, b Basic) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_basic (`+basicColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, type = excluded.type, level = excluded.level`,
		b.Code, b.Name, b.Type, b.Level, b.State, b.Item, b.ClaimedBy, b.At)
	if err != nil {
		return fmt.Errorf("put basic list: %w", err)
	}
	return nil
}

// ClaimBasic gives an open entry to an item, and reports whether it was still open.
func ClaimBasic(ctx context.Context, tx db.Tx, code, item, by string) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE catalogue_basic SET state = 'claimed', item = $2, claimed_by = $3, at = $4 WHERE code = $1 AND state = 'open'`,
		code, item, by, db.Ms(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("claim basic list: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// FreeBasic gives back what an item that never had a version has claimed.
func FreeBasic(ctx context.Context, tx db.Tx, item string) error {
	_, err := tx.ExecContext(ctx, `UPDATE catalogue_basic SET state = 'open', item = '', claimed_by = '' WHERE item = $1
		AND NOT EXISTS (SELECT 1 FROM catalogue_item WHERE code = $1)`, item)
	if err != nil {
		return fmt.Errorf("free basic list: %w", err)
	}
	return nil
}
