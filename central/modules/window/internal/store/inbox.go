package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
)

// Filter is what the inbox list asks for.
type Filter struct {
	States  []window.State // none = all
	Item    string
	No      string   // exact
	IDBlind string   // exact
	Masked  string   // masked name, exact
	Items   []string // any of these items
	Names   []string // any of these masked names
	Clerk   string   // who took it in
	Page    int      // from 1
	Size    int
	Within  actor.Scope // only what lies here
}

// place are the columns of where a case belongs.
var place = actor.Columns{Region: "region", Department: "department", Handler: "handler"}

const (
	// newest and urgent are the two orders of a list, each the order of an index (migration 0070).
	newest = ` ORDER BY received_at DESC, no DESC`
	urgent = ` ORDER BY CASE WHEN due <> '' THEN due ELSE notice_due END, received_at, no`
	// unended is written as the index of open cases is, word for word: only then do both databases know that it serves.
	unended = `state IN ('received', 'notice', 'accepted', 'suspended')`
	// mostCounted bounds how far a list counts what lies beyond the page: a number with five digits tells nobody anything.
	mostCounted = 10_000
	// mostOfEach bounds what words find for each item or name; who finds more writes more.
	mostOfEach = 1000
)

// open reports whether only cases are asked for in which something is still to be done.
func (f Filter) open() bool {
	return len(f.States) > 0 && !slices.ContainsFunc(f.States, func(s window.State) bool { return !s.Open() })
}

// List returns one page, how many there are, and whether there are more than were counted. Open cases come by what goes wrong first:
// the nearest date, then the oldest; others newest first. The page is found in an index alone; only its rows are read.
func List(ctx context.Context, q db.Query, f Filter) (rows []Case, total int, more bool, err error) {
	if len(f.Items)+len(f.Names) > 0 && !f.open() {
		return f.found(ctx, q)
	}
	where, args := f.where(0)
	most := max(mostCounted, f.Page*f.Size+f.Size)
	err = q.QueryRowContext(ctx, fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM window_case%s LIMIT %d) AS counted`, where, most+1), args...).Scan(&total)
	if err != nil {
		return nil, 0, false, fmt.Errorf("count cases: %w", err)
	}
	order := newest
	if f.open() {
		order = urgent
	}
	args = append(args, f.Size, (f.Page-1)*f.Size)
	page := fmt.Sprintf(`SELECT no FROM window_case%s LIMIT $%d OFFSET $%d`, where+order, len(args)-1, len(args))
	rows, err = list(ctx, q, ` WHERE no IN (`+page+`)`+order, args...)
	return rows, min(total, most), total > most, err
}

// found lists what words found: for each item and each name the newest of it, joined. Each part walks its own index.
func (f Filter) found(ctx context.Context, q db.Query) (rows []Case, total int, more bool, err error) {
	var parts []string
	var args []any
	part := func(one Filter) {
		where, a := one.where(len(args))
		parts = append(parts, fmt.Sprintf(`SELECT * FROM (SELECT no, received_at FROM window_case%s LIMIT %d) AS part%d`, where+newest, mostOfEach, len(parts)))
		args = append(args, a...)
	}
	for _, item := range f.Items {
		one := f
		one.Item, one.Items, one.Names = item, nil, nil
		part(one)
	}
	for _, name := range f.Names {
		one := f
		one.Masked, one.Items, one.Names = name, nil, nil
		part(one)
	}
	all := strings.Join(parts, ` UNION `)
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM (`+all+`) AS found`, args...).Scan(&total); err != nil {
		return nil, 0, false, fmt.Errorf("count found cases: %w", err)
	}
	args = append(args, f.Size, (f.Page-1)*f.Size)
	page := fmt.Sprintf(`SELECT no FROM (%s) AS found%s LIMIT $%d OFFSET $%d`, all, newest, len(args)-1, len(args))
	rows, err = list(ctx, q, ` WHERE no IN (`+page+`)`+newest, args...)
	return rows, total, total >= mostOfEach, err
}

// where is the condition; its first argument is the one after used.
func (f Filter) where(used int) (string, []any) {
	var parts []string
	var args []any
	mark := func(a any) string {
		args = append(args, a)
		return fmt.Sprintf("$%d", used+len(args))
	}
	in := func(values []string) string {
		marks := make([]string, len(values))
		for i, v := range values {
			marks[i] = mark(v)
		}
		return ` IN (` + strings.Join(marks, ", ") + `)`
	}
	if f.open() {
		parts = append(parts, unended)
	}
	if len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, s := range f.States {
			states[i] = string(s)
		}
		parts = append(parts, `state`+in(states))
	}
	if f.Item != "" {
		parts = append(parts, `item = `+mark(f.Item))
	}
	if f.No != "" {
		parts = append(parts, `no = `+mark(f.No))
	}
	if f.IDBlind != "" {
		parts = append(parts, `id_blind = `+mark(f.IDBlind))
	}
	if f.Masked != "" {
		parts = append(parts, `name_masked = `+mark(f.Masked))
	}
	if f.Clerk != "" {
		parts = append(parts, `clerk = `+mark(f.Clerk))
	}
	var words []string
	if len(f.Items) > 0 {
		words = append(words, `item`+in(f.Items))
	}
	if len(f.Names) > 0 {
		words = append(words, `name_masked`+in(f.Names))
	}
	if len(words) > 0 {
		parts = append(parts, `(`+strings.Join(words, ` OR `)+`)`)
	}
	within, more := f.Within.Where(place, used+len(args)+1)
	parts, args = append(parts, within), append(args, more...)
	return ` WHERE ` + strings.Join(parts, ` AND `), args
}

// NamesFrom returns up to most masked names that begin so, each once. It steps from one name to the next in their index, however many
// cases bear it.
func NamesFrom(ctx context.Context, q db.Query, prefix string, most int) (names []string, err error) {
	for after := prefix; len(names) < most; {
		op := `>`
		if len(names) == 0 {
			op = `>=`
		}
		var name sql.NullString
		if err := q.QueryRowContext(ctx, `SELECT MIN(name_masked) FROM window_case WHERE name_masked `+op+` $1`, after).Scan(&name); err != nil {
			return nil, fmt.Errorf("step through names: %w", err)
		}
		if !name.Valid || !strings.HasPrefix(name.String, prefix) {
			break
		}
		after = name.String
		names = append(names, after)
	}
	return names, nil
}

// Counts are the numbers over the inbox; ByState counts what is open, Today what was received since midnight, Ended what ended since
// then, Unseen what nobody opened yet.
type Counts struct {
	ByState map[window.State]int
	Today   int
	Ended   int
	Unseen  int
}

// Count returns the numbers of what lies within; since is midnight in milliseconds.
func Count(ctx context.Context, q db.Query, within actor.Scope, since int64) (Counts, error) {
	c := Counts{ByState: map[window.State]int{}}
	here, args := within.Where(place, 1)
	rows, err := q.QueryContext(ctx, `SELECT state, COUNT(*), COUNT(CASE WHEN seen_by = '' THEN 1 END) FROM window_case WHERE `+unended+` AND `+here+` GROUP BY state`, args...)
	if err != nil {
		return c, fmt.Errorf("count by state: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	for rows.Next() {
		var s window.State
		var n, unseen int
		if err := rows.Scan(&s, &n, &unseen); err != nil {
			return c, fmt.Errorf("read count: %w", err)
		}
		c.ByState[s] = n
		if s == window.Received {
			c.Unseen = unseen
		}
	}
	if err := rows.Err(); err != nil {
		return c, fmt.Errorf("read counts: %w", err)
	}
	here, args = within.Where(place, 2)
	args = append([]any{since}, args...)
	for column, n := range map[string]*int{"received_at": &c.Today, "closed_at": &c.Ended} {
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM window_case WHERE `+column+` >= $1 AND `+here, args...).Scan(n); err != nil {
			return c, fmt.Errorf("count today: %w", err)
		}
	}
	return c, nil
}
