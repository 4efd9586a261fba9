package privacy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

// late is how long the daily deletion may be overdue.
const late = 48 * time.Hour

// Condition is how well the protection itself is (保护状态).
type Condition struct {
	Provider string    // what holds the keys
	Damaged  int64     // values that the last re-sealing could not open
	Tampered int       // labels that do not hold
	LastRun  time.Time // of the deletion; zero before the first
	Failed   bool      // the last one did not come to its end
	Overdue  bool
}

// Condition looks at everything that could be ill.
func (s *Service) Condition(ctx context.Context) (Condition, error) {
	out := Condition{Provider: s.Vault.Provider().Info().Name}
	bad, _, err := s.VerifyLabels(ctx)
	if err != nil {
		return out, err
	}
	out.Tampered = len(bad)
	err = s.DB.View(ctx, func(q db.Query) error {
		if err := q.QueryRowContext(ctx, `SELECT COALESCE(SUM(damaged), 0) FROM kernel_reseal`).Scan(&out.Damaged); err != nil {
			return fmt.Errorf("count damaged values: %w", err)
		}
		var at int64
		var state string
		err := q.QueryRowContext(ctx, `SELECT at, state FROM kernel_retention_run WHERE dry = 0 ORDER BY at DESC, id DESC LIMIT 1`).Scan(&at, &state)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("find last run: %w", err)
		}
		out.LastRun, out.Failed = db.FromMs(at), state == "failed"
		out.Overdue = s.Clock.Now().Sub(out.LastRun) > late
		return nil
	})
	return out, err
}
