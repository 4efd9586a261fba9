package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"tongban/central/kernel/db"
)

// Check is one component as one run found it.
type Check struct {
	Run, Component, Title, Kind, State, Text string
	Measured                                 json.RawMessage
	At                                       time.Time
}

func readCheck(s scanner) (c Check, err error) {
	var at int64
	var measured string
	err = s.Scan(&c.Run, &at, &c.Component, &c.Title, &c.Kind, &c.State, &c.Text, &measured)
	c.At, c.Measured = db.FromMs(at), json.RawMessage(measured)
	return c, err
}

const checkColumns = `run, at, component, title, kind, state, text, measured`

// PutRun keeps one run of the health check.
func PutRun(ctx context.Context, tx db.Tx, run string, checks []Check) error {
	for i, c := range checks {
		err := exec(ctx, tx, "keep check", `INSERT INTO running_check (ord, `+checkColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			i, run, db.Ms(tx.Now()), c.Component, c.Title, c.Kind, c.State, c.Text, string(c.Measured))
		if err != nil {
			return err
		}
	}
	return nil
}

// Run returns the checks of a run in their order.
func Run(ctx context.Context, q db.Query, run string) ([]Check, error) {
	return all(ctx, q, "checks", readCheck, `SELECT `+checkColumns+` FROM running_check WHERE run = $1 ORDER BY ord`, run)
}

// LastRun is the id of the newest run; "" before the first.
func LastRun(ctx context.Context, q db.Query) (run string, err error) {
	run, err = one("run", func(s scanner) (r string, err error) { return r, s.Scan(&r) },
		q.QueryRowContext(ctx, `SELECT coalesce((SELECT run FROM running_check ORDER BY at DESC, run DESC LIMIT 1), '')`))
	return run, err
}

// Since is from when on a component has been in its state, by the runs that are kept.
func Since(ctx context.Context, q db.Query, component, state string) (time.Time, error) {
	at, err := one("state", func(s scanner) (n int64, err error) { return n, s.Scan(&n) },
		q.QueryRowContext(ctx, `SELECT coalesce((SELECT min(at) FROM running_check WHERE component = $1 AND state = $2 AND at >
			coalesce((SELECT max(at) FROM running_check WHERE component = $1 AND state <> $2), 0)), 0)`, component, state))
	return db.FromMs(at), err
}

// ForgetRuns deletes runs that no inspection refers to.
func ForgetRuns(ctx context.Context, tx db.Tx, before time.Time) error {
	return exec(ctx, tx, "forget checks", `DELETE FROM running_check WHERE at < $1 AND run NOT IN (SELECT run FROM running_task)`, db.Ms(before))
}

// Plan is how often, and by whom.
type Plan struct {
	Every      string // month or week
	DutyPerson string
	ChangedAt  time.Time
	ChangedBy  string
}

// GetPlan returns the plan; the monthly one before anybody set another.
func GetPlan(ctx context.Context, q db.Query) (Plan, error) {
	var p Plan
	var at int64
	err := q.QueryRowContext(ctx, `SELECT every, duty_person, changed_at, changed_by FROM running_plan WHERE id = 1`).Scan(&p.Every, &p.DutyPerson, &at, &p.ChangedBy)
	if errors.Is(err, db.ErrNoRows) {
		return Plan{Every: "month"}, nil
	}
	p.ChangedAt = db.FromMs(at)
	return p, err
}

// PutPlan changes the plan.
func PutPlan(ctx context.Context, tx db.Tx, p Plan) error {
	return exec(ctx, tx, "keep plan", `INSERT INTO running_plan (id, every, duty_person, changed_at, changed_by) VALUES (1, $1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET every = excluded.every, duty_person = excluded.duty_person, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		p.Every, p.DutyPerson, db.Ms(tx.Now()), p.ChangedBy)
}

// Task is one inspection.
type Task struct {
	ID               string
	OpensAt, DueAt   time.Time
	State            string
	Planned          bool // by the plan; an extra one is not
	Run, Result      string
	Findings         int
	Note             string
	PersonID, Person string
	DoneAt, ReportAt time.Time
	ReportSum        string
}

const taskColumns = `id, opens_at, due_at, state, planned, run, result, findings, note, person_id, person, done_at, report_at, report_sum`

func readTask(s scanner) (t Task, err error) {
	var opens, due, done, report int64
	var planned int
	err = s.Scan(&t.ID, &opens, &due, &t.State, &planned, &t.Run, &t.Result, &t.Findings, &t.Note, &t.PersonID, &t.Person, &done, &report, &t.ReportSum)
	t.OpensAt, t.DueAt, t.DoneAt, t.ReportAt, t.Planned = db.FromMs(opens), db.FromMs(due), db.FromMs(done), db.FromMs(report), planned == 1
	return t, err
}

// Tasks lists inspections that are due at or after since, newest first.
func Tasks(ctx context.Context, q db.Query, since time.Time) ([]Task, error) {
	return all(ctx, q, "inspections", readTask, `SELECT `+taskColumns+` FROM running_task WHERE due_at >= $1 ORDER BY due_at DESC, id DESC`, db.Ms(since))
}

// GetTask returns one inspection, or running.ErrNoSuch.
func GetTask(ctx context.Context, q db.Query, id string) (Task, error) {
	return one("inspection", readTask, q.QueryRowContext(ctx, `SELECT `+taskColumns+` FROM running_task WHERE id = $1`, id))
}

// AddTask keeps a new inspection; one that is there stays as it is.
func AddTask(ctx context.Context, tx db.Tx, t Task) error {
	return exec(ctx, tx, "plan inspection", `INSERT INTO running_task (id, opens_at, due_at, state, planned) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
		t.ID, db.Ms(t.OpensAt), db.Ms(t.DueAt), t.State, db.Int(t.Planned))
}

// PutTask writes what may change of an inspection.
func PutTask(ctx context.Context, tx db.Tx, t Task) error {
	return exec(ctx, tx, "keep inspection", `UPDATE running_task SET state = $2, run = $3, result = $4, findings = $5, note = $6, person_id = $7, person = $8, done_at = $9 WHERE id = $1`,
		t.ID, t.State, t.Run, t.Result, t.Findings, t.Note, t.PersonID, t.Person, db.Ms(t.DoneAt))
}

// PutReport keeps the report of an inspection.
func PutReport(ctx context.Context, tx db.Tx, id, sum string, pdf []byte) error {
	return exec(ctx, tx, "keep report", `UPDATE running_task SET report = $2, report_sum = $3, report_at = $4 WHERE id = $1`, id, pdf, sum, db.Ms(tx.Now()))
}

// Report returns the report of an inspection, or running.ErrNoSuch.
func Report(ctx context.Context, q db.Query, id string) ([]byte, error) {
	return one("report", func(s scanner) (b []byte, err error) { return b, s.Scan(&b) },
		q.QueryRowContext(ctx, `SELECT report FROM running_task WHERE id = $1 AND report IS NOT NULL`, id))
}

// DropFuture takes back planned inspections that have not begun, when the plan changes.
func DropFuture(ctx context.Context, tx db.Tx, now time.Time) error {
	return exec(ctx, tx, "drop planned inspections", `DELETE FROM running_task WHERE planned = 1 AND state = 'due' AND opens_at > $1`, db.Ms(now))
}
