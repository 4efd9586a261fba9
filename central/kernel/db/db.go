package db

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/internal/door"
	"tongban/central/kernel/obs"
)

// ErrNoRows is what Scan returns when a query found nothing.
var ErrNoRows = sql.ErrNoRows

// Dialect names the engine behind a DB. Only the kernel asks for it.
type Dialect string

// The two engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Options tune Open. The zero value is good.
type Options struct {
	Clock   clock.Clock   // tells Tx.Now; the system's when nil
	Log     *slog.Logger  // slog.Default() when nil
	Metrics *obs.Metrics  // gets how long acts take; none when nil
	Readers int           // most concurrent reads; 8 when 0
	Wait    time.Duration // longest wait for a turn to write; 20 s when 0

	// Owner is the DSN of the role that owns the tables, PostgreSQL only: it
	// makes them, and gives the role of the program no more than it needs. When
	// empty, tables are made by the role of the program.
	Owner string
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect  Dialect
	read     *sql.DB // SQLite: query_only connections
	inner    *sql.DB // as read, for who reads while he has the turn, see ForWorker
	write    *sql.DB // SQLite: exactly one connection
	lead     *sql.DB // PostgreSQL: each lead that is held keeps one connection of its own
	owner    *sql.DB // PostgreSQL: for making tables, where another role owns them
	role     string  // PostgreSQL: of the program, where owner is set
	turn     int32   // PostgreSQL: advisory lock key of this schema
	turns    turns   // of the writers of this process
	opts     Options
	took     obs.Histogram
	repeats  obs.Counter
	together obs.Counter

	copyID string // name of this copy of the program
	life   sync.WaitGroup

	mu     sync.Mutex
	dying  context.CancelFunc // ends what Live began
	bells  map[string]chan struct{}
	rights map[string]string // table → what the role of the program may, where that is less than everything
}

// Open opens the database named by dsn and checks that it answers:
// "sqlite:/path/file.db", or "postgres://user@host/name".
func Open(ctx context.Context, dsn string, opts Options) (*DB, error) {
	if opts.Clock == nil {
		opts.Clock = clock.System()
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	if opts.Metrics == nil {
		opts.Metrics = obs.NewMetrics()
	}
	if opts.Readers == 0 {
		opts.Readers = 8
	}
	if opts.Wait == 0 {
		opts.Wait = 20 * time.Second
	}
	d := &DB{opts: opts, copyID: rand.Text(), bells: map[string]chan struct{}{}, rights: map[string]string{}}
	d.took = opts.Metrics.Histogram("db_act_duration_seconds", "Time from asking for a turn to write until the commit.", obs.Seconds(), "outcome")
	d.repeats = opts.Metrics.Counter("db_act_repeats_total", "Acts that the database asked to repeat.")
	d.together = opts.Metrics.Counter("db_act_together_total", "Acts that were committed together with another.")

	var err error
	switch path, isFile := strings.CutPrefix(dsn, "sqlite:"); {
	case isFile:
		err = d.openSQLite(ctx, path)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		err = d.openPostgres(ctx, dsn)
	default:
		// The DSN may hold a password: name only its scheme.
		scheme, _, _ := strings.Cut(dsn, ":")
		return nil, fmt.Errorf("open database: unknown scheme %q, want sqlite or postgres", scheme)
	}
	if err != nil {
		_ = d.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return d, nil
}

// Close waits for running statements and closes all connections.
func (d *DB) Close() error {
	d.mu.Lock()
	if d.dying != nil {
		d.dying()
	}
	d.mu.Unlock()
	d.life.Wait()
	var first error
	for _, pool := range []*sql.DB{d.read, d.inner, d.write, d.lead, d.owner} {
		if pool == nil {
			continue
		}
		if err := pool.Close(); err != nil && first == nil {
			first = fmt.Errorf("close database: %w", err)
		}
	}
	return first
}

// Dialect tells the engine; for the kernel only.
func (d *DB) Dialect() Dialect { return d.dialect }

// Ping reports whether the database answers, for readiness.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.View(ctx, func(q Query) error {
		return q.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
	})
}

// Pools hands the raw write pool to the job engine, which keeps its own tables.
func (d *DB) Pools(door.Key) *sql.DB { return d.write }

// Raw hands the transaction under tx to the job engine, so that a job is
// enqueued in the act that wants it.
func Raw(_ door.Key, tx Tx) *sql.Tx { return tx.(*writeTx).tx }

// Ms is t as it is stored: unix milliseconds; the zero time is 0.
func Ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// FromMs is the instant stored as n, in UTC; 0 is the zero time.
func FromMs(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// Int is b as it is stored: 1 or 0.
func Int(b bool) int {
	if b {
		return 1
	}
	return 0
}
