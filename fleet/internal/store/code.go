package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

// EnrolCode is the record of a one-time code.
type EnrolCode struct {
	Hash      string // hex SHA-256 of the code; the code itself is nowhere
	Terminal  string
	CreatedBy string
	ExpiresAt time.Time
	UsedAt    time.Time // zero while unused
	UsedKey   string    // hex SHA-256 of the key that used it
	Epoch     int       // that it led to
}

// AddCode keeps a code and ends earlier ones of the same terminal that were not used: one valid code at a time.
func AddCode(ctx context.Context, tx db.Tx, c EnrolCode) error {
	now := db.Ms(tx.Now())
	_, err := tx.ExecContext(ctx, `UPDATE fleet_enrol_code SET expires_at = $2 WHERE terminal = $1 AND used_at = 0 AND expires_at > $2`,
		c.Terminal, now)
	if err != nil {
		return fmt.Errorf("end earlier codes: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO fleet_enrol_code (hash, terminal, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		c.Hash, c.Terminal, now, c.CreatedBy, db.Ms(c.ExpiresAt))
	if err != nil {
		return fmt.Errorf("keep code: %w", err)
	}
	return nil
}

// Code returns the record of a code; found is false when there is none.
func Code(ctx context.Context, q db.Query, hash string) (c EnrolCode, found bool, err error) {
	var expires, used int64
	err = q.QueryRowContext(ctx, `SELECT hash, terminal, created_by, expires_at, used_at, used_key, epoch FROM fleet_enrol_code WHERE hash = $1`, hash).
		Scan(&c.Hash, &c.Terminal, &c.CreatedBy, &expires, &used, &c.UsedKey, &c.Epoch)
	if errors.Is(err, db.ErrNoRows) {
		return EnrolCode{}, false, nil
	}
	if err != nil {
		return EnrolCode{}, false, fmt.Errorf("look up code: %w", err)
	}
	c.ExpiresAt, c.UsedAt = db.FromMs(expires), db.FromMs(used)
	return c, true, nil
}

// UseCode marks a code as used by the key with this hash.
func UseCode(ctx context.Context, tx db.Tx, hash, key string, epoch int) error {
	_, err := tx.ExecContext(ctx, `UPDATE fleet_enrol_code SET used_at = $2, used_key = $3, epoch = $4 WHERE hash = $1`,
		hash, db.Ms(tx.Now()), key, epoch)
	if err != nil {
		return fmt.Errorf("use code: %w", err)
	}
	return nil
}
