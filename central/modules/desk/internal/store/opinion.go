package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

// ErrNoSuchOpinion means that nobody was asked under this id, or somebody else was.
var ErrNoSuchOpinion = errs.E(errs.NotFound, "desk.no_such_opinion", "没有这条意见征询，或者它不由您答复", nil)

// Opinion is one question to another department and its answer (意见征询).
type Opinion struct {
	ID, No     string
	From       string // who asks, as people read it
	Department string // that answers
	Person     string // login, "" = anybody there
	Question   string
	Due        string
	AskedAt    int64
	State      string // open, answered, recalled
	Stance     string // agree, conditions, disagree
	Answer, By string
	AnsweredAt int64
}

const opinionColumns = `id, no, from_name, department, person, question, due, asked_at, state, stance, answer, answered_by, answered_at`

func (o *Opinion) fields() []any {
	return []any{&o.ID, &o.No, &o.From, &o.Department, &o.Person, &o.Question, &o.Due, &o.AskedAt, &o.State, &o.Stance, &o.Answer, &o.By, &o.AnsweredAt}
}

// AddOpinion keeps a question.
func AddOpinion(ctx context.Context, tx db.Tx, o Opinion) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_opinion (`+opinionColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)`,
		o.ID, o.No, o.From, o.Department, o.Person, o.Question, o.Due, o.AskedAt, o.State, o.Stance, o.Answer, o.By, o.AnsweredAt)
	if err != nil {
		return fmt.Errorf("insert opinion: %w", err)
	}
	return nil
}

// CloseOpinion writes the answer of one that is open; else ErrNoSuchOpinion.
func CloseOpinion(ctx context.Context, tx db.Tx, o Opinion) error {
	res, err := tx.ExecContext(ctx, `UPDATE desk_opinion SET state=$1, stance=$2, answer=$3, answered_by=$4, answered_at=$5 WHERE id=$6 AND state='open'`,
		o.State, o.Stance, o.Answer, o.By, o.AnsweredAt, o.ID)
	if err != nil {
		return fmt.Errorf("close opinion: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return ErrNoSuchOpinion
	}
	return nil
}

// GetOpinion returns one, or ErrNoSuchOpinion.
func GetOpinion(ctx context.Context, q db.Query, id string) (o Opinion, err error) {
	err = q.QueryRowContext(ctx, `SELECT `+opinionColumns+` FROM desk_opinion WHERE id = $1`, id).Scan(o.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return Opinion{}, ErrNoSuchOpinion
	}
	if err != nil {
		return Opinion{}, fmt.Errorf("load opinion: %w", err)
	}
	return o, nil
}

// Opinions returns the questions about one case, first one first.
func Opinions(ctx context.Context, q db.Query, no string) ([]Opinion, error) {
	return opinions(ctx, q, `WHERE no = $1 ORDER BY asked_at, id`, no)
}

// Asked returns the questions to the departments of a scope, open ones first; a question to a person is that person's.
func Asked(ctx context.Context, q db.Query, within actor.Scope, login string, open bool) ([]Opinion, error) {
	where, args := within.Where(actor.Columns{Department: "department"}, 1)
	args = append(args, login)
	tail := fmt.Sprintf(`WHERE %s AND (person = '' OR person = $%d)`, where, len(args))
	if open {
		tail += ` AND state = 'open'`
	}
	return opinions(ctx, q, tail+` ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, due, asked_at, id LIMIT 200`, args...)
}

func opinions(ctx context.Context, q db.Query, tail string, args ...any) ([]Opinion, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+opinionColumns+` FROM desk_opinion `+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("list opinions: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Opinion{}
	for rows.Next() {
		var o Opinion
		if err := rows.Scan(o.fields()...); err != nil {
			return nil, fmt.Errorf("read opinion: %w", err)
		}
		out = append(out, o)
	}
	return out, rows.Err()
}
