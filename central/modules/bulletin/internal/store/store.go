// Package store is the only one that names the table of the bulletin (资讯数据表).
package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/bulletin"
	"tongban/fleet/wire"
)

// Entry is one entry with whether it is shown.
type Entry struct {
	wire.BulletinEntry
	Published bool
}

// List returns the entries, newest first; all, or those that are shown.
func List(ctx context.Context, q db.Query, all bool) ([]Entry, error) {
	rows, err := q.QueryContext(ctx, `SELECT code, kind, title, body, source, on_day, phone, place, hours, published FROM bulletin_entry
		WHERE ($1 = 1 OR published = 1) ORDER BY on_day DESC, code`, db.Int(all))
	if err != nil {
		return nil, fmt.Errorf("list bulletin: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Entry{}
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Code, &e.Kind, &e.Title, &e.Body, &e.Source, &e.On, &e.Phone, &e.Place, &e.Hours, &e.Published); err != nil {
			return nil, fmt.Errorf("list bulletin: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Seq is the number of the last change.
func Seq(ctx context.Context, q db.Query) (n int64, err error) {
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM bulletin_entry`).Scan(&n); err != nil {
		return 0, fmt.Errorf("read bulletin's number: %w", err)
	}
	return n, nil
}

// Put writes an entry, new or changed, and shows it.
func Put(ctx context.Context, tx db.Tx, e wire.BulletinEntry) error {
	n, err := Seq(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bulletin_entry (code, kind, title, body, source, on_day, phone, place, hours, published, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10) ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, title = excluded.title,
		body = excluded.body, source = excluded.source, on_day = excluded.on_day, phone = excluded.phone, place = excluded.place,
		hours = excluded.hours, published = 1, seq = excluded.seq`, e.Code, e.Kind, e.Title, e.Body, e.Source, e.On, e.Phone, e.Place, e.Hours, n+1)
	if err != nil {
		return fmt.Errorf("save entry: %w", err)
	}
	return nil
}

// Withdraw takes an entry from the terminals; it stays on record here.
func Withdraw(ctx context.Context, tx db.Tx, code string) error {
	n, err := Seq(ctx, tx)
	if err != nil {
		return err
	}
	var got string
	err = tx.QueryRowContext(ctx, `UPDATE bulletin_entry SET published = 0, seq = $1 WHERE code = $2 AND published = 1 RETURNING code`, n+1, code).Scan(&got)
	if errors.Is(err, db.ErrNoRows) {
		return bulletin.ErrNone
	}
	if err != nil {
		return fmt.Errorf("withdraw entry: %w", err)
	}
	return nil
}
