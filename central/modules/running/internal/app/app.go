// Package app holds the use cases of running (运行管理用例): check, inspect, measure, register, back up.
package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/backup"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/health"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/obs"
	"tongban/fleet"
)

// Needs is what the use cases lean on.
type Needs struct {
	DB        *db.DB
	Clock     clock.Clock
	Log       *slog.Logger
	Jobs      *jobs.Jobs
	Health    *health.Registry
	Metrics   *obs.Metrics
	Terminals func(ctx context.Context) ([]fleet.Terminal, error)
	Source    backup.Source
	Backup    BackupPlan
	Host      string // name of this machine, for measurements
}

// BackupPlan is where, how often and how many.
type BackupPlan struct {
	To    string
	Every time.Duration
	Keep  int
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	drawer func() (*drawer, error)
	last   obs.Gauge
	kiosks kioskGauges
	depth  obs.Gauge
	cpu    cpuMeter
}

// New makes the use cases and adds their checks.
func New(n Needs) *App {
	a := &App{Needs: n, drawer: sync.OnceValues(newDrawer)}
	a.last = n.Metrics.Gauge("backup_last_success_timestamp_seconds", "When the last good backup was made; 0 before the first.")
	n.Metrics.Gauge("backup_configured", "1 when a place for backups is configured.").Set(float64(db.Int(n.Backup.To != "")))
	a.depth = n.Metrics.Gauge("jobs_waiting", "Jobs that wait or run.")
	a.kiosks = newKioskGauges(n.Metrics)
	a.last.Set(0)
	a.checks()
	return a
}

// limit of one check.
const limit = 20 * time.Second

// note writes the audit record of an act.
func note(ctx context.Context, tx db.Tx, action, object, reason string, detail map[string]string) error {
	return audit.Write(ctx, tx, audit.Record{Action: action, Object: object, Reason: reason, Detail: detail})
}

// view runs fn in a snapshot and returns what it found.
func view[T any](ctx context.Context, d *db.DB, fn func(q db.Query) (T, error)) (out T, err error) {
	err = d.View(ctx, func(q db.Query) (err error) {
		out, err = fn(q)
		return err
	})
	return out, err
}

// Run measures and probes until ctx ends; every copy of the program does.
func (a *App) Run(ctx context.Context) {
	for {
		if err := a.Tick(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "measurements cannot be kept", "cause", err.Error())
		}
		select {
		case <-a.Clock.After(tick):
		case <-ctx.Done():
			return
		}
	}
}

// tick is how often each copy measures.
const tick = time.Minute

// Tick measures once, notes which systems work, and refreshes the metrics.
func (a *App) Tick(ctx context.Context) error {
	err := errors.Join(a.measure(ctx), a.probe(ctx))
	at, lastErr := a.lastBackup(ctx)
	if lastErr == nil && !at.IsZero() {
		a.last.Set(float64(at.Unix()))
	}
	return errors.Join(err, lastErr)
}
