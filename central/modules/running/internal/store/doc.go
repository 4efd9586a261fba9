// Package store is the only one that names the tables of running (运行管理数据表).
package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/running"
)

// scanner is *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

// all reads every row of a query with read.
func all[T any](ctx context.Context, q db.Query, what string, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	defer func() { _ = rows.Close() }()
	out := []T{}
	for rows.Next() {
		t, err := read(rows)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", what, err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list %s: %w", what, err)
	}
	return out, nil
}

// one reads the only row, or running.ErrNoSuch.
func one[T any](what string, read func(scanner) (T, error), row scanner) (T, error) {
	t, err := read(row)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return t, running.ErrNoSuch
	case err != nil:
		return t, fmt.Errorf("load %s: %w", what, err)
	}
	return t, nil
}

func exec(ctx context.Context, tx db.Tx, what, statement string, args ...any) error {
	if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
