// Package store is the SQL of personal-data requests (权利请求存储), the only package that names the module's tables.
// Personal data comes and goes sealed.
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/db"
	"tongban/central/modules/privacy"
)

// Request is one row. Times are milliseconds.
type Request struct {
	ID, No                      string
	Kind                        privacy.Kind
	Channel                     string
	IDSealed, IDBlind, IDMasked string
	NameSealed, NameMasked      string
	NoteSealed                  string
	State                       privacy.State
	Version                     int
	Extended                    int
	Handler                     string
	ReceivedAt, DueAt, ClosedAt int64
}

// Step is one thing that was done with a request.
type Step struct {
	ID, RequestID string
	At            int64
	Act           string
	By, Reason    string
}

const columns = `id, no, kind, channel, id_sealed, id_blind, id_masked, name_sealed, name_masked, note_sealed, state, version, extended, handler, received_at, due_at, closed_at`

func (r *Request) fields() []any {
	return []any{
		&r.ID, &r.No, &r.Kind, &r.Channel, &r.IDSealed, &r.IDBlind, &r.IDMasked, &r.NameSealed, &r.NameMasked, &r.NoteSealed,
		&r.State, &r.Version, &r.Extended, &r.Handler, &r.ReceivedAt, &r.DueAt, &r.ClosedAt,
	}
}

// Add keeps a new request.
func Add(ctx context.Context, tx db.Tx, r Request) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO privacy_request (`+columns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)`,
		r.ID, r.No, r.Kind, r.Channel, r.IDSealed, r.IDBlind, r.IDMasked, r.NameSealed, r.NameMasked, r.NoteSealed,
		r.State, r.Version, r.Extended, r.Handler, r.ReceivedAt, r.DueAt, r.ClosedAt)
	if err != nil {
		return fmt.Errorf("insert request: %w", err)
	}
	return nil
}

// Get returns one request, or privacy.ErrNoRequest.
func Get(ctx context.Context, q db.Query, id string) (Request, error) {
	var r Request
	err := q.QueryRowContext(ctx, `SELECT `+columns+` FROM privacy_request WHERE id = $1`, id).Scan(r.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return r, privacy.ErrNoRequest
	}
	if err != nil {
		return r, fmt.Errorf("load request: %w", err)
	}
	return r, nil
}

// List returns one page of requests in a state, or in all when state is "", those due first at the top, and how many there
// are.
func List(ctx context.Context, q db.Query, state string, page, size int) (out []Request, total int, err error) {
	where, args := ``, []any{}
	if state != "" {
		where, args = ` WHERE state = $1`, []any{state}
	}
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM privacy_request`+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count requests: %w", err)
	}
	n := len(args)
	args = append(args, size, (page-1)*size)
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM privacy_request`+where+
		fmt.Sprintf(` ORDER BY CASE WHEN closed_at = 0 THEN 0 ELSE 1 END, CASE WHEN closed_at = 0 THEN due_at ELSE -closed_at END, id LIMIT $%d OFFSET $%d`, n+1, n+2), args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list requests: %w", err)
	}
	defer rows.Close()
	out = []Request{}
	for rows.Next() {
		var r Request
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, 0, fmt.Errorf("read request: %w", err)
		}
		out = append(out, r)
	}
	return out, total, rows.Err()
}

// Move writes what an act changed, if nobody moved the request since it was read; else privacy.ErrNotNow.
func Move(ctx context.Context, tx db.Tx, r Request) error {
	res, err := tx.ExecContext(ctx, `UPDATE privacy_request SET state = $1, version = version + 1, extended = $2, handler = $3, due_at = $4, closed_at = $5
		WHERE id = $6 AND version = $7`, r.State, r.Extended, r.Handler, r.DueAt, r.ClosedAt, r.ID, r.Version)
	if err != nil {
		return fmt.Errorf("move request: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return privacy.ErrNotNow
	}
	return nil
}

// Tell adds a step.
func Tell(ctx context.Context, tx db.Tx, s Step) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO privacy_step (id, request_id, at, act, by_name, reason) VALUES ($1,$2,$3,$4,$5,$6)`,
		s.ID, s.RequestID, s.At, s.Act, s.By, s.Reason)
	if err != nil {
		return fmt.Errorf("insert step: %w", err)
	}
	return nil
}

// Steps returns what was done with a request, oldest first.
func Steps(ctx context.Context, q db.Query, id string) ([]Step, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, request_id, at, act, by_name, reason FROM privacy_step WHERE request_id = $1 ORDER BY at, id`, id)
	if err != nil {
		return nil, fmt.Errorf("list steps: %w", err)
	}
	defer rows.Close()
	var out []Step
	for rows.Next() {
		var s Step
		if err := rows.Scan(&s.ID, &s.RequestID, &s.At, &s.Act, &s.By, &s.Reason); err != nil {
			return nil, fmt.Errorf("read step: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Next returns the next number of a day's requests.
func Next(ctx context.Context, tx db.Tx, day string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO privacy_counter (name, n) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET n = privacy_counter.n + 1 RETURNING n`, day).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("take number: %w", err)
	}
	return n, nil
}

// CountPerson counts the requests of one person.
func CountPerson(ctx context.Context, q db.Query, idBlind string) (n int, err error) {
	if err = q.QueryRowContext(ctx, `SELECT count(*) FROM privacy_request WHERE id_blind = $1`, idBlind).Scan(&n); err != nil {
		return 0, fmt.Errorf("count requests of a person: %w", err)
	}
	return n, nil
}

// ByPerson returns the requests of one person, oldest first.
func ByPerson(ctx context.Context, q db.Query, idBlind string) ([]Request, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM privacy_request WHERE id_blind = $1 ORDER BY received_at, id`, idBlind)
	if err != nil {
		return nil, fmt.Errorf("list requests of a person: %w", err)
	}
	defer rows.Close()
	var out []Request
	for rows.Next() {
		var r Request
		if err := rows.Scan(r.fields()...); err != nil {
			return nil, fmt.Errorf("read request: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// Ended lists ids of requests closed before an instant, in order, after an id.
func Ended(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT id FROM privacy_request WHERE closed_at > 0 AND closed_at < $1 AND id > $2 ORDER BY id LIMIT $3`, before, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list ended requests: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read ended request: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// Drop deletes requests with their steps.
func Drop(ctx context.Context, tx db.Tx, ids []string) (rows int, err error) {
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i := range ids {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), ids[i]
	}
	in := ` IN (` + strings.Join(marks, ", ") + `)`
	for _, statement := range []string{`DELETE FROM privacy_step WHERE request_id` + in, `DELETE FROM privacy_request WHERE id` + in} {
		r, err := tx.ExecContext(ctx, statement, args...)
		if err != nil {
			return 0, fmt.Errorf("delete requests: %w", err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return 0, fmt.Errorf("delete requests: %w", err)
		}
		rows += int(n)
	}
	return rows, nil
}
