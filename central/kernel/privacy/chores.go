package privacy

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

// The jobs of this package, once over all copies of the centre.
const (
	jobReseal = "privacy.reseal"
	jobDaily  = "privacy.daily"
)

// QuietHour is the hour of Beijing time from which the daily deletion may run.
const QuietHour = 2

func (s *Service) chores() {
	s.Jobs.Register(jobReseal, func(ctx context.Context, _ json.RawMessage) error { return s.Reseal(ctx) })
	s.Jobs.Register(jobDaily, s.daily)
	// Asked hourly and done once a day: an interval of a day would begin anew with every restart. Not at the start,
	// when a centre has better things to do.
	s.Jobs.Every(jobDaily, time.Hour, false)
}

// daily ends what is due and seals anew what is behind, unless that was done today.
func (s *Service) daily(ctx context.Context, _ json.RawMessage) error {
	now := s.Clock.Now().In(clock.Shanghai)
	today := time.Date(now.Year(), now.Month(), now.Day(), QuietHour, 0, 0, 0, clock.Shanghai)
	if now.Before(today) {
		return nil
	}
	var runs int
	err := s.DB.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM kernel_retention_run WHERE dry = 0 AND state = 'done' AND at >= $1`, db.Ms(today)).Scan(&runs)
	})
	if err != nil || runs > 0 {
		return wrap("look for today's run", err)
	}
	if _, err := s.Apply(ctx, "每日自动执行"); err != nil {
		return fmt.Errorf("apply retention: %w", err)
	}
	return s.Reseal(ctx)
}
