// Package store is the only one that names the tables of supervision (督办数据表).
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/db"
	"tongban/central/modules/supervision"
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

// one reads the only row, or supervision.ErrNoSuchCard.
func one[T any](what string, read func(scanner) (T, error), row scanner) (T, error) {
	t, err := read(row)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return t, supervision.ErrNoSuchCard
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

// number reads one whole number.
func number(ctx context.Context, q db.Query, what, query string, args ...any) (int, error) {
	n, err := one(what, func(s scanner) (n int, err error) { return n, s.Scan(&n) }, q.QueryRowContext(ctx, query, args...))
	return n, err
}

// clauses gathers conditions with their arguments.
type clauses struct {
	parts []string
	args  []any
}

// add adds a condition in which every ? is the next argument.
func (c *clauses) add(condition string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.parts = append(c.parts, condition)
}

// bound adds a condition whose arguments are numbered from the next on.
func (c *clauses) bound(make func(first int) (string, []any)) {
	condition, args := make(len(c.args) + 1)
	c.parts, c.args = append(c.parts, condition), append(c.args, args...)
}

// within adds that a column is one of values.
func (c *clauses) within(column string, values []string) {
	marks := make([]string, len(values))
	for i, v := range values {
		c.args = append(c.args, v)
		marks[i] = fmt.Sprintf("$%d", len(c.args))
	}
	if len(marks) == 0 {
		c.parts = append(c.parts, "1 = 0")
		return
	}
	c.parts = append(c.parts, column+" IN ("+strings.Join(marks, ", ")+")")
}

func (c *clauses) where() string {
	if len(c.parts) == 0 {
		return "1 = 1"
	}
	return strings.Join(c.parts, " AND ")
}

// next is the mark of the next argument.
func (c *clauses) next(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// like makes typed text a pattern that means itself.
func like(typed string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(typed) + "%"
}
