package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/health"
	"tongban/central/kernel/ids"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/store"
)

// CheckUp runs every check and keeps the run.
func (a *App) CheckUp(ctx context.Context) (run string, found []health.Result, err error) {
	found = a.Health.Run(ctx, limit)
	run = ids.New()
	err = a.DB.Do(ctx, func(tx db.Tx) error { return keepRun(ctx, tx, run, found) })
	return run, found, err
}

func keepRun(ctx context.Context, tx db.Tx, run string, found []health.Result) error {
	checks := make([]store.Check, len(found))
	for i, r := range found {
		m, err := json.Marshal(r.Measured)
		if err != nil {
			return fmt.Errorf("encode measures: %w", err)
		}
		checks[i] = store.Check{Component: r.Component, Title: r.Title, Kind: r.Kind, State: string(r.State), Text: r.Text, Measured: m}
	}
	return store.PutRun(ctx, tx, run, checks)
}

// Watch is the job that checks now and again, so that the page has an answer and states have a beginning.
func (a *App) Watch(ctx context.Context, _ json.RawMessage) error {
	_, _, err := a.CheckUp(ctx)
	return err
}

// PlanAhead makes the inspections of the coming year, reports those whose time has come and marks those that were missed.
// It is a job, and safe to run at any time.
func (a *App) PlanAhead(ctx context.Context, _ json.RawMessage) error {
	now := a.Clock.Now()
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		plan, err := store.GetPlan(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range ahead(plan.Every, now) {
			if err := store.AddTask(ctx, tx, t); err != nil {
				return err
			}
		}
		return a.miss(ctx, tx, now)
	})
	return errors.Join(err, a.report(ctx, now), a.Tidy(ctx))
}

// miss marks what was not signed in time.
func (a *App) miss(ctx context.Context, tx db.Tx, now time.Time) error {
	list, err := store.Tasks(ctx, tx, now.AddDate(-1, 0, 0))
	if err != nil {
		return err
	}
	for _, t := range list {
		if now.Before(t.DueAt) || apply(&t, actMiss) != nil {
			continue
		}
		if err := store.PutTask(ctx, tx, t); err != nil {
			return err
		}
		if err := note(ctx, tx, "running.miss_inspection", t.ID, "", nil); err != nil {
			return err
		}
		if err := events.Emit(ctx, tx, events.Event{Topic: running.EventMissed, Key: t.ID, Data: running.Missed{Task: t.ID}}); err != nil {
			return err
		}
	}
	return nil
}

// report checks and writes the report of each inspection that is due soon.
func (a *App) report(ctx context.Context, now time.Time) error {
	list, err := view(ctx, a.DB, func(q db.Query) ([]store.Task, error) { return store.Tasks(ctx, q, now) })
	if err != nil {
		return err
	}
	for _, t := range list {
		if t.State != Due || now.Before(reportAt(t)) || now.Before(t.OpensAt) {
			continue
		}
		if _, err := a.carry(ctx, t.ID, actReport, ""); err != nil {
			return err
		}
	}
	return nil
}

// Inspect does an inspection now, in the name of who asks: the open one of the plan, or an extra one when there is none.
func (a *App) Inspect(ctx context.Context, text string) (store.Task, error) {
	now := a.Clock.Now()
	list, err := view(ctx, a.DB, func(q db.Query) ([]store.Task, error) { return store.Tasks(ctx, q, now.AddDate(0, -2, 0)) })
	if err != nil {
		return store.Task{}, err
	}
	id := ""
	for _, t := range list {
		if t.OpensAt.After(now) || t.State != Due && t.State != Ready || !now.Before(t.DueAt) {
			continue
		}
		id = t.ID
	}
	if id == "" {
		id = "x-" + now.UTC().Format("20060102-150405") + "-" + ids.New()[:4]
		err := a.DB.Do(ctx, func(tx db.Tx) error {
			return store.AddTask(ctx, tx, store.Task{ID: id, OpensAt: now, DueAt: now, State: Due})
		})
		if err != nil {
			return store.Task{}, err
		}
	}
	return a.carry(ctx, id, actDo, text)
}

// carry runs the checks and moves the inspection by act; state, run, report and record are kept together.
func (a *App) carry(ctx context.Context, id, act, text string) (out store.Task, err error) {
	found := a.Health.Run(ctx, limit)
	run := ids.New()
	who := auth.Who(ctx)
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.GetTask(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := apply(&t, act); err != nil {
			return err
		}
		t.Run, t.Result, t.Findings = run, verdict(found), findings(found)
		if act == actDo {
			t.PersonID, t.Person, t.Note, t.DoneAt = who.ID, who.Name, strings.TrimSpace(text), tx.Now()
		}
		if err := keepRun(ctx, tx, run, found); err != nil {
			return err
		}
		if err := store.PutTask(ctx, tx, t); err != nil {
			return err
		}
		if err := a.keepReport(ctx, tx, t); err != nil {
			return err
		}
		out = t
		return note(ctx, tx, "running.inspect", id, text, map[string]string{"result": t.Result, "state": t.State})
	})
	return out, err
}

// Sign puts a person's name under the report that the program wrote, and writes it anew with the name.
func (a *App) Sign(ctx context.Context, id, text string) (out store.Task, err error) {
	who := auth.Who(ctx)
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		t, err := store.GetTask(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := apply(&t, actSign); err != nil {
			return err
		}
		t.PersonID, t.Person, t.Note, t.DoneAt = who.ID, who.Name, strings.TrimSpace(text), tx.Now()
		if err := store.PutTask(ctx, tx, t); err != nil {
			return err
		}
		if err := a.keepReport(ctx, tx, t); err != nil {
			return err
		}
		out = t
		return note(ctx, tx, "running.sign_inspection", id, text, map[string]string{"result": t.Result, "state": t.State})
	})
	return out, err
}

func verdict(found []health.Result) string {
	for _, r := range found {
		if !r.Passed() {
			return "fail"
		}
	}
	return "pass"
}

func findings(found []health.Result) (n int) {
	for _, r := range found {
		if r.State != health.OK {
			n++
		}
	}
	return n
}

// SetPlan changes how often and whose duty it is. Fewer than twelve a year cannot be set.
func (a *App) SetPlan(ctx context.Context, p store.Plan, reason string) error {
	if p.Every != "month" && p.Every != "week" {
		return errs.E(errs.Invalid, "running.bad_plan", "巡检周期只能是每月或每周：合同要求每年不少于 12 次", nil)
	}
	now := a.Clock.Now()
	return a.DB.Do(ctx, func(tx db.Tx) error {
		p.ChangedBy = tx.Actor().Name
		if err := store.PutPlan(ctx, tx, p); err != nil {
			return err
		}
		if err := store.DropFuture(ctx, tx, now); err != nil {
			return err
		}
		for _, t := range ahead(p.Every, now) {
			if err := store.AddTask(ctx, tx, t); err != nil {
				return err
			}
		}
		return note(ctx, tx, "running.plan", "inspection", reason, map[string]string{"every": p.Every, "duty_person": p.DutyPerson})
	})
}
