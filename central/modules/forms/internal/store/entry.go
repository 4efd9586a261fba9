package store

import (
	"context"
	"database/sql"
	"fmt"

	"tongban/central/kernel/db"
)

// Entry is a half-filled form, sealed (填写草稿).
type Entry struct {
	ID      string
	Owner   string
	Form    string
	Version int
	Body    string // sealed
	At      int64
}

// GetEntry returns one, or ErrNone.
func GetEntry(ctx context.Context, q db.Query, id string) (Entry, error) {
	var e Entry
	err := q.QueryRowContext(ctx, `SELECT id, owner, form, version, body_sealed, at FROM forms_entry_draft WHERE id = $1`, id).
		Scan(&e.ID, &e.Owner, &e.Form, &e.Version, &e.Body, &e.At)
	return e, none("read entry", err)
}

// PutEntry keeps one.
func PutEntry(ctx context.Context, tx db.Tx, e Entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO forms_entry_draft (id, owner, form, version, body_sealed, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (id) DO UPDATE SET version = excluded.version, body_sealed = excluded.body_sealed, at = excluded.at`,
		e.ID, e.Owner, e.Form, e.Version, e.Body, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("keep entry: %w", err)
	}
	return nil
}

// DropEntries takes entries away and says how many there were.
func DropEntries(ctx context.Context, tx db.Tx, ids ...string) (int, error) {
	n := 0
	for _, id := range ids {
		res, err := tx.ExecContext(ctx, `DELETE FROM forms_entry_draft WHERE id = $1`, id)
		if err != nil {
			return n, fmt.Errorf("drop entry: %w", err)
		}
		if rows, err := res.RowsAffected(); err == nil {
			n += int(rows)
		}
	}
	return n, nil
}

// OldEntries lists ids of entries last touched before an instant, ascending, beginning after an id.
func OldEntries(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return many(ctx, q, "list old entries", func(r *sql.Rows, id *string) error { return r.Scan(id) },
		`SELECT id FROM forms_entry_draft WHERE at < $1 AND id > $2 ORDER BY id LIMIT $3`, before, after, limit)
}
