package store

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
)

// Operation is one adjustment of an item (动态调整).
type Operation struct {
	ID, Code     string
	Kind         catalogue.Operation
	Reason       string
	Effective    int64
	At           int64
	ByID, ByName string
	Running      int
}

// Operations returns the adjustments of one item, or of all where code is "", in the order in which they count: by the day from
// which they do, then by when they were made.
func Operations(ctx context.Context, q db.Query, code string) ([]Operation, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, code, kind, reason, effective, at, by_id, by_name, running FROM catalogue_operation
		WHERE $1 = '' OR code = $1 ORDER BY effective, at, id`, code)
	if err != nil {
		return nil, fmt.Errorf("list operations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Operation{}
	for rows.Next() {
		var o Operation
		if err := rows.Scan(&o.ID, &o.Code, &o.Kind, &o.Reason, &o.Effective, &o.At, &o.ByID, &o.ByName, &o.Running); err != nil {
			return nil, fmt.Errorf("read operation: %w", err)
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

// AddOperation keeps one.
func AddOperation(ctx context.Context, tx db.Tx, o Operation) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_operation (id, code, kind, reason, effective, at, by_id, by_name, running)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, o.ID, o.Code, o.Kind, o.Reason, o.Effective, o.At, o.ByID, o.ByName, o.Running)
	if err != nil {
		return fmt.Errorf("insert operation: %w", err)
	}
	return Touch(ctx, tx)
}

// Lineage is one line from an item to its successor (沿革).
type Lineage struct {
	ID       string
	Kind     catalogue.Operation
	From, To string
	Reason   string
	Wanted   int64
	At       int64
	Done     int64
}

// Lineages returns the lines from and to an item, oldest first.
func Lineages(ctx context.Context, q db.Query, code string) ([]Lineage, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, from_code, to_code, reason, wanted, at, done FROM catalogue_lineage
		WHERE from_code = $1 OR to_code = $1 ORDER BY at, id`, code)
	if err != nil {
		return nil, fmt.Errorf("list lineage: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Lineage{}
	for rows.Next() {
		var l Lineage
		if err := rows.Scan(&l.ID, &l.Kind, &l.From, &l.To, &l.Reason, &l.Wanted, &l.At, &l.Done); err != nil {
			return nil, fmt.Errorf("read lineage: %w", err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// AddLineage keeps one line.
func AddLineage(ctx context.Context, tx db.Tx, l Lineage) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO catalogue_lineage (id, kind, from_code, to_code, reason, wanted, at, done)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, l.ID, l.Kind, l.From, l.To, l.Reason, l.Wanted, l.At, l.Done)
	if err != nil {
		return fmt.Errorf("insert lineage: %w", err)
	}
	return nil
}

// EndLineage notes when an item ended in favour of its successors.
func EndLineage(ctx context.Context, tx db.Tx, from string, done int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE catalogue_lineage SET done = $2 WHERE from_code = $1 AND done = 0`, from, done); err != nil {
		return fmt.Errorf("end lineage: %w", err)
	}
	return nil
}

// DropLineage forgets the plan for a successor whose draft was given up.
func DropLineage(ctx context.Context, tx db.Tx, to string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM catalogue_lineage WHERE to_code = $1 AND done = 0`, to); err != nil {
		return fmt.Errorf("drop lineage: %w", err)
	}
	return nil
}
