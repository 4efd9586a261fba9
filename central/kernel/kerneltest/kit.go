// Package kerneltest gives tests a real kernel (测试内核): SQLite in a temporary
// folder, a clock that stands still, keys and blobs of its own; and the same
// on PostgreSQL where one is at hand.
package kerneltest

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"tongban/central/kernel"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/obs"
	"tongban/central/kernel/vault"
)

// Start is where the clock of every kit stands at first: a Thursday morning,
// in Beijing time.
var Start = time.Date(2026, 11, 26, 9, 30, 0, 0, clock.Shanghai)

// Kit is a kernel for one test. Clock stands still until advanced.
type Kit struct {
	*kernel.Kernel
	Clock *clock.Fake
}

// New returns a kit on SQLite, with its kernel tables made and nothing running.
func New(t testing.TB) *Kit {
	t.Helper()
	return open(t, "")
}

// Each runs f on SQLite, and again on PostgreSQL when TONGBAN_TEST_PG holds a
// DSN; each run has a schema of its own.
func Each(t *testing.T, f func(t *testing.T, k *Kit)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, New(t)) })
	if dsn := postgresDSN(); dsn != "" {
		t.Run("postgres", func(t *testing.T) { f(t, open(t, schema(t, dsn))) })
	}
}

// Databases runs f with an open, empty database on each engine at hand.
func Databases(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, "sqlite:"+filepath.Join(t.TempDir(), "test.db")) })
	if dsn := postgresDSN(); dsn != "" {
		t.Run("postgres", func(t *testing.T) { f(t, schema(t, dsn)) })
	}
}

// EachStrict is Each with the second factor as the product asks for it; other
// kits let everybody in with a password.
func EachStrict(t *testing.T, f func(t *testing.T, k *Kit)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, openWith(t, "", auth.Limits{QuickHash: true})) })
	if dsn := postgresDSN(); dsn != "" {
		t.Run("postgres", func(t *testing.T) { f(t, openWith(t, schema(t, dsn), auth.Limits{QuickHash: true})) })
	}
}

func open(t testing.TB, dsn string) *Kit {
	t.Helper()
	return openWith(t, dsn, auth.Limits{OneFactor: true, QuickHash: true})
}

func openWith(t testing.TB, dsn string, limits auth.Limits) *Kit {
	t.Helper()
	dir := t.TempDir()
	cfg := kernel.Config{Data: dir, Database: dsn, Limits: limits}.Filled()
	if err := vault.Init(cfg.KeyFile); err != nil {
		t.Fatalf("make keys: %v", err)
	}
	return start(t, cfg, clock.Fixed(Start))
}

// Twin returns a second copy of the program over the same database, keys,
// blobs and clock, as behind a load balancer.
func (k *Kit) Twin(t testing.TB) *Kit {
	t.Helper()
	return start(t, k.Config, k.Clock)
}

func start(t testing.TB, cfg kernel.Config, c *clock.Fake) *Kit {
	t.Helper()
	k, err := kernel.Open(t.Context(), cfg, c, obs.Discard())
	if err != nil {
		t.Fatalf("open kernel: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := k.Stop(ctx); err != nil {
			t.Errorf("stop kernel: %v", err)
		}
	})
	return &Kit{Kernel: k, Clock: c}
}

// Use adds modules, as the centre does.
func (k *Kit) Use(t testing.TB, modules ...kernel.Module) {
	t.Helper()
	if err := k.Kernel.Use(t.Context(), modules...); err != nil {
		t.Fatalf("use modules: %v", err)
	}
}

// Migrate makes the tables of a module.
func (k *Kit) Migrate(t testing.TB, sets ...db.Migrations) {
	t.Helper()
	if err := k.DB.Migrate(t.Context(), sets...); err != nil {
		t.Fatalf("migrate: %v", err)
	}
}

// As returns a context acting as a member of staff with the given role.
func (k *Kit) As(t testing.TB, role string) context.Context {
	t.Helper()
	if err := k.Auth.Roles().Check([]string{role}); err != nil {
		t.Fatalf("role %q: %v", role, err)
	}
	return auth.As(t.Context(), k.Auth.Roles().Grant(auth.Actor{
		Kind: auth.Staff, ID: "test-" + role, Name: "测试员", Desk: "B 区 12 号窗", Department: "市政务服务中心",
		Roles: []string{role},
	}))
}

// With returns a context acting as a member of staff with exactly these
// permissions.
func (k *Kit) With(t testing.TB, perms ...string) context.Context {
	t.Helper()
	return auth.As(t.Context(), auth.Actor{Kind: auth.Staff, ID: "test", Name: "测试员"}.Granted(perms...))
}

// AuditCount returns how many audit records are kept, after verifying them.
func (k *Kit) AuditCount(t testing.TB) int64 {
	t.Helper()
	r, err := audit.Verify(t.Context(), k.DB)
	if err != nil || !r.OK {
		t.Fatalf("audit does not hold: %+v, %v", r, err)
	}
	return r.Count
}

// EventCount returns how many events are kept.
func (k *Kit) EventCount(t testing.TB) int64 {
	t.Helper()
	n, err := k.Events.Count(t.Context())
	if err != nil {
		t.Fatalf("count events: %v", err)
	}
	return n
}

// Exec runs one statement as an act of its own, to set a scene.
func (k *Kit) Exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Count returns how many rows a query like "SELECT count(*) …" counts.
func (k *Kit) Count(t testing.TB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	err := k.DB.View(t.Context(), func(q db.Query) error {
		return q.QueryRowContext(t.Context(), query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatalf("count: %v (%s)", err, errs.CodeOf(err))
	}
	return n
}

// EachBench is Each for benchmarks.
func EachBench(b *testing.B, f func(b *testing.B, k *Kit)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { f(b, New(b)) })
	if dsn := postgresDSN(); dsn != "" {
		b.Run("postgres", func(b *testing.B) { f(b, open(b, schema(b, dsn))) })
	}
}
