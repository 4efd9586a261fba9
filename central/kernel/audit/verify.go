package audit

import (
	"context"
	"database/sql"
	"fmt"

	"tongban/central/kernel/db"
)

// Report is the outcome of Verify (审计核验).
type Report struct {
	OK      bool   `json:"ok"`
	Count   int64  `json:"count"`             // records that hold, from the first on
	Head    string `json:"head"`              // hash of the last record that holds
	BadSeq  int64  `json:"bad_seq"`           // number of the first record that does not hold
	Problem string `json:"problem,omitempty"` // what is wrong there, for the operator; "" when nothing is
}

const columns = `seq, at, actor_kind, actor_id, actor_name, desk, department, source, request,
	action, object, reason, detail, result, prev, hash`

// Verify reads the whole chain in one snapshot and names the first record that
// does not hold. The error is about reading; a broken chain is in the report.
func Verify(ctx context.Context, d *db.DB) (Report, error) {
	r := Report{Head: zero}
	err := d.View(ctx, func(q db.Query) error {
		r = Report{Head: zero} // View runs once; kept honest should that change
		if err := walk(ctx, q, &r); err != nil || r.Problem != "" {
			return err
		}
		return tail(ctx, q, &r)
	})
	r.OK = err == nil && r.Problem == ""
	if err != nil {
		return r, fmt.Errorf("verify audit: %w", err)
	}
	return r, nil
}

func walk(ctx context.Context, q db.Query, r *Report) error {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM kernel_audit ORDER BY seq`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()

	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			// A record that cannot even be read was tampered with.
			r.BadSeq, r.Problem = r.Count+1, "record cannot be decoded"
			return nil
		}
		if problem := r.check(e); problem != "" {
			r.Problem = problem
			return nil
		}
		r.Count, r.Head = e.Seq, e.Hash
	}
	return rows.Err()
}

// check returns what is wrong with e as the next record after r.
func (r *Report) check(e Entry) string {
	want := r.Count + 1
	switch {
	case e.Seq > want:
		r.BadSeq = want
		return "record is missing"
	case e.Seq < want:
		r.BadSeq = e.Seq
		return "record stands before the first number"
	case e.Prev != r.Head:
		r.BadSeq = e.Seq
		return "record does not follow the one before it"
	case e.Hash != e.sum():
		r.BadSeq = e.Seq
		return "record was changed"
	}
	return ""
}

// tail compares the end of the chain with the head row kept apart.
func tail(ctx context.Context, q db.Query, r *Report) error {
	var count int64
	var hash string
	err := q.QueryRowContext(ctx, `SELECT count, hash FROM kernel_audit_head WHERE id = 1`).Scan(&count, &hash)
	switch {
	case err == sql.ErrNoRows:
		r.BadSeq, r.Problem = r.Count+1, "head row is missing"
		return nil
	case err != nil:
		return err
	case count > r.Count:
		r.BadSeq, r.Problem = r.Count+1, "tail was cut off"
	case count < r.Count:
		r.BadSeq, r.Problem = count+1, "record was added past the head"
	case hash != r.Head:
		r.BadSeq, r.Problem = r.Count, "head row does not match the last record"
	}
	return nil
}

// scanner is *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scan(s scanner) (Entry, error) {
	var e Entry
	var at int64
	var detail string
	err := s.Scan(&e.Seq, &at, &e.ActorKind, &e.ActorID, &e.ActorName, &e.Desk, &e.Department, &e.Source, &e.Request,
		&e.Action, &e.Object, &e.Reason, &detail, &e.Result, &e.Prev, &e.Hash)
	if err != nil {
		return Entry{}, err
	}
	e.At = db.FromMs(at)
	e.Detail, err = detailFrom(detail)
	return e, err
}
