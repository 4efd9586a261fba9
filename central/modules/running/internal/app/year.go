package app

import (
	"context"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/running/internal/store"
)

// Year is the plan and what became of it.
type Year struct {
	Plan              store.Plan
	Next              time.Time // by when the next one must be signed
	Year              int
	Done, Due, Missed int
	Tasks             []store.Task // those that have begun, newest first
}

// Year returns the running year's inspections, and those of the year before.
func (a *App) Year(ctx context.Context) (y Year, err error) {
	now := a.Clock.Now()
	y.Year = now.In(clock.Shanghai).Year()
	first := time.Date(y.Year, 1, 1, 0, 0, 0, 0, clock.Shanghai)
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if y.Plan, err = store.GetPlan(ctx, q); err != nil {
			return err
		}
		all, err := store.Tasks(ctx, q, first.AddDate(-1, 0, 0))
		if err != nil {
			return err
		}
		for _, t := range all {
			y.count(t, first)
			if (t.State == Due || t.State == Ready) && t.Planned && (y.Next.IsZero() || t.DueAt.Before(y.Next)) {
				y.Next = t.DueAt
			}
			if !t.OpensAt.After(now) {
				y.Tasks = append(y.Tasks, t)
			}
		}
		return nil
	})
	return y, err
}

// count counts an inspection into the year in which it opened.
func (y *Year) count(t store.Task, first time.Time) {
	if t.OpensAt.Before(first) || !t.OpensAt.Before(first.AddDate(1, 0, 0)) {
		return
	}
	switch t.State {
	case Done:
		y.Done++
	case Due, Ready:
		y.Due++
	case Late:
		y.Done++
		y.Missed++
	case Missed:
		y.Missed++
	}
}

// Inspection returns one with what its checks found.
func (a *App) Inspection(ctx context.Context, id string) (t store.Task, checks []store.Check, err error) {
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if t, err = store.GetTask(ctx, q, id); err != nil {
			return err
		}
		checks, err = store.Run(ctx, q, t.Run)
		return err
	})
	return t, checks, err
}
