package app

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/health"
	"tongban/central/modules/running/internal/store"
)

// Standing is one component as the last run found it, and since when it is so.
type Standing struct {
	store.Check
	Since time.Time
}

// Snapshot is the last run of the health check.
type Snapshot struct {
	At     time.Time
	State  health.State
	Answer string
	Checks []Standing
}

// Latest is the last run; before the first it says so.
func (a *App) Latest(ctx context.Context) (s Snapshot, err error) {
	err = a.DB.View(ctx, func(q db.Query) error {
		run, err := store.LastRun(ctx, q)
		if err != nil {
			return err
		}
		checks, err := store.Run(ctx, q, run)
		if err != nil {
			return err
		}
		s.Checks = make([]Standing, len(checks))
		for i, c := range checks {
			s.Checks[i].Check, s.At = c, c.At
			if s.Checks[i].Since, err = store.Since(ctx, q, c.Component, c.State); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	var results []health.Result
	ill := 0
	for _, c := range s.Checks {
		results = append(results, health.Result{State: health.State(c.State)})
		if health.State(c.State) != health.OK {
			ill++
		}
	}
	s.State = health.Worst(results)
	switch {
	case len(results) == 0:
		s.State, s.Answer = health.Unknown, "还没有检查过，请点“立即检查”"
	case ill == 0:
		s.Answer = fmt.Sprintf("%d 项检查都正常", len(results))
	default:
		s.Answer = fmt.Sprintf("%d 项检查里有 %d 项需要看一下", len(results), ill)
	}
	return s, nil
}
