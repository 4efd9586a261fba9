package store

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

// States of an upload.
const (
	FileOpen = "open" // 上传中
	FileDone = "done" // 已到齐
)

// StartFile notes that a terminal uploads a file; a repeated note changes nothing.
func StartFile(ctx context.Context, tx db.Tx, terminal, digest string, size int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_file (terminal, digest, size, state, started_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (terminal, digest) DO NOTHING`, terminal, digest, size, FileOpen, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("note upload: %w", err)
	}
	return nil
}

// DoneFile notes that a file is whole.
func DoneFile(ctx context.Context, tx db.Tx, terminal, digest string, size int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE fleet_file SET state = $3, size = $4, done_at = $5 WHERE terminal = $1 AND digest = $2`,
		terminal, digest, FileDone, size, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("note finished upload: %w", err)
	}
	return nil
}

// DropFile forgets an upload whose content was wrong.
func DropFile(ctx context.Context, tx db.Tx, terminal, digest string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM fleet_file WHERE terminal = $1 AND digest = $2 AND state = $3`, terminal, digest, FileOpen)
	if err != nil {
		return fmt.Errorf("forget upload: %w", err)
	}
	return nil
}

// Uploaded returns how many bytes a terminal has announced since, without the file digest itself, and the size under
// which that file was announced, 0 when it was not.
func Uploaded(ctx context.Context, q db.Query, terminal, digest string, since time.Time) (others, announced int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT CAST(coalesce(sum(CASE WHEN digest <> $2 THEN size ELSE 0 END), 0) AS BIGINT),
		coalesce(max(CASE WHEN digest = $2 THEN size ELSE 0 END), 0)
		FROM fleet_file WHERE terminal = $1 AND (started_at >= $3 OR digest = $2)`, terminal, digest, db.Ms(since)).Scan(&others, &announced)
	if err != nil {
		return 0, 0, fmt.Errorf("count uploads: %w", err)
	}
	return others, announced, nil
}
