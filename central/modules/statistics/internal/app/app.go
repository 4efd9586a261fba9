// Package app holds the use cases of the statistics (统计用例).
package app

import (
	"context"
	"log/slog"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/statistics/internal/indicators"
	"tongban/central/modules/window"
)

// Cases is what the statistics ask of the window.
type Cases interface {
	Facts(ctx context.Context, no string) (window.Facts, error)
	Every(ctx context.Context, after string, most int) ([]window.Facts, error)
}

// Names says what codes are called; a code that nobody knows is returned as it is.
type Names interface {
	Departments(ctx context.Context) (map[string]string, error) // by id
	Regions(ctx context.Context) (map[string]string, error)     // by code
}

// Needs is what the statistics ask of others.
type Needs struct {
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	Ledger Cases
	Names  Names
	List   []indicators.Indicator
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

var errNoIndicator = errs.E(errs.NotFound, "statistics.no_indicator", "没有这个指标", nil)

func (a *App) indicator(id string) (indicators.Indicator, error) {
	for _, in := range a.List {
		if in.ID == id {
			return in, nil
		}
	}
	return indicators.Indicator{}, errNoIndicator
}
