package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/fleet/wire"
)

// Envelope is the record of one that was taken.
type Envelope struct {
	ID       string
	Terminal string
	Epoch    int
	Lane     wire.Lane
	Seq      int64
	Kind     wire.Kind
	Digest   string // of what was signed, to tell a repetition from a reused id
	CaseNo   string
	MadeAt   time.Time
}

// Take claims an envelope's id in tx. When it was claimed before, it returns the earlier record and false.
func Take(ctx context.Context, tx db.Tx, e Envelope) (earlier Envelope, fresh bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO fleet_envelope (id, terminal, epoch, lane, seq, kind, digest, status, made_at, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING`,
		e.ID, e.Terminal, e.Epoch, e.Lane, e.Seq, e.Kind, e.Digest, wire.Accepted, db.Ms(e.MadeAt), db.Ms(tx.Now()))
	if err != nil {
		return Envelope{}, false, fmt.Errorf("take envelope: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return Envelope{}, false, fmt.Errorf("take envelope: %w", err)
	}
	if n == 1 {
		return Envelope{}, true, nil
	}
	err = tx.QueryRowContext(ctx, `SELECT id, terminal, digest, case_no FROM fleet_envelope WHERE id = $1`, e.ID).
		Scan(&earlier.ID, &earlier.Terminal, &earlier.Digest, &earlier.CaseNo)
	if err != nil {
		return Envelope{}, false, fmt.Errorf("load envelope: %w", err)
	}
	return earlier, false, nil
}

// SetCase notes the case that an envelope made.
func SetCase(ctx context.Context, tx db.Tx, id, caseNo string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE fleet_envelope SET case_no = $2 WHERE id = $1`, id, caseNo); err != nil {
		return fmt.Errorf("note case of envelope: %w", err)
	}
	return nil
}

// LastCase returns the highest case number that a terminal used with this beginning, "" when it used none. Case numbers
// have fixed width, so text order is number order.
func LastCase(ctx context.Context, q db.Query, terminal, prefix string) (string, error) {
	var no *string
	err := q.QueryRowContext(ctx, `SELECT max(case_no) FROM fleet_envelope WHERE terminal = $1 AND case_no >= $2 AND case_no < $3`,
		terminal, prefix, prefix+"~").Scan(&no)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return "", fmt.Errorf("look for last case number: %w", err)
	}
	if no == nil {
		return "", nil
	}
	return *no, nil
}

// Refused is the record of one refusal.
type Refused struct {
	Terminal string
	Code     string
	Head     string // SHA-256 of the first bytes, hex
	ID       string // of the envelope, where it could be read
	Lane     string
	Reason   string // for the operator; never what the box holds
	Size     int
}

// Refuse records a refusal. The same bytes refused again for the same reason only raise a count, so that a terminal that
// repeats itself cannot fill the disk.
func Refuse(ctx context.Context, tx db.Tx, r Refused) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO fleet_refused (terminal, code, head, envelope_id, lane, reason, size, count, first_at, last_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)
		ON CONFLICT (terminal, code, head) DO UPDATE SET count = fleet_refused.count + 1, last_at = excluded.last_at`,
		r.Terminal, r.Code, r.Head, r.ID, r.Lane, r.Reason, r.Size, db.Ms(tx.Now()))
	if err != nil {
		return fmt.Errorf("record refusal: %w", err)
	}
	return nil
}
