// Package store is the only one that names the tables of the bulletin (资讯数据表).
package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/bulletin"
	"tongban/fleet/wire"
)

// Entry is one entry with how far it is.
type Entry struct {
	wire.BulletinEntry
	Published bool
	Draft     bool  // never shown yet
	Seq       int64 // of its last change
}

// own is where an entry is: what a copy of the program from before columns wrote is in the column of its kind.
const own = `CASE WHEN col = '' THEN kind ELSE col END`

const fields = `code, kind, ` + own + `, title, body, source, on_day, until_day, phone, place, hours, published, draft, seq`

func (e *Entry) scan(scan func(...any) error) error {
	return scan(&e.Code, &e.Kind, &e.Column, &e.Title, &e.Body, &e.Source, &e.On, &e.Until, &e.Phone, &e.Place, &e.Hours, &e.Published, &e.Draft, &e.Seq)
}

// List returns the entries, newest first; all, or those that are published.
func List(ctx context.Context, q db.Query, all bool) ([]Entry, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+fields+` FROM bulletin_entry WHERE ($1 = 1 OR published = 1) ORDER BY on_day DESC, code`, db.Int(all))
	if err != nil {
		return nil, fmt.Errorf("list bulletin: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Entry{}
	for rows.Next() {
		var e Entry
		if err := e.scan(rows.Scan); err != nil {
			return nil, fmt.Errorf("list bulletin: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// Find returns one entry.
func Find(ctx context.Context, q db.Query, code string) (e Entry, err error) {
	err = e.scan(q.QueryRowContext(ctx, `SELECT `+fields+` FROM bulletin_entry WHERE code = $1`, code).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return Entry{}, bulletin.ErrNone
	}
	if err != nil {
		return Entry{}, fmt.Errorf("find entry: %w", err)
	}
	return e, nil
}

// Seq is the number of the last change to entries and columns.
func Seq(ctx context.Context, q db.Query) (n int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM (SELECT seq FROM bulletin_entry UNION ALL SELECT seq FROM bulletin_column) every`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("read bulletin's number: %w", err)
	}
	return n, nil
}

// Put writes an entry whole, new or changed; its number becomes the next one.
func Put(ctx context.Context, tx db.Tx, e Entry) error {
	n, err := Seq(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO bulletin_entry (code, kind, col, title, body, source, on_day, until_day, phone, place, hours, published, draft, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, col = excluded.col,
		title = excluded.title, body = excluded.body, source = excluded.source, on_day = excluded.on_day, until_day = excluded.until_day,
		phone = excluded.phone, place = excluded.place, hours = excluded.hours, published = excluded.published, draft = excluded.draft, seq = excluded.seq`,
		e.Code, e.Kind, e.Column, e.Title, e.Body, e.Source, e.On, e.Until, e.Phone, e.Place, e.Hours, db.Int(e.Published), db.Int(e.Draft), n+1)
	if err != nil {
		return fmt.Errorf("save entry: %w", err)
	}
	return nil
}
