package store

import (
	"context"
	"errors"
	"fmt"

	"tongban/central/kernel/db"
)

// States of a verification.
const (
	Running = "running"
	Done    = "done"
	Failed  = "failed" // could not be carried out; says nothing about the chain
)

// Verification is one run over the chain (核验). Times are unix milliseconds.
type Verification struct {
	ID, ByName, State, Report          string // Report is JSON; "" until it is done
	At, Done, Total, Touched, Finished int64
}

const verificationColumns = `id, by_name, at, state, done, total, touched, finished, report`

// Begin keeps a new run.
func Begin(ctx context.Context, tx db.Tx, v Verification) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit_verification (`+verificationColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		v.ID, v.ByName, v.At, v.State, v.Done, v.Total, v.Touched, v.Finished, v.Report)
	if err != nil {
		return fmt.Errorf("insert verification: %w", err)
	}
	return nil
}

// Move notes how far a run is, or how it ended.
func Move(ctx context.Context, tx db.Tx, v Verification) error {
	_, err := tx.ExecContext(ctx, `UPDATE audit_verification SET state = $1, done = $2, total = $3, touched = $4, finished = $5, report = $6 WHERE id = $7`,
		v.State, v.Done, v.Total, db.Ms(tx.Now()), v.Finished, v.Report, v.ID)
	if err != nil {
		return fmt.Errorf("move verification: %w", err)
	}
	return nil
}

// FindVerification returns one run.
func FindVerification(ctx context.Context, q db.Query, id string) (Verification, bool, error) {
	return findVerification(ctx, q, `WHERE id = $1`, id)
}

// LastVerification returns the newest run in a state.
func LastVerification(ctx context.Context, q db.Query, state string) (Verification, bool, error) {
	return findVerification(ctx, q, `WHERE state = $1 ORDER BY at DESC, id DESC LIMIT 1`, state)
}

func findVerification(ctx context.Context, q db.Query, which string, arg any) (v Verification, found bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+verificationColumns+` FROM audit_verification `+which, arg).
		Scan(&v.ID, &v.ByName, &v.At, &v.State, &v.Done, &v.Total, &v.Touched, &v.Finished, &v.Report)
	if errors.Is(err, db.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("find verification: %w", err)
	}
	return v, true, nil
}
