package audit

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/db"
)

// Filter narrows a List; zero fields do not narrow.
type Filter struct {
	Object string
	Actor  string // actor id
	Action string // exact action
	Before int64  // only records with a smaller seq, for the next page
	Limit  int    // at most 200; 50 when 0
}

// List returns records newest first.
func List(ctx context.Context, q db.Query, f Filter) ([]Entry, error) {
	var where []string
	var args []any
	add := func(column string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf("%s $%d", column, len(args)))
	}
	if f.Object != "" {
		add("object =", f.Object)
	}
	if f.Actor != "" {
		add("actor_id =", f.Actor)
	}
	if f.Action != "" {
		add("action =", f.Action)
	}
	if f.Before > 0 {
		add("seq <", f.Before)
	}
	query := `SELECT ` + columns + ` FROM kernel_audit`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	args = append(args, min(limit, 200))
	query += fmt.Sprintf(` ORDER BY seq DESC LIMIT $%d`, len(args))

	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list audit: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Entry{}
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("read audit record: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}
