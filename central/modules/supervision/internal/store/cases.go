package store

import (
	"context"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
)

// Case is one case as the monitor shows it.
type Case struct {
	No, Item, ItemName, Place   string
	Region, Department, Handler string
	State                       string
	Ended                       bool
	Level                       string
	Grade                       int // order of levels, the gravest highest
	Budget, Used, Left, Overdue int
	Standing                    bool
	Clock                       string // in words
	Due, Statutory, AcceptedOn  string
	ReceivedAt, EndedAt         time.Time
	LastAct                     string
	MovedAt                     time.Time
	Version                     int // of the case
}

const caseColumns = `no, item, item_name, place, region, department, handler, state, ended, level, grade, budget, used, days_left, overdue, standing,
	clock_text, due, statutory, accepted_on, received_at, ended_at, last_act, moved_at, version`

func readCase(s scanner) (c Case, err error) {
	var ended, standing int
	var received, endedAt, moved int64
	err = s.Scan(&c.No, &c.Item, &c.ItemName, &c.Place, &c.Region, &c.Department, &c.Handler, &c.State, &ended, &c.Level, &c.Grade, &c.Budget, &c.Used, &c.Left, &c.Overdue,
		&standing, &c.Clock, &c.Due, &c.Statutory, &c.AcceptedOn, &received, &endedAt, &c.LastAct, &moved, &c.Version)
	c.Ended, c.Standing = ended == 1, standing == 1
	c.ReceivedAt, c.EndedAt, c.MovedAt = db.FromMs(received), db.FromMs(endedAt), db.FromMs(moved)
	return c, err
}

// PutCase keeps how a case stands; what was known of a later version of it stays.
func PutCase(ctx context.Context, tx db.Tx, c Case) error {
	return exec(ctx, tx, "keep case", `INSERT INTO supervision_case (`+caseColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)
		ON CONFLICT (no) DO UPDATE SET item = excluded.item, item_name = excluded.item_name, place = excluded.place, region = excluded.region, department = excluded.department,
		handler = excluded.handler, state = excluded.state, ended = excluded.ended, level = excluded.level, grade = excluded.grade, budget = excluded.budget, used = excluded.used,
		days_left = excluded.days_left, overdue = excluded.overdue, standing = excluded.standing, clock_text = excluded.clock_text, due = excluded.due, statutory = excluded.statutory,
		accepted_on = excluded.accepted_on, received_at = excluded.received_at, ended_at = excluded.ended_at, last_act = excluded.last_act, moved_at = excluded.moved_at,
		version = excluded.version WHERE supervision_case.version <= excluded.version`,
		c.No, c.Item, c.ItemName, c.Place, c.Region, c.Department, c.Handler, c.State, db.Int(c.Ended), c.Level, c.Grade, c.Budget, c.Used, c.Left, c.Overdue,
		db.Int(c.Standing), c.Clock, c.Due, c.Statutory, c.AcceptedOn, db.Ms(c.ReceivedAt), db.Ms(c.EndedAt), c.LastAct, db.Ms(c.MovedAt), c.Version)
}

// CasesByNo returns the named cases that are known, by number.
func CasesByNo(ctx context.Context, q db.Query, nos []string) (map[string]Case, error) {
	var c clauses
	c.within("no", nos)
	list, err := all(ctx, q, "cases", readCase, `SELECT `+caseColumns+` FROM supervision_case WHERE `+c.where(), c.args...)
	out := map[string]Case{}
	for _, one := range list {
		out[one.No] = one
	}
	return out, err
}

// CaseFilter says which cases the monitor shows.
type CaseFilter struct {
	Scope  actor.Scope
	Level  string
	State  string
	Typed  string // part of number or item
	Ended  bool   // ended ones too
	Recent bool   // what moved last first; else the worst first
	Most   int
	Skip   int
}

var places = actor.Columns{Region: "region", Department: "department", Handler: "handler"}

func (f CaseFilter) clauses() clauses {
	var c clauses
	c.bound(func(first int) (string, []any) { return f.Scope.Where(places, first) })
	if !f.Ended {
		c.add("ended = 0")
	}
	if f.Level != "" {
		c.add("level = ?", f.Level)
	}
	if f.State != "" {
		c.add("state = ?", f.State)
	}
	if f.Typed != "" {
		c.add(`(no LIKE ? ESCAPE '\' OR item_name LIKE ? ESCAPE '\')`, like(f.Typed), like(f.Typed))
	}
	return c
}

// Cases lists a page of cases and says how many there are.
func Cases(ctx context.Context, q db.Query, f CaseFilter) ([]Case, int, error) {
	c := f.clauses()
	n, err := number(ctx, q, "cases", `SELECT count(*) FROM supervision_case WHERE `+c.where(), c.args...)
	if err != nil {
		return nil, 0, err
	}
	order := "grade DESC, days_left, no"
	if f.Recent {
		order = "moved_at DESC, no DESC"
	}
	where := c.where()
	most, skip := c.next(f.Most), c.next(f.Skip)
	list, err := all(ctx, q, "cases", readCase, `SELECT `+caseColumns+` FROM supervision_case WHERE `+where+` ORDER BY `+order+` LIMIT `+most+` OFFSET `+skip, c.args...)
	return list, n, err
}

// Tally is how many running cases stand where.
type Tally struct {
	Level, State string
	Standing     bool
	N            int
}

// Tallies counts the running cases within a scope.
func Tallies(ctx context.Context, q db.Query, scope actor.Scope) ([]Tally, error) {
	c := CaseFilter{Scope: scope}.clauses()
	return all(ctx, q, "counts", func(s scanner) (t Tally, err error) {
		var standing int
		err = s.Scan(&t.Level, &t.State, &standing, &t.N)
		t.Standing = standing == 1
		return t, err
	}, `SELECT level, state, standing, count(*) FROM supervision_case WHERE `+c.where()+` GROUP BY level, state, standing`, c.args...)
}

// DayNumbers is what happened on one day.
type DayNumbers struct{ Received, Accepted, Ended int }

// Day counts what was received, accepted and ended in a day.
func Day(ctx context.Context, q db.Query, scope actor.Scope, day string, from, to time.Time) (d DayNumbers, err error) {
	count := func(into *int, condition string, args ...any) {
		if err != nil {
			return
		}
		c := CaseFilter{Scope: scope, Ended: true}.clauses()
		c.add(condition, args...)
		*into, err = number(ctx, q, "day", `SELECT count(*) FROM supervision_case WHERE `+c.where(), c.args...)
	}
	count(&d.Received, "received_at >= ? AND received_at < ?", db.Ms(from), db.Ms(to))
	count(&d.Accepted, "accepted_on = ?", day)
	count(&d.Ended, "ended_at >= ? AND ended_at < ?", db.Ms(from), db.Ms(to))
	return d, err
}

// ForgetCases deletes what ended before a time.
func ForgetCases(ctx context.Context, tx db.Tx, before time.Time) error {
	return exec(ctx, tx, "forget cases", `DELETE FROM supervision_case WHERE ended = 1 AND ended_at < $1`, db.Ms(before))
}

// Begin notes since when a stretch lasts; one that has begun keeps its beginning.
func Begin(ctx context.Context, tx db.Tx, caseNo, kind string, at time.Time) error {
	return exec(ctx, tx, "begin stretch", `INSERT INTO supervision_stretch (case_no, kind, since) VALUES ($1, $2, $3) ON CONFLICT (case_no, kind) DO NOTHING`, caseNo, kind, db.Ms(at))
}

// End forgets a stretch; all of a case's when kind is "".
func End(ctx context.Context, tx db.Tx, caseNo, kind string) error {
	return exec(ctx, tx, "end stretch", `DELETE FROM supervision_stretch WHERE case_no = $1 AND ($2 = '' OR kind = $2)`, caseNo, kind)
}

// Stretches returns since when each stretch of the named cases lasts: case → kind → since.
func Stretches(ctx context.Context, q db.Query, nos []string) (map[string]map[string]time.Time, error) {
	type row struct {
		no, kind string
		since    int64
	}
	var c clauses
	c.within("case_no", nos)
	list, err := all(ctx, q, "stretches", func(s scanner) (r row, err error) { return r, s.Scan(&r.no, &r.kind, &r.since) },
		`SELECT case_no, kind, since FROM supervision_stretch WHERE `+c.where(), c.args...)
	out := map[string]map[string]time.Time{}
	for _, r := range list {
		if out[r.no] == nil {
			out[r.no] = map[string]time.Time{}
		}
		out[r.no][r.kind] = db.FromMs(r.since)
	}
	return out, err
}

// PutDay writes how a day stands, over what was written of it before.
func PutDay(ctx context.Context, tx db.Tx, day string) error {
	if err := exec(ctx, tx, "clear day", `DELETE FROM supervision_day WHERE day = $1`, day); err != nil {
		return err
	}
	return exec(ctx, tx, "keep day", `INSERT INTO supervision_day (day, region, department, level, n)
		SELECT CAST($1 AS TEXT), region, department, level, count(*)
		FROM supervision_case WHERE ended = 0 GROUP BY 2, 3, 4`, day)
}

// DayLevels is how a day ended: running cases by level.
func DayLevels(ctx context.Context, q db.Query, scope actor.Scope, day string) (map[string]int, error) {
	var c clauses
	c.bound(func(first int) (string, []any) {
		return scope.Where(actor.Columns{Region: "region", Department: "department"}, first)
	})
	c.add("day = ?", day)
	type row struct {
		level string
		n     int
	}
	list, err := all(ctx, q, "day", func(s scanner) (r row, err error) { return r, s.Scan(&r.level, &r.n) },
		`SELECT level, sum(n) FROM supervision_day WHERE `+c.where()+` GROUP BY level`, c.args...)
	out := map[string]int{}
	for _, r := range list {
		out[r.level] = r.n
	}
	return out, err
}
