// Package store is the only one that names the tables of the online channels (线上渠道数据表).
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

// Submission is one hand-in of a channel.
type Submission struct {
	Channel, Ref, Digest, CaseNo string
	Version, Sent                int64
}

const columns = `channel, ref, digest, case_no, version, sent`

func scan(row interface{ Scan(...any) error }) (s Submission, err error) {
	err = row.Scan(&s.Channel, &s.Ref, &s.Digest, &s.CaseNo, &s.Version, &s.Sent)
	return s, err
}

// Find returns a hand-in by the channel's number; false when it never came.
func Find(ctx context.Context, q db.Query, channel, ref string) (Submission, bool, error) {
	s, err := scan(q.QueryRowContext(ctx, `SELECT `+columns+` FROM online_submission WHERE channel = $1 AND ref = $2`, channel, ref))
	if errors.Is(err, db.ErrNoRows) {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("find submission: %w", err)
	}
	return s, true, nil
}

// Add keeps one; false when another call was first.
func Add(ctx context.Context, tx db.Tx, s Submission) (bool, error) {
	_, err := tx.ExecContext(ctx, `INSERT INTO online_submission (channel, ref, digest, case_no, at, version, sent, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
		s.Channel, s.Ref, s.Digest, s.CaseNo, db.Ms(tx.Now()), s.Version, s.Sent)
	if db.IsUnique(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("keep submission: %w", err)
	}
	return true, nil
}

// Raise says that a case moved; false when no channel sent it.
func Raise(ctx context.Context, tx db.Tx, caseNo string) (bool, error) {
	res, err := tx.ExecContext(ctx, `UPDATE online_submission SET version = version + 1 WHERE case_no = $1`, caseNo)
	if err != nil {
		return false, fmt.Errorf("raise version: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Unsent returns what a channel does not know yet, oldest first.
func Unsent(ctx context.Context, q db.Query, channel string, most int) ([]Submission, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM online_submission WHERE channel = $1 AND version > sent ORDER BY told_at, at LIMIT $2`, channel, most)
	if err != nil {
		return nil, fmt.Errorf("list what is unsent: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []Submission
	for rows.Next() {
		s, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("list what is unsent: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Sent says what a channel took; a later version stays unsent.
func Sent(ctx context.Context, tx db.Tx, s Submission) error {
	if _, err := tx.ExecContext(ctx, `UPDATE online_submission SET sent = $1, told_at = $2 WHERE channel = $3 AND ref = $4 AND sent < $1`,
		s.Version, db.Ms(tx.Now()), s.Channel, s.Ref); err != nil {
		return fmt.Errorf("note what was sent: %w", err)
	}
	return nil
}

// UseNonce takes a nonce; false when it was used. What has run out is dropped on the way.
func UseNonce(ctx context.Context, tx db.Tx, channel, nonce string, until time.Time) (bool, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM online_nonce WHERE until < $1`, db.Ms(tx.Now())); err != nil {
		return false, fmt.Errorf("drop old nonces: %w", err)
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO online_nonce (channel, nonce, until) VALUES ($1, $2, $3) ON CONFLICT (channel, nonce) DO NOTHING`, channel, nonce, db.Ms(until))
	if err != nil {
		return false, fmt.Errorf("take nonce: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// CountRefusal counts one; true for the first of its minute and cause.
func CountRefusal(ctx context.Context, tx db.Tx, channel, cause string) (bool, error) {
	minute := tx.Now().Unix() / 60
	var n int
	err := tx.QueryRowContext(ctx, `INSERT INTO online_refusal (minute, channel, cause, count) VALUES ($1, $2, $3, 1)
		ON CONFLICT (minute, channel, cause) DO UPDATE SET count = online_refusal.count + 1 RETURNING count`, minute, channel, cause).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("count refusal: %w", err)
	}
	return n == 1, nil
}
