package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// A paper is drawn with its number on it, and drawing takes longer than a transaction may. So a number (文书号) is first reserved,
// in a transaction of its own that is over at once, and then used up by the transaction that keeps the paper. What is given back, or
// was reserved by a program that died, is the next one's: a series has no gap that lasts.

// Reserve sets the lowest free number of the series name aside for the holder of token until a moment (ms). Two who reserve of one
// series wait for each other.
func Reserve(ctx context.Context, tx db.Side, name, token string, until int64) (int64, error) {
	var last int64
	err := tx.QueryRowContext(ctx, `INSERT INTO window_counter (name, n) VALUES ($1, 0) ON CONFLICT (name) DO UPDATE SET n = window_counter.n RETURNING n`, name).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("look for number: %w", err)
	}
	var n int64
	err = tx.QueryRowContext(ctx, `UPDATE window_number SET token = $1, until = $2
		WHERE name = $3 AND n = (SELECT min(n) FROM window_number WHERE name = $3 AND until <= $4) RETURNING n`, token, until, name, db.Ms(tx.Now())).Scan(&n)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return n, numbered(err)
	}
	n = last + 1
	if _, err := tx.ExecContext(ctx, `UPDATE window_counter SET n = $1 WHERE name = $2`, n, name); err != nil {
		return 0, numbered(err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO window_number (name, n, token, until) VALUES ($1, $2, $3, $4)`, name, n, token, until)
	return n, numbered(err)
}

// Use ends a reservation, its number being on a paper now. False means that it lapsed and the number went to another paper.
func Use(ctx context.Context, tx db.Tx, name string, n int64, token string) (bool, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM window_number WHERE name = $1 AND n = $2 AND token = $3`, name, n, token)
	if err != nil {
		return false, numbered(err)
	}
	rows, err := res.RowsAffected()
	return rows == 1, numbered(err)
}

// GiveBack frees a reserved number for the next paper. A number that is used up or another's stays so.
func GiveBack(ctx context.Context, tx db.Side, name string, n int64, token string) error {
	_, err := tx.ExecContext(ctx, `UPDATE window_number SET until = 0 WHERE name = $1 AND n = $2 AND token = $3`, name, n, token)
	return numbered(err)
}

// Hold makes everybody else who holds the case wait until the transaction ends.
func Hold(ctx context.Context, tx db.Tx, no string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE window_case SET version = version WHERE no = $1`, no); err != nil {
		return fmt.Errorf("hold case: %w", err)
	}
	return nil
}

func numbered(err error) error {
	if err != nil {
		return fmt.Errorf("number paper: %w", err)
	}
	return nil
}
