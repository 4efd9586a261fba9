package outbox

import (
	"context"
	"database/sql"
	"fmt"

	"tongban/agent/store"
)

// statements are what a submission runs (预编译语句): read once by the database, not while a citizen waits. They end with
// the database.
type statements struct {
	known, count, row, state *sql.Stmt
}

func prepare(ctx context.Context, db *store.DB) (s statements, err error) {
	for _, one := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.known, `SELECT case_no FROM case_state WHERE id = ?`},
		{&s.count, `INSERT INTO counter (name, value) VALUES (?, 1)
			ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`},
		{&s.row, `INSERT INTO outbox (id, lane, seq, kind, case_no, state, made_at, size, files, envelope)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.state, `INSERT INTO case_state (case_no, id, item, state, answer, due, checked, made_at, moved_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`},
	} {
		if *one.to, err = db.Prepare(ctx, one.sql); err != nil {
			return s, fmt.Errorf("prepare outbox: %w", err)
		}
	}
	return s, nil
}
