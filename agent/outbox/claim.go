package outbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"tongban/agent/store"
	"tongban/fleet/wire"
)

// Row is one claimed envelope.
type Row struct {
	ID       string
	Lane     wire.Lane
	CaseNo   string
	Attempts int // with this one
	Files    []File
	Envelope []byte // as it goes over the wire
}

// Claim takes up to n rows that are due, in order, counts the attempt and makes each due again after hold, so that a row
// whose receipt never comes is sent again. Of the case lane it hands out the oldest row alone, and none while that one is
// under way: order is kept even when the centre says “later”.
func (b *Box) Claim(ctx context.Context, lane wire.Lane, n int, hold func(attempts int) time.Duration) ([]Row, error) {
	var out []Row
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		var err error
		out, err = b.claim(ctx, tx, lane, n, hold)
		return err
	})
	if err != nil {
		return nil, full(fmt.Errorf("claim rows: %w", err))
	}
	return out, nil
}

func (b *Box) claim(ctx context.Context, tx *sql.Tx, lane wire.Lane, n int, hold func(int) time.Duration) ([]Row, error) {
	now := b.clock.Now()
	due := `SELECT row, id, case_no, attempts, files, envelope FROM outbox
		WHERE lane = ? AND state = ? AND (next_at <= ? OR next_at > ?) ORDER BY seq LIMIT ?`
	if lane == wire.LaneCase {
		n = 1
		due = `SELECT row, id, case_no, attempts, files, envelope FROM
			(SELECT * FROM outbox WHERE lane = ? AND state = ? ORDER BY seq LIMIT 1)
			WHERE (next_at <= ? OR next_at > ?) LIMIT ?`
	}
	rows, err := tx.QueryContext(ctx, due, lane, Waiting, store.Ms(now), store.Ms(now.Add(b.limits.MaxWait)), n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Row
	var keys []int64
	for rows.Next() {
		r, key, files := Row{Lane: lane}, int64(0), ""
		if err := rows.Scan(&key, &r.ID, &r.CaseNo, &r.Attempts, &files, &r.Envelope); err != nil {
			return nil, err
		}
		if files != "" {
			if err := json.Unmarshal([]byte(files), &r.Files); err != nil {
				return nil, fmt.Errorf("decode files of %s: %w", r.ID, err)
			}
		}
		r.Attempts++
		out, keys = append(out, r), append(keys, key)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(out) == 0 {
		return nil, err
	}
	mark, err := tx.PrepareContext(ctx, `UPDATE outbox SET attempts = ?, next_at = ? WHERE row = ?`)
	if err != nil {
		return nil, err
	}
	defer mark.Close() //nolint:errcheck // ends with the transaction
	for i, r := range out {
		wait := min(hold(r.Attempts), b.limits.MaxWait)
		if _, err := mark.ExecContext(ctx, r.Attempts, store.Ms(now.Add(wait)), keys[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Answer is what became of one envelope: a receipt of the centre, or with wire.Retry our own “not now” and when again.
type Answer struct {
	wire.Receipt
	After time.Duration // Retry: pause before the next try
}

// Settle carries out answers in one transaction: accepted rows go with their files, refused ones are parked, the rest
// waits. Answers to rows that are gone are fine. It returns the cases whose state moved.
func (b *Box) Settle(ctx context.Context, answers []Answer) ([]CaseState, error) {
	moved, files, err := b.settle(ctx, answers)
	if err != nil {
		return nil, full(fmt.Errorf("settle rows: %w", err))
	}
	// After the commit: a crash in between leaves files that the next start sweeps away.
	for _, f := range files {
		_ = os.Remove(b.Path(f.Digest))
	}
	b.ring(wire.LaneCase)
	b.ring(wire.LaneReport)
	return moved, nil
}

func (b *Box) settle(ctx context.Context, answers []Answer) (moved []CaseState, gone []File, err error) {
	err = b.db.Do(ctx, func(tx *sql.Tx) error {
		moved, gone = nil, nil
		drop, err := tx.PrepareContext(ctx, `DELETE FROM outbox WHERE id = ? RETURNING case_no, files`)
		if err != nil {
			return err
		}
		defer drop.Close() //nolint:errcheck // ends with the transaction
		for _, a := range answers {
			switch a.Status {
			case wire.Accepted, wire.Duplicate:
				m, f, err := b.accepted(ctx, tx, drop, a)
				if err != nil {
					return err
				}
				moved, gone = append(moved, m...), append(gone, f...)
			case wire.Refused:
				_, err = tx.ExecContext(ctx, `UPDATE outbox SET state = ?, code = ?, reason = ? WHERE id = ?`, Parked, a.Code, a.Reason, a.ID)
			case wire.Retry:
				_, err = tx.ExecContext(ctx, `UPDATE outbox SET next_at = ?, code = ?, reason = ? WHERE id = ? AND state = ?`,
					store.Ms(b.clock.Now().Add(min(a.After, b.limits.MaxWait))), a.Code, a.Reason, a.ID, Waiting)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return moved, gone, err
}

func (b *Box) accepted(ctx context.Context, tx *sql.Tx, drop *sql.Stmt, a Answer) ([]CaseState, []File, error) {
	var caseNo, list string
	err := drop.QueryRowContext(ctx, a.ID).Scan(&caseNo, &list)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil // a receipt that came twice
	}
	if err != nil {
		return nil, nil, err
	}
	var files []File
	if list != "" {
		if err := json.Unmarshal([]byte(list), &files); err != nil {
			return nil, nil, fmt.Errorf("decode files of %s: %w", a.ID, err)
		}
	}
	if caseNo == "" {
		return nil, files, nil
	}
	s, err := move(ctx, tx, wire.CaseNotice{CaseNo: caseNo, State: StateReceived, At: a.At}, b.clock.Now())
	if err != nil || s == nil {
		return nil, files, err
	}
	return []CaseState{*s}, files, nil
}

// Hurry makes every waiting row due now: the network is back.
func (b *Box) Hurry(ctx context.Context) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE outbox SET next_at = 0 WHERE state = ? AND next_at > 0`, Waiting)
		return err
	})
	if err != nil {
		return full(fmt.Errorf("hurry outbox: %w", err))
	}
	return nil
}
