// Package store is the SQL of issuing, ratings and the archive (发证、评价、归档存储), the only package that names their tables.
// Personal data comes and goes sealed.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/issuing"
)

// columns say where a row belongs.
var columns = actor.Columns{Region: "region", Department: "department", Handler: "handler"}

func many[T any](ctx context.Context, q db.Query, what string, fields func(*T) []any, query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []T{}
	for rows.Next() {
		var t T
		if err := rows.Scan(fields(&t)...); err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// one is issuing.ErrNone where there is no row.
func one(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return issuing.ErrNone
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// changed makes a write that met no row the answer that somebody was faster.
func changed(what string, r sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = issuing.ErrChanged
	}
	return err
}

func marks(first, n int) string {
	parts := make([]string, n)
	for i := range n {
		parts[i] = fmt.Sprintf("$%d", first+i)
	}
	return strings.Join(parts, ", ")
}

func names(columns string, first int) string {
	parts := strings.Split(columns, ", ")
	for i, c := range parts {
		parts[i] = fmt.Sprintf("%s = $%d", c, first+i)
	}
	return strings.Join(parts, ", ")
}

// NextNumber takes the next number of a sequence.
func NextNumber(ctx context.Context, tx db.Tx, name string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO issuing_counter (name, n) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET n = issuing_counter.n + 1 RETURNING n`, name).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("take number: %w", err)
	}
	return n, nil
}

// Cursor is how far a feed has been read.
func Cursor(ctx context.Context, q db.Query, name string) (seq int64, err error) {
	if err = q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM issuing_cursor WHERE name = $1`, name).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read cursor: %w", err)
	}
	return seq, nil
}

// SetCursor moves it on.
func SetCursor(ctx context.Context, tx db.Tx, name string, seq int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO issuing_cursor (name, seq) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq`, name, seq)
	if err != nil {
		return fmt.Errorf("move cursor: %w", err)
	}
	return nil
}

// Tries is how often somebody typed a wrong code since an instant.
func Tries(ctx context.Context, q db.Query, who string, since int64) (n int, err error) {
	if err = q.QueryRowContext(ctx, `SELECT coalesce(max(n), 0) FROM issuing_try WHERE who = $1 AND at >= $2`, who, since).Scan(&n); err != nil {
		return 0, fmt.Errorf("count tries: %w", err)
	}
	return n, nil
}

// Try counts one more wrong code; those before an instant are forgotten.
func Try(ctx context.Context, tx db.Tx, who string, now, since int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO issuing_try (who, n, at) VALUES ($1, 1, $2)
		ON CONFLICT (who) DO UPDATE SET n = CASE WHEN issuing_try.at < $3 THEN 1 ELSE issuing_try.n + 1 END, at = excluded.at`, who, now, since)
	if err != nil {
		return fmt.Errorf("count try: %w", err)
	}
	return nil
}
