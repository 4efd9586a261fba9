// Package store is the SQL of the provincial collaboration (省平台协同存储), the only package that names its tables. It seals and
// opens nothing.
package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/province"
)

// Message is one row; times are milliseconds.
type Message struct {
	ID, CaseNo           string
	Seq                  int
	Direction            string
	Kind, Title          string
	Item, ItemName       string
	Region               string
	State                province.State
	Revision             int
	Event                string
	BodySealed, Digest   string
	Attempts             int
	NextAt               int64
	CreatedAt, SentAt    int64
	SettledAt            int64
	Code, Answer, ProvNo string
	Receipt              string
}

const messageColumns = `id, case_no, seq, direction, kind, title, item, item_name, region, state, revision, event, body_sealed, digest,
	attempts, next_at, created_at, sent_at, settled_at, code, answer, prov_no, receipt`

func (m *Message) fields() []any {
	return []any{
		&m.ID, &m.CaseNo, &m.Seq, &m.Direction, &m.Kind, &m.Title, &m.Item, &m.ItemName, &m.Region, &m.State, &m.Revision, &m.Event, &m.BodySealed, &m.Digest,
		&m.Attempts, &m.NextAt, &m.CreatedAt, &m.SentAt, &m.SettledAt, &m.Code, &m.Answer, &m.ProvNo, &m.Receipt,
	}
}

// NextSeq is the number of the next message of a case.
func NextSeq(ctx context.Context, q db.Query, no, direction string) (n int, err error) {
	err = q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) + 1 FROM province_message WHERE case_no = $1 AND direction = $2`, no, direction).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("number message: %w", err)
	}
	return n, nil
}

// AddMessage keeps a new one.
func AddMessage(ctx context.Context, tx db.Tx, m Message) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO province_message (`+messageColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23)`,
		m.ID, m.CaseNo, m.Seq, m.Direction, m.Kind, m.Title, m.Item, m.ItemName, m.Region, m.State, m.Revision, m.Event, m.BodySealed, m.Digest,
		m.Attempts, m.NextAt, m.CreatedAt, m.SentAt, m.SettledAt, m.Code, m.Answer, m.ProvNo, m.Receipt)
	if err != nil {
		return fmt.Errorf("add message: %w", err)
	}
	return nil
}

// SaveMessage keeps what moved. from is the state it was read in; false means that somebody was faster.
func SaveMessage(ctx context.Context, tx db.Tx, m Message, from province.State, attempts int) (bool, error) {
	r, err := tx.ExecContext(ctx, `UPDATE province_message SET state = $1, revision = $2, body_sealed = $3, digest = $4, attempts = $5, next_at = $6,
		sent_at = $7, settled_at = $8, code = $9, answer = $10, prov_no = $11, receipt = $12, kind = $13 WHERE id = $14 AND state = $15 AND attempts = $16`,
		m.State, m.Revision, m.BodySealed, m.Digest, m.Attempts, m.NextAt, m.SentAt, m.SettledAt, m.Code, m.Answer, m.ProvNo, m.Receipt, m.Kind, m.ID, from, attempts)
	if err != nil {
		return false, fmt.Errorf("save message: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// FindMessage returns one, or province.ErrNone.
func FindMessage(ctx context.Context, q db.Query, id string) (m Message, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+messageColumns+` FROM province_message WHERE id = $1`, id).Scan(m.fields()...)
	if errors.Is(err, db.ErrNoRows) {
		return m, province.ErrNone
	}
	if err != nil {
		return m, fmt.Errorf("find message: %w", err)
	}
	return m, nil
}

func messages(ctx context.Context, q db.Query, tail string, args ...any) ([]Message, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+messageColumns+` FROM province_message `+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	defer rows.Close()
	out := []Message{}
	for rows.Next() {
		var m Message
		if err := rows.Scan(m.fields()...); err != nil {
			return nil, fmt.Errorf("list messages: %w", err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Due lists what may go on now: the first unsettled message of each case, if its time has come. A case that waits for a person
// keeps no other case waiting.
func Due(ctx context.Context, q db.Query, now int64, most int) ([]Message, error) {
	return messages(ctx, q, `WHERE state IN ('queued', 'sent') AND next_at <= $1 AND direction = 'out' AND NOT EXISTS (
		SELECT 1 FROM province_message e WHERE e.case_no = province_message.case_no AND e.direction = 'out' AND e.seq < province_message.seq
		AND e.state NOT IN ('confirmed', 'dropped')) ORDER BY next_at, id LIMIT $2`, now, most)
}

// OfCase lists the messages of a case, oldest first.
func OfCase(ctx context.Context, q db.Query, no string) ([]Message, error) {
	return messages(ctx, q, `WHERE case_no = $1 ORDER BY created_at, seq LIMIT 500`, no)
}

// Filter is what a list shows.
type Filter struct {
	Query, State string
	Page, Size   int
	Within       actor.Scope
}

// Messages is one page, what needs a person first, then the newest; and how many fit.
func Messages(ctx context.Context, q db.Query, f Filter) (out []Message, total int, err error) {
	where, args := f.Within.Where(actor.Columns{Region: "region"}, 1)
	add := func(cond string, v any) {
		args = append(args, v)
		where += " AND " + strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(args)))
	}
	switch f.State {
	case "":
	case "waiting":
		where += " AND state IN ('queued', 'sent')"
	case "person":
		where += " AND state IN ('refused', 'dead')"
	default:
		add("state = ?", f.State)
	}
	if f.Query != "" {
		add("(case_no LIKE ? OR prov_no LIKE ?)", f.Query+"%")
	}
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM province_message WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count messages: %w", err)
	}
	args = append(args, f.Size, (f.Page-1)*f.Size)
	out, err = messages(ctx, q, fmt.Sprintf(`WHERE `+where+` ORDER BY CASE WHEN state IN ('refused', 'dead') THEN 0 ELSE 1 END, created_at DESC, seq DESC LIMIT $%d OFFSET $%d`, len(args)-1, len(args)), args...)
	return out, total, err
}

// Counts are messages by state.
func Counts(ctx context.Context, q db.Query, within actor.Scope) (map[province.State]int, error) {
	where, args := within.Where(actor.Columns{Region: "region"}, 1)
	rows, err := q.QueryContext(ctx, `SELECT state, count(*) FROM province_message WHERE `+where+` GROUP BY state`, args...)
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	defer rows.Close()
	out := map[province.State]int{}
	for rows.Next() {
		var s province.State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return nil, fmt.Errorf("count messages: %w", err)
		}
		out[s] = n
	}
	return out, rows.Err()
}

// Hour is what was sent in one hour, and what of it needed more than one attempt.
type Hour struct{ Sent, Again int }

// Hours counts the outgoing messages from a midnight on by the hour in which they were made, and the longest wait of a
// confirmed one in ms.
func Hours(ctx context.Context, q db.Query, midnight int64) (hours [24]Hour, longest int64, err error) {
	rows, err := q.QueryContext(ctx, `SELECT created_at, attempts, settled_at, state FROM province_message
		WHERE direction = 'out' AND created_at >= $1 AND created_at < $2 ORDER BY created_at LIMIT 100000`, midnight, midnight+24*3_600_000)
	if err != nil {
		return hours, 0, fmt.Errorf("count hours: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at, settled int64
		var attempts int
		var s province.State
		if err := rows.Scan(&at, &attempts, &settled, &s); err != nil {
			return hours, 0, fmt.Errorf("count hours: %w", err)
		}
		h := &hours[(at-midnight)/3_600_000]
		h.Sent++
		if attempts > 1 {
			h.Again++
		}
		if s == province.Confirmed {
			longest = max(longest, settled-at)
		}
	}
	return hours, longest, rows.Err()
}

// AddProof appends to the chain: number, step and predecessor are given here. sign is called with the hash to be signed.
func AddProof(ctx context.Context, tx db.Tx, p province.Proof, sign func(*province.Proof) error) (province.Proof, error) {
	err := tx.QueryRowContext(ctx, `SELECT n, hash FROM province_proof ORDER BY n DESC LIMIT 1`).Scan(&p.N, &p.Prev)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return p, fmt.Errorf("find end of the chain: %w", err)
	}
	p.N++
	if err := tx.QueryRowContext(ctx, `SELECT count(*) + 1 FROM province_proof WHERE message = $1`, p.Message).Scan(&p.Step); err != nil {
		return p, fmt.Errorf("number proof: %w", err)
	}
	if err := sign(&p); err != nil {
		return p, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO province_proof (n, at, message, step, case_no, direction, what, state, digest, answer, facts, prev, hash, signer, signature)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)`,
		p.N, db.Ms(p.At), p.Message, p.Step, p.Case, p.Direction, p.What, p.State, p.Digest, p.Answer, p.Facts, p.Prev, p.Hash, p.Key, p.Signature)
	if err != nil {
		return p, fmt.Errorf("add proof: %w", err)
	}
	return p, nil
}

// Proofs lists the chain: of one message, or from n to n.
func Proofs(ctx context.Context, q db.Query, message string, from, to int64) ([]province.Proof, error) {
	rows, err := q.QueryContext(ctx, `SELECT n, at, message, step, case_no, direction, what, state, digest, answer, facts, prev, hash, signer, signature
		FROM province_proof WHERE ($1 <> '' AND message = $1) OR ($1 = '' AND n >= $2 AND n <= $3) ORDER BY n`, message, from, to)
	if err != nil {
		return nil, fmt.Errorf("list proofs: %w", err)
	}
	defer rows.Close()
	out := []province.Proof{}
	for rows.Next() {
		var p province.Proof
		var at int64
		if err := rows.Scan(&p.N, &at, &p.Message, &p.Step, &p.Case, &p.Direction, &p.What, &p.State, &p.Digest, &p.Answer, &p.Facts, &p.Prev, &p.Hash, &p.Key, &p.Signature); err != nil {
			return nil, fmt.Errorf("list proofs: %w", err)
		}
		p.At = db.FromMs(at)
		out = append(out, p)
	}
	return out, rows.Err()
}

// OldMessages and ForgetMessages are the retention of contents.
func OldMessages(ctx context.Context, q db.Query, before int64, after string, limit int) ([]string, error) {
	return ids(ctx, q, `SELECT id FROM province_message WHERE body_sealed <> '' AND settled_at > 0 AND settled_at < $1 AND id > $2 ORDER BY id LIMIT $3`, before, after, limit)
}

// ForgetMessages empties contents; digest, state and proofs stay.
func ForgetMessages(ctx context.Context, tx db.Tx, list []string) (int, error) {
	n := 0
	for _, id := range list {
		for _, s := range []string{
			`UPDATE province_difference SET values_sealed = '' WHERE case_no = (SELECT case_no FROM province_message WHERE id = $1)`,
			`UPDATE province_case SET values_sealed = '', id_blind = '' WHERE no = (SELECT case_no FROM province_message WHERE id = $1)`,
			`UPDATE province_message SET body_sealed = '' WHERE id = $1`,
		} {
			if _, err := tx.ExecContext(ctx, s, id); err != nil {
				return n, fmt.Errorf("forget message: %w", err)
			}
		}
		n++
	}
	return n, nil
}

func ids(ctx context.Context, q db.Query, query string, args ...any) ([]string, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
