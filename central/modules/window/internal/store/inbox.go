package store

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
)

// Filter is what the inbox list asks for.
type Filter struct {
	States  []window.State // none = all
	Item    string
	No      string // exact
	IDBlind string // exact
	Name    string // masked name or part of the item's name
	Masked  string // masked name, exact
	Clerk   string // who took it in
	Page    int    // from 1
	Size    int
	Within  actor.Scope // only what lies here
}

// place are the columns of where a case belongs.
var place = actor.Columns{Region: "region", Department: "department", Handler: "handler"}

// List returns one page, and how many there are. Open cases come by what goes wrong first: the nearest date, then the
// oldest; closed ones newest first.
func List(ctx context.Context, q db.Query, f Filter) (rows []Case, total int, err error) {
	where, args := f.where()
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM window_case`+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count cases: %w", err)
	}
	order := ` ORDER BY received_at DESC, no DESC`
	if len(f.States) > 0 && f.States[0].Open() {
		order = ` ORDER BY CASE WHEN due <> '' THEN due ELSE notice_due END, received_at, no`
	}
	args = append(args, f.Size, (f.Page-1)*f.Size)
	rows, err = list(ctx, q, where+order+fmt.Sprintf(` LIMIT $%d OFFSET $%d`, len(args)-1, len(args)), args...)
	return rows, total, err
}

func (f Filter) where() (string, []any) {
	var parts []string
	var args []any
	add := func(sql string, a any) {
		args = append(args, a)
		parts = append(parts, strings.ReplaceAll(sql, "?", fmt.Sprintf("$%d", len(args))))
	}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, s := range f.States {
			args = append(args, string(s))
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		parts = append(parts, `state IN (`+strings.Join(marks, ",")+`)`)
	}
	if f.Item != "" {
		add(`item = ?`, f.Item)
	}
	if f.No != "" {
		add(`no = ?`, f.No)
	}
	if f.IDBlind != "" {
		add(`id_blind = ?`, f.IDBlind)
	}
	if f.Name != "" {
		add(`(name_masked LIKE ? OR item_name LIKE ?)`, "%"+f.Name+"%")
	}
	if f.Masked != "" {
		add(`name_masked = ?`, f.Masked)
	}
	if f.Clerk != "" {
		add(`clerk = ?`, f.Clerk)
	}
	within, more := f.Within.Where(place, len(args)+1)
	parts, args = append(parts, within), append(args, more...)
	return ` WHERE ` + strings.Join(parts, ` AND `), args
}

// Counts are the numbers over the inbox; Today counts what was received since midnight, Unseen what nobody opened yet.
type Counts struct {
	ByState map[window.State]int
	Today   int
	Unseen  int
}

// Count returns the numbers of what lies within; since is midnight in milliseconds.
func Count(ctx context.Context, q db.Query, within actor.Scope, since int64) (Counts, error) {
	c := Counts{ByState: map[window.State]int{}}
	here, args := within.Where(place, 1)
	rows, err := q.QueryContext(ctx, `SELECT state, COUNT(*) FROM window_case WHERE `+here+` GROUP BY state`, args...)
	if err != nil {
		return c, fmt.Errorf("count by state: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	for rows.Next() {
		var s window.State
		var n int
		if err := rows.Scan(&s, &n); err != nil {
			return c, fmt.Errorf("read count: %w", err)
		}
		c.ByState[s] = n
	}
	if err := rows.Err(); err != nil {
		return c, fmt.Errorf("read counts: %w", err)
	}
	here, args = within.Where(place, 2)
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM window_case WHERE received_at >= $1 AND `+here, append([]any{since}, args...)...).Scan(&c.Today)
	if err != nil {
		return c, fmt.Errorf("count today: %w", err)
	}
	err = q.QueryRowContext(ctx, `SELECT COUNT(*) FROM window_case WHERE state = $1 AND seen_by = '' AND `+here, append([]any{window.Received}, args...)...).Scan(&c.Unseen)
	if err != nil {
		return c, fmt.Errorf("count unseen: %w", err)
	}
	return c, nil
}
