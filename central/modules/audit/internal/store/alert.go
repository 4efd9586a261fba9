package store

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/modules/audit"
)

// Raise opens an alert, or notes that the open one of the same thing goes on; fresh says which. An alert that knows how
// often it happened (Times) keeps the most, another counts up. What was closed after quiet is not opened again: the same
// records were looked at.
func Raise(ctx context.Context, tx db.Tx, a audit.Alert, quiet time.Time) (fresh bool, err error) {
	res, err := tx.ExecContext(ctx, `UPDATE audit_alert SET last = $1, said = $2,
		times = CASE WHEN $5 = 0 THEN times + 1 WHEN times > $5 THEN times ELSE $5 END WHERE kind = $3 AND object = $4 AND closed = 0`,
		db.Ms(a.Last), a.Text, a.Kind, a.Object, a.Times)
	if err != nil {
		return false, fmt.Errorf("count alert up: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return false, err
	}
	var closed int
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM audit_alert WHERE kind = $1 AND object = $2 AND closed > $3`, a.Kind, a.Object, db.Ms(quiet)).Scan(&closed)
	if err != nil || closed > 0 && !quiet.IsZero() {
		return false, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit_alert (id, kind, object, said, first, last, times, closed, closed_by, note)
		VALUES ($1, $2, $3, $4, $5, $5, $6, 0, '', '')`, a.ID, a.Kind, a.Object, a.Text, db.Ms(a.Last), max(a.Times, 1))
	if err != nil {
		return false, fmt.Errorf("open alert: %w", err)
	}
	return true, nil
}

// Close notes what was done about an open alert; false when there is none.
func Close(ctx context.Context, tx db.Tx, id, by, note string) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE audit_alert SET closed = $1, closed_by = $2, note = $3 WHERE id = $4 AND closed = 0`, db.Ms(tx.Now()), by, note, id)
	if err != nil {
		return false, fmt.Errorf("close alert: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Alerts returns the newest alerts, open ones first.
func Alerts(ctx context.Context, q db.Query, limit int) ([]audit.Alert, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, object, said, first, last, times, closed, closed_by, note FROM audit_alert
		ORDER BY CASE WHEN closed = 0 THEN 0 ELSE 1 END, last DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list alerts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []audit.Alert{}
	for rows.Next() {
		var a audit.Alert
		var first, last, closed int64
		if err := rows.Scan(&a.ID, &a.Kind, &a.Object, &a.Text, &first, &last, &a.Times, &closed, &a.ClosedBy, &a.Note); err != nil {
			return nil, fmt.Errorf("read alert: %w", err)
		}
		a.First, a.Last, a.ClosedAt = db.FromMs(first), db.FromMs(last), db.FromMs(closed)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Open counts the open alerts by kind.
func Open(ctx context.Context, q db.Query) (map[string]int, error) {
	rows, err := q.QueryContext(ctx, `SELECT kind, count(*) FROM audit_alert WHERE closed = 0 GROUP BY kind`)
	if err != nil {
		return nil, fmt.Errorf("count alerts: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := map[string]int{}
	for rows.Next() {
		var kind string
		var n int
		if err := rows.Scan(&kind, &n); err != nil {
			return nil, fmt.Errorf("count alerts: %w", err)
		}
		out[kind] = n
	}
	return out, rows.Err()
}
