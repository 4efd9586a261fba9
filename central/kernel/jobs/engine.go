package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"tongban/central/kernel/db"
	"tongban/central/kernel/internal/door"
)

func driver(d *db.DB) riverdriver.Driver[*sql.Tx] {
	if d.Dialect() == db.Postgres {
		return riverdatabasesql.New(d.Pools(door.Key{}))
	}
	return riversqlite.New(d.Pools(door.Key{}))
}

// Migrate makes the engine's own tables.
func Migrate(ctx context.Context, d *db.DB, log *slog.Logger) error {
	pool := d.Maker(door.Key{})
	var tables riverdriver.Driver[*sql.Tx] = riversqlite.New(pool)
	if d.Dialect() == db.Postgres {
		tables = riverdatabasesql.New(pool)
	}
	m, err := rivermigrate.New(tables, &rivermigrate.Config{Logger: quiet(log)})
	if err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate jobs: %w", err)
	}
	return d.Grant(ctx)
}

// envelope is the one River job kind; the real kind is inside, so that a job
// of a kind this copy does not know yet waits instead of being thrown away.
type envelope struct {
	Name string `json:"name" river:"unique"`
	Args string `json:"args" river:"unique"` // JSON text
	Key  string `json:"key,omitempty" river:"unique"`
}

// Kind implements river.JobArgs.
func (envelope) Kind() string { return "tongban" }

// worker hands each envelope to the handler of its kind.
type worker struct {
	river.WorkerDefaults[envelope]
	run func(ctx context.Context, job *river.Job[envelope]) error
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[envelope]) error { return w.run(ctx, job) }

// quiet keeps the engine's start-up talk out of the log: warnings and errors
// still reach it.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(atLeast{log.Handler(), slog.LevelWarn})
}

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (a atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= a.level && a.Handler.Enabled(ctx, l)
}

func (a atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{a.Handler.WithAttrs(attrs), a.level}
}

func (a atLeast) WithGroup(name string) slog.Handler {
	return atLeast{a.Handler.WithGroup(name), a.level}
}

// Depth counts the jobs that wait or run.
func (j *Jobs) Depth(ctx context.Context) (waiting int, err error) {
	err = j.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running')`).Scan(&waiting)
	})
	if err != nil {
		return 0, fmt.Errorf("count jobs: %w", err)
	}
	return waiting, nil
}
