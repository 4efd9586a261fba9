package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
)

const things = `-- +goose Up
CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT NOT NULL, data BLOB);
-- +goose Down
DROP TABLE thing;
`

func migrations(name, sql string) db.Migrations {
	return db.Migrations{Name: name, FS: fstest.MapFS{"0001_init.sql": {Data: []byte(sql)}}}
}

func opened(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func withThings(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d := opened(t, dsn)
	if err := d.Migrate(t.Context(), migrations("thing", things)); err != nil {
		t.Fatal(err)
	}
	return d
}

func insert(ctx context.Context, tx db.Tx, id string, n int) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO thing (id, n, data) VALUES ($1, $2, $3)`, id, n, []byte{1, 2})
	return err
}

func count(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.View(t.Context(), func(q db.Query) error {
		return q.QueryRowContext(t.Context(), `SELECT count(*) FROM thing`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAnErrorKeepsNothing(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		boom, told := errors.New("boom"), 0
		err := d.Do(ctx, func(tx db.Tx) error {
			tx.OnCommit(func() { told++ })
			if err := insert(ctx, tx, "a", 1); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || count(t, d) != 0 || told != 0 {
			t.Errorf("err %v, %d rows, hook ran %d times", err, count(t, d), told)
		}
	})
}

func TestAPanicKeepsNothingAndFreesTheTurn(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		func() {
			defer func() { _ = recover() }()
			_ = d.Do(ctx, func(tx db.Tx) error {
				_ = insert(ctx, tx, "a", 1)
				panic("boom")
			})
		}()
		if err := d.Do(ctx, func(tx db.Tx) error { return insert(ctx, tx, "b", 1) }); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d rows, want only the second", n)
		}
	})
}

// A commit that the database refuses (here: a deferred foreign key) keeps
// nothing and runs no hook.
func TestARefusedCommitKeepsNothing(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		child := `-- +goose Up
CREATE TABLE child (id TEXT PRIMARY KEY, thing TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);
-- +goose Down
DROP TABLE child;
`
		if err := d.Migrate(ctx, migrations("child", child)); err != nil {
			t.Fatal(err)
		}
		hooks := 0
		err := d.Do(ctx, func(tx db.Tx) error {
			tx.OnCommit(func() { hooks++ })
			if err := insert(ctx, tx, "a", 1); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO child (id, thing) VALUES ('c', 'nowhere')`)
			return err
		})
		if err == nil || count(t, d) != 0 || hooks != 0 {
			t.Errorf("err %v, %d rows, %d hooks", err, count(t, d), hooks)
		}
		if err := d.Do(ctx, func(tx db.Tx) error { return insert(ctx, tx, "b", 1) }); err != nil {
			t.Errorf("the connection is of no use after a refused commit: %v", err)
		}
	})
}

func TestHooksRunOnceAfterCommit(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		var seen []int
		err := d.Do(ctx, func(tx db.Tx) error {
			tx.OnCommit(func() { seen = append(seen, count(t, d)) })
			return insert(ctx, tx, "a", 1)
		})
		if err != nil || fmt.Sprint(seen) != "[1]" {
			t.Errorf("err %v, hooks saw %v rows, want [1]", err, seen)
		}
	})
}

func TestViewCannotWrite(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		err := d.View(ctx, func(q db.Query) error {
			var id string
			return q.QueryRowContext(ctx, `INSERT INTO thing (id, n) VALUES ('x', 1) RETURNING id`).Scan(&id)
		})
		if err == nil || count(t, d) != 0 {
			t.Errorf("err %v, %d rows: a view wrote", err, count(t, d))
		}
	})
}

func TestAGlanceReadsAndCannotWrite(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		if err := d.Do(ctx, func(tx db.Tx) error { return insert(ctx, tx, "a", 7) }); err != nil {
			t.Fatal(err)
		}
		var n int
		err := d.Glance(ctx, func(q db.Query) error { return q.QueryRowContext(ctx, `SELECT n FROM thing WHERE id = 'a'`).Scan(&n) })
		if err != nil || n != 7 {
			t.Errorf("read %d, %v", n, err)
		}
		err = d.Glance(ctx, func(q db.Query) error {
			return q.QueryRowContext(ctx, `INSERT INTO thing (id, n) VALUES ('x', 1) RETURNING n`).Scan(&n)
		})
		if err == nil || count(t, d) != 1 {
			t.Errorf("err %v, %d rows: a glance wrote", err, count(t, d))
		}
	})
}

// A rule that reads, decides and writes holds under concurrency on both
// engines without any locking clause.
func TestWritersTakeTurns(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, other := withThings(t, dsn), opened(t, dsn)
		ctx := t.Context()
		if err := d.Do(ctx, func(tx db.Tx) error { return insert(ctx, tx, "n", 0) }); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		var failed atomic.Int64
		for i := range 40 {
			from := d
			if i%2 == 1 {
				from = other
			}
			wg.Go(func() {
				err := from.Do(ctx, func(tx db.Tx) error {
					var n int
					if err := tx.QueryRowContext(ctx, `SELECT n FROM thing WHERE id = 'n'`).Scan(&n); err != nil {
						return err
					}
					_, err := tx.ExecContext(ctx, `UPDATE thing SET n = $1 WHERE id = 'n'`, n+1)
					return err
				})
				if err != nil {
					failed.Add(1)
					t.Log(err)
				}
			})
		}
		wg.Wait()
		var n int
		_ = d.View(ctx, func(q db.Query) error { return q.QueryRowContext(ctx, `SELECT n FROM thing`).Scan(&n) })
		if n != 40 || failed.Load() != 0 {
			t.Errorf("counted to %d with %d failures, want 40 and none", n, failed.Load())
		}
	})
}

func TestPostgresAsksAgain(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		if d.Dialect() != db.Postgres {
			t.Skip("SQLite writers never conflict")
		}
		for _, state := range []string{"40001", "40P01"} {
			tries, hooks := 0, 0
			err := d.Do(ctx, func(tx db.Tx) error {
				tries++
				tx.OnCommit(func() { hooks++ })
				if err := insert(ctx, tx, state, tries); err != nil {
					return err
				}
				if tries < 3 {
					_, err := tx.ExecContext(ctx, `DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '`+state+`'; END $$`)
					return fmt.Errorf("insert more: %w", err)
				}
				return nil
			})
			if err != nil || tries != 3 || hooks != 1 {
				t.Errorf("%s: err %v, %d tries, %d hooks", state, err, tries, hooks)
			}
		}
		if n := count(t, d); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
	})
}

func TestRepeatingEndsWithASentence(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		if d.Dialect() != db.Postgres {
			t.Skip("needs a serialization failure")
		}
		err := d.Do(ctx, func(tx db.Tx) error {
			_, err := tx.ExecContext(ctx, `DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`)
			return err
		})
		if errs.KindOf(err) != errs.Unavailable || errs.CodeOf(err) != "db.busy" {
			t.Errorf("got %v", err)
		}
	})
}

func TestADoInsideADoIsToldNotHung(t *testing.T) {
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "a.db"), db.Options{Wait: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	err = d.Do(t.Context(), func(db.Tx) error {
		return d.Do(t.Context(), func(db.Tx) error { return nil })
	})
	if errs.CodeOf(err) != "db.busy" {
		t.Errorf("got %v", err)
	}
}

func TestFirstRunsBeforeTheActAndInIt(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d := withThings(t, dsn)
		var order []string
		ctx := db.WithFirst(t.Context(), func(ctx context.Context, tx db.Tx) error {
			order = append(order, "first")
			return insert(ctx, tx, "claim", 0)
		})
		boom := errors.New("boom")
		err := d.Do(ctx, func(db.Tx) error { order = append(order, "act"); return boom })
		if !errors.Is(err, boom) || fmt.Sprint(order) != "[first act]" || count(t, d) != 0 {
			t.Errorf("err %v, order %v, %d rows", err, order, count(t, d))
		}
	})
}

func TestErrorsHaveWords(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		twice := func(tx db.Tx) error { return insert(ctx, tx, "same", 1) }
		if err := d.Do(ctx, twice); err != nil {
			t.Fatal(err)
		}
		if err := d.Do(ctx, twice); !db.IsUnique(err) {
			t.Errorf("a second row with one key: %v", err)
		}
		if d.Dialect() == db.SQLite {
			fill := func(tx db.Tx) error {
				var pages int
				if err := tx.QueryRowContext(ctx, `PRAGMA page_count`).Scan(&pages); err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count = %d`, pages)); err != nil {
					return err
				}
				for i := range 1000 {
					if err := insert(ctx, tx, fmt.Sprint("fill", i), i); err != nil {
						return err
					}
				}
				return nil
			}
			if err := d.Do(ctx, fill); errs.CodeOf(err) != "db.full" || errs.KindOf(err) != errs.Unavailable {
				t.Errorf("a full disk: %v", err)
			}
		}
	})
}

func TestOpenNamesNoSecret(t *testing.T) {
	for _, dsn := range []string{"", "mysql://root:hunter2@x/y", "postgres://u:hunter2@[::1/broken", "sqlite:"} {
		_, err := db.Open(t.Context(), dsn, db.Options{})
		if err == nil {
			t.Errorf("%q opened", dsn)
		} else if s := err.Error(); len(s) == 0 || contains(s, "hunter2") {
			t.Errorf("error shows the password: %s", s)
		}
	}
}

func TestBellsRingAfterCommit(t *testing.T) {
	d := withThings(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	rung := d.Changed("x")
	_ = d.Do(t.Context(), func(tx db.Tx) error { tx.Ring("x"); return errors.New("no") })
	select {
	case <-rung:
		t.Fatal("rang for an act that did not happen")
	default:
	}
	if err := d.Do(t.Context(), func(tx db.Tx) error { tx.Ring("x"); return nil }); err != nil {
		t.Fatal(err)
	}
	select {
	case <-rung:
	case <-time.After(time.Second):
		t.Fatal("did not ring")
	}
}

func contains(s, sub string) bool {
	for i := 0; i+len(sub) <= len(s); i++ {
		if s[i:i+len(sub)] == sub {
			return true
		}
	}
	return false
}
