package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
)

// Filter says which days and which places.
type Filter struct {
	From, To   string // days, both included
	Region     string // exactly; "" = all
	Department string
	Dim        string // DimPlace when Name is ""
	Name       string // of the dim; "" = all
	Within     actor.Scope
}

var places = actor.Columns{Region: "region", Department: "department", Handler: "''"}

// grouped are the words by which sums may be grouped, and their SQL.
var grouped = map[string]string{"": "''", "month": "substr(day, 1, 7)", "day": "day", "region": "region", "department": "department", "name": "name"}

// Group is the sums of one group.
type Group struct {
	Key  string
	Sums Sums
}

// SumBy sums the days of a filter, grouped by "", month, day, region, department, or the name in the filter's dim; in the order of keys.
func SumBy(ctx context.Context, q db.Query, f Filter, by string) ([]Group, error) {
	expr, ok := grouped[by]
	if !ok {
		return nil, fmt.Errorf("sums: cannot group by %q", by)
	}
	var cols []string
	for _, m := range Measures {
		cols = append(cols, "CAST(COALESCE(SUM("+m+"), 0) AS BIGINT)")
	}
	w := where{}
	w.add(`dim = ?`, f.Dim)
	w.add(`day >= ?`, f.From)
	w.add(`day <= ?`, f.To)
	w.when(f.Name != "", `name = ?`, f.Name)
	w.when(f.Region != "", `region = ?`, f.Region)
	w.when(f.Department != "", `department = ?`, f.Department)
	w.within(f.Within)
	rows, err := q.QueryContext(ctx, `SELECT `+expr+`, `+strings.Join(cols, ", ")+` FROM statistics_day WHERE `+w.String()+` GROUP BY 1 ORDER BY 1`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("sum days: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Group{}
	for rows.Next() {
		var g Group
		to := []any{&g.Key}
		for i := range g.Sums {
			to = append(to, &g.Sums[i])
		}
		if err := rows.Scan(to...); err != nil {
			return nil, fmt.Errorf("read sums: %w", err)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// CaseFilter says which cases of the ledger.
type CaseFilter struct {
	Filter
	By    string // received, accepted or closed: the day that From and To speak of
	Only  string // one more condition: "", promised, noticed, remote, overdue …, see conditions
	After string // case number
	Most  int
}

// conditions are what a drill may ask beside days and places; each is the population or the counted part of an indicator.
var conditions = map[string]string{
	"": "1=1", "promised": "state IN ('granted','denied') AND promised > 0", "noticed": "notices > 0", "noticed_again": "notices > 1", "remote": "channel <> 'window'",
	"illegal": "illegal > 0", "tolerated": "tolerated > 0", "exempt": "exempt > 0", "on_spot": "state = 'granted' AND promised = 0",
	"refused": "state = 'refused'", "withdrawn": "state = 'withdrawn'", "granted": "state = 'granted'",
}

// HasCondition reports whether a drill may ask it.
func HasCondition(name string) bool { _, ok := conditions[name]; return ok }

// Cases lists cases of the ledger by number, those after the given one, and counts all of the filter.
func Cases(ctx context.Context, q db.Query, f CaseFilter) (rows []Row, total int, err error) {
	w, err := f.where()
	if err != nil {
		return nil, 0, err
	}
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM statistics_case WHERE `+w.String(), w.args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count ledger: %w", err)
	}
	w.when(f.After != "", `no > ?`, f.After)
	w.args = append(w.args, f.Most)
	found, err := q.QueryContext(ctx, `SELECT `+rowColumns+` FROM statistics_case WHERE `+w.String()+fmt.Sprintf(` ORDER BY no LIMIT $%d`, len(w.args)), w.args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list ledger: %w", err)
	}
	rows, err = readRows(found)
	return rows, total, err
}

// EachCase calls visit with every case of a filter, for a recount.
func EachCase(ctx context.Context, q db.Query, f CaseFilter, visit func(Row)) error {
	w, err := f.where()
	if err != nil {
		return err
	}
	found, err := q.QueryContext(ctx, `SELECT `+rowColumns+` FROM statistics_case WHERE `+w.String(), w.args...)
	if err != nil {
		return fmt.Errorf("read ledger: %w", err)
	}
	defer found.Close() //nolint:errcheck // read to the end below
	for found.Next() {
		var r Row
		if err := found.Scan(r.fields()...); err != nil {
			return fmt.Errorf("read ledger row: %w", err)
		}
		visit(r)
	}
	return found.Err()
}

func readRows(found *sql.Rows) ([]Row, error) {
	defer found.Close() //nolint:errcheck // read to the end below
	out := []Row{}
	for found.Next() {
		var r Row
		if err := found.Scan(r.fields()...); err != nil {
			return nil, fmt.Errorf("read ledger row: %w", err)
		}
		out = append(out, r)
	}
	return out, found.Err()
}

// nameColumns are the columns of the ledger that hold a dim's name.
var nameColumns = map[string]string{DimItem: "item", DimWindow: "at_window", DimChannel: "channel", DimHall: "hall"}

func (f CaseFilter) where() (where, error) {
	w := where{}
	day := map[string]string{"received": "received", "accepted": "accepted", "closed": "closed"}[f.By]
	only, known := conditions[f.Only]
	if day == "" || !known {
		return w, fmt.Errorf("ledger: no day %q or condition %q", f.By, f.Only)
	}
	w.add(day+` >= ?`, f.From)
	w.add(day+` <= ?`, f.To)
	w.parts = append(w.parts, only)
	if column := nameColumns[f.Dim]; column != "" && f.Name != "" {
		w.add(column+` = ?`, f.Name)
	}
	w.when(f.Region != "", `region = ?`, f.Region)
	w.when(f.Department != "", `department = ?`, f.Department)
	w.within(f.Within)
	return w, nil
}

// where gathers conditions and their arguments.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(sql string, a any) {
	w.args = append(w.args, a)
	w.parts = append(w.parts, strings.ReplaceAll(sql, "?", fmt.Sprintf("$%d", len(w.args))))
}

func (w *where) when(when bool, sql string, a any) {
	if when {
		w.add(sql, a)
	}
}

func (w *where) within(s actor.Scope) {
	part, more := s.Where(places, len(w.args)+1)
	w.parts, w.args = append(w.parts, part), append(w.args, more...)
}

func (w *where) String() string { return strings.Join(w.parts, " AND ") }

// ItemNames returns what the items that have cases are called, by code.
func ItemNames(ctx context.Context, q db.Query) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT code, name FROM statistics_item`)
	if err != nil {
		return nil, fmt.Errorf("list items: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := map[string]string{}
	for rows.Next() {
		var code, name string
		if err := rows.Scan(&code, &name); err != nil {
			return nil, fmt.Errorf("read item: %w", err)
		}
		out[code] = name
	}
	return out, rows.Err()
}

// RatingLevels counts ratings by level. A rating belongs where its case does.
func RatingLevels(ctx context.Context, q db.Query, f Filter) (map[int]int, error) {
	w := where{}
	w.add(`r.day >= ?`, f.From)
	w.add(`r.day <= ?`, f.To)
	w.when(f.Region != "", `c.region = ?`, f.Region)
	w.when(f.Department != "", `c.department = ?`, f.Department)
	part, more := f.Within.Where(actor.Columns{Region: "c.region", Department: "c.department", Handler: "''"}, len(w.args)+1)
	w.parts, w.args = append(w.parts, part), append(w.args, more...)
	rows, err := q.QueryContext(ctx, `SELECT r.level, COUNT(*) FROM statistics_rating r LEFT JOIN statistics_case c ON c.no = r.case_no WHERE `+w.String()+` GROUP BY r.level`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("count ratings: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := map[int]int{}
	for rows.Next() {
		var level, n int
		if err := rows.Scan(&level, &n); err != nil {
			return nil, fmt.Errorf("read ratings: %w", err)
		}
		out[level] = n
	}
	return out, rows.Err()
}
