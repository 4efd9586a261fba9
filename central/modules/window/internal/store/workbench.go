package store

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
)

// Day is whose day is counted: of a window, or of an account; both empty counts everything that lies within.
type Day struct {
	Within actor.Scope
	Window string
	Clerk  string // took it in or works on it
	Since  int64  // midnight in milliseconds
	Date   string // YYYY-MM-DD
}

// Numbers are what was done on a day.
type Numbers struct {
	Received int `json:"received"`
	Accepted int `json:"accepted"`
	Finished int `json:"finished"`
}

// Today counts a day.
func Today(ctx context.Context, q db.Query, d Day) (n Numbers, err error) {
	for _, one := range []struct {
		to        *int
		condition string
		since     any
	}{{&n.Received, `received_at >= $1`, d.Since}, {&n.Accepted, `accepted_on = $1`, d.Date}, {&n.Finished, `closed_at >= $1`, d.Since}} {
		where, args := d.where()
		err := q.QueryRowContext(ctx, `SELECT count(*) FROM window_case WHERE `+one.condition+where, append([]any{one.since}, args...)...).Scan(one.to)
		if err != nil {
			return n, fmt.Errorf("count the day: %w", err)
		}
	}
	return n, nil
}

// where is the condition after the first argument.
func (d Day) where() (string, []any) {
	within, args := d.Within.Where(place, 2)
	var b strings.Builder
	b.WriteString(` AND ` + within)
	if d.Window != "" {
		args = append(args, d.Window)
		fmt.Fprintf(&b, ` AND counter_window = $%d`, len(args)+1)
	}
	if d.Clerk != "" {
		args = append(args, d.Clerk)
		fmt.Fprintf(&b, ` AND (clerk = $%d OR handler = $%d)`, len(args)+1, len(args)+1)
	}
	return b.String(), args
}

// Some returns the first cases that fit, newest first, without counting them all.
func Some(ctx context.Context, q db.Query, f Filter) ([]Case, error) {
	where, args := f.where(0)
	args = append(args, f.Size)
	return list(ctx, q, where+fmt.Sprintf(`%s LIMIT $%d`, newest, len(args)), args...)
}

// Sealed is a case's number with its applicant's name as it is kept.
type Sealed struct{ No, Name string }

// SealedNames returns the sealed names of the newest cases that fit, at most f.Size, without the rest of their rows: many people share
// a masked name, and only opening tells them apart.
func SealedNames(ctx context.Context, q db.Query, f Filter) ([]Sealed, error) {
	where, args := f.where(0)
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT no, name_sealed FROM window_case%s LIMIT %d`, where+newest, f.Size), args...)
	if err != nil {
		return nil, fmt.Errorf("list sealed names: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	var out []Sealed
	for rows.Next() {
		var s Sealed
		if err := rows.Scan(&s.No, &s.Name); err != nil {
			return nil, fmt.Errorf("read sealed name: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// ByNumbers returns the cases of these numbers, newest first.
func ByNumbers(ctx context.Context, q db.Query, nos []string) ([]Case, error) {
	if len(nos) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(nos)), make([]any, len(nos))
	for i, no := range nos {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), no
	}
	return list(ctx, q, `WHERE no IN (`+strings.Join(marks, ",")+`)`+newest, args...)
}
