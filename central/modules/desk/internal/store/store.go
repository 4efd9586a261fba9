// Package store is the SQL of the department's desk (部门审批存储), the only package that names its tables.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/modules/desk"
)

// Task is one row. Times are milliseconds, dates YYYY-MM-DD or "".
type Task struct {
	No                         string
	Item                       string
	ItemVersion                int
	ItemName, Applicant, Place string
	Region, Department         string
	Handler, HandlerName       string
	State                      desk.State
	Version                    int
	Named                      bool // only the people of desk_signer see it
	RuleVersion                int
	AssignedAt, SignedAt       int64
	SignedBy                   string
	StepDays                   int
	StepFrom, StepDue          string
	Pauses                     string // spans as JSON
	Due                        string
	Ticks                      string // point → note, as JSON
	Missing                    int
	Reason, Outcome            string
	EndedAt                    int64
}

// At is where the task belongs.
func (t Task) At() actor.Place {
	return actor.Place{Region: t.Region, Department: t.Department, Handler: t.Handler}
}

const taskColumns = `no, item, item_version, item_name, applicant, place, region, department, handler, handler_name, state, version, named,
	rule_version, assigned_at, signed_at, signed_by, step_days, step_from, step_due, pauses, due, ticks, missing, reason, outcome, ended_at`

func (t *Task) fields(named *int) []any {
	return []any{
		&t.No, &t.Item, &t.ItemVersion, &t.ItemName, &t.Applicant, &t.Place, &t.Region, &t.Department, &t.Handler, &t.HandlerName, &t.State,
		&t.Version, named, &t.RuleVersion, &t.AssignedAt, &t.SignedAt, &t.SignedBy, &t.StepDays, &t.StepFrom, &t.StepDue, &t.Pauses, &t.Due,
		&t.Ticks, &t.Missing, &t.Reason, &t.Outcome, &t.EndedAt,
	}
}

// AddTask keeps a new task with those who may sign it.
func AddTask(ctx context.Context, tx db.Tx, t Task, signers []Signer) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_task (`+taskColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27)`,
		t.No, t.Item, t.ItemVersion, t.ItemName, t.Applicant, t.Place, t.Region, t.Department, t.Handler, t.HandlerName, t.State, t.Version,
		db.Int(t.Named), t.RuleVersion, t.AssignedAt, t.SignedAt, t.SignedBy, t.StepDays, t.StepFrom, t.StepDue, t.Pauses, t.Due, t.Ticks,
		t.Missing, t.Reason, t.Outcome, t.EndedAt)
	if err != nil {
		return fmt.Errorf("insert task: %w", err)
	}
	return PutSigners(ctx, tx, t.No, signers)
}

// Signer is one who may sign for a task: an account by its login, or everybody of a post (岗位).
type Signer struct{ Kind, Who string }

// PutSigners says anew who may sign for a task.
func PutSigners(ctx context.Context, tx db.Tx, no string, signers []Signer) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM desk_signer WHERE no = $1`, no); err != nil {
		return fmt.Errorf("clear signers: %w", err)
	}
	for _, s := range signers {
		if _, err := tx.ExecContext(ctx, `INSERT INTO desk_signer (no, kind, who) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`, no, s.Kind, s.Who); err != nil {
			return fmt.Errorf("insert signer: %w", err)
		}
	}
	return nil
}

// Me is the caller as the lists ask for them.
type Me struct {
	Account, Login string
	Posts          []string
}

// mine is the condition that a task is not kept for others; the first placeholder is $first.
func (m Me) mine(first int) (string, []any) {
	args := []any{m.Account, m.Login}
	where := fmt.Sprintf(`(named = 0 OR handler = $%d OR EXISTS (SELECT 1 FROM desk_signer s WHERE s.no = desk_task.no AND (s.kind = 'account' AND s.who = $%d`, first, first+1)
	if len(m.Posts) > 0 {
		marks := make([]string, len(m.Posts))
		for i, p := range m.Posts {
			args = append(args, p)
			marks[i] = fmt.Sprintf("$%d", first+len(args)-1)
		}
		where += ` OR s.kind = 'post' AND s.who IN (` + strings.Join(marks, ", ") + `)`
	}
	return where + `)))`, args
}

// Get returns one task whoever asks, or desk.ErrNoSuchTask.
func Get(ctx context.Context, q db.Query, no string) (Task, error) {
	return one(ctx, q, `no = $1`, no)
}

// See returns one task if it lies within scope and is not kept for others.
func See(ctx context.Context, q db.Query, no string, within actor.Scope, m Me) (Task, error) {
	scope, args := within.Where(actor.Columns{Region: "region", Department: "department", Handler: "handler"}, 2)
	mine, more := m.mine(2 + len(args))
	return one(ctx, q, `no = $1 AND `+scope+` AND `+mine, append(append([]any{no}, args...), more...)...)
}

func one(ctx context.Context, q db.Query, where string, args ...any) (Task, error) {
	var t Task
	var named int
	err := q.QueryRowContext(ctx, `SELECT `+taskColumns+` FROM desk_task WHERE `+where, args...).Scan(t.fields(&named)...)
	t.Named = named != 0
	if errors.Is(err, sql.ErrNoRows) {
		return Task{}, desk.ErrNoSuchTask
	}
	if err != nil {
		return Task{}, fmt.Errorf("load task: %w", err)
	}
	return t, nil
}

// Filter narrows a list of tasks.
type Filter struct {
	States     []desk.State
	Within     actor.Scope
	Me         *Me    // nil: whoever the task is kept for
	Handler    string // account, "" = anybody
	Query      string // number, or part of the item's or the applicant's name
	Missing    bool   // only those with papers missing
	Page, Size int
}

func (f Filter) where() (string, []any) {
	where, args := f.Within.Where(actor.Columns{Region: "region", Department: "department", Handler: "handler"}, 1)
	mark := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if f.Me != nil {
		mine, more := f.Me.mine(len(args) + 1)
		where += ` AND ` + mine
		args = append(args, more...)
	}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, s := range f.States {
			marks[i] = mark(s)
		}
		where += ` AND state IN (` + strings.Join(marks, ", ") + `)`
	}
	if f.Handler != "" {
		where += ` AND handler = ` + mark(f.Handler)
	}
	if f.Missing {
		where += ` AND missing > 0`
	}
	if f.Query != "" {
		like := mark("%" + strings.NewReplacer("%", "", "_", "").Replace(f.Query) + "%")
		where += ` AND (no LIKE ` + like + ` OR item_name LIKE ` + like + ` OR applicant LIKE ` + like + `)`
	}
	return where, args
}

// List returns one page, what goes wrong first at the top, and how many there are.
func List(ctx context.Context, q db.Query, f Filter) (out []Task, total int, err error) {
	where, args := f.where()
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM desk_task WHERE `+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count tasks: %w", err)
	}
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM desk_task WHERE %s ORDER BY ended_at DESC, due, assigned_at, no LIMIT %d OFFSET %d`,
		taskColumns, where, f.Size, (f.Page-1)*f.Size), args...)
	if err != nil {
		return nil, 0, fmt.Errorf("list tasks: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out = []Task{}
	for rows.Next() {
		var t Task
		var named int
		if err := rows.Scan(t.fields(&named)...); err != nil {
			return nil, 0, fmt.Errorf("read task: %w", err)
		}
		t.Named = named != 0
		out = append(out, t)
	}
	return out, total, rows.Err()
}

// ByNo returns tasks by their numbers, whoever asks; those that there are not are left out.
func ByNo(ctx context.Context, q db.Query, nos []string) (map[string]Task, error) {
	marks, args := among(nos)
	rows, err := q.QueryContext(ctx, `SELECT `+taskColumns+` FROM desk_task WHERE no IN (`+marks+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("load tasks: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := map[string]Task{}
	for rows.Next() {
		var t Task
		var named int
		if err := rows.Scan(t.fields(&named)...); err != nil {
			return nil, fmt.Errorf("read task: %w", err)
		}
		t.Named = named != 0
		out[t.No] = t
	}
	return out, rows.Err()
}

// Count returns how many tasks a filter keeps.
func Count(ctx context.Context, q db.Query, f Filter) (n int, err error) {
	where, args := f.where()
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM desk_task WHERE `+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count tasks: %w", err)
	}
	return n, nil
}

// Move writes a task that nobody moved since its Version was read; else desk.ErrChanged.
func Move(ctx context.Context, tx db.Tx, t Task) error {
	res, err := tx.ExecContext(ctx, `UPDATE desk_task SET version=version+1, region=$1, department=$2, handler=$3, handler_name=$4, state=$5, named=$6,
		rule_version=$7, assigned_at=$8, signed_at=$9, signed_by=$10, step_days=$11, step_from=$12, step_due=$13, pauses=$14, due=$15, ticks=$16,
		missing=$17, reason=$18, outcome=$19, ended_at=$20 WHERE no=$21 AND version=$22`,
		t.Region, t.Department, t.Handler, t.HandlerName, t.State, db.Int(t.Named), t.RuleVersion, t.AssignedAt, t.SignedAt, t.SignedBy, t.StepDays,
		t.StepFrom, t.StepDue, t.Pauses, t.Due, t.Ticks, t.Missing, t.Reason, t.Outcome, t.EndedAt, t.No, t.Version)
	if err != nil {
		return fmt.Errorf("move task: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return desk.ErrChanged
	}
	return nil
}

// Deed is one line of what was done with a task.
type Deed struct {
	ID, No         string
	At             int64
	Act, Who, Text string
}

// AddDeed keeps one.
func AddDeed(ctx context.Context, tx db.Tx, d Deed) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO desk_deed (id, no, at, act, who, text) VALUES ($1,$2,$3,$4,$5,$6)`, d.ID, d.No, d.At, d.Act, d.Who, d.Text)
	if err != nil {
		return fmt.Errorf("insert deed: %w", err)
	}
	return nil
}

// Deeds returns what was done with a task, in order.
func Deeds(ctx context.Context, q db.Query, no string) ([]Deed, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, no, at, act, who, text FROM desk_deed WHERE no = $1 ORDER BY at, id`, no)
	if err != nil {
		return nil, fmt.Errorf("list deeds: %w", err)
	}
	defer rows.Close() //nolint:errcheck // read to the end below
	out := []Deed{}
	for rows.Next() {
		var d Deed
		if err := rows.Scan(&d.ID, &d.No, &d.At, &d.Act, &d.Who, &d.Text); err != nil {
			return nil, fmt.Errorf("read deed: %w", err)
		}
		out = append(out, d)
	}
	return out, rows.Err()
}
