package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

// crowd is a database on which acts queue up while one holds the turn.
type crowd struct {
	*db.DB
	metrics *obs.Metrics
	t       *testing.T
}

func crowded(t *testing.T, dsn string) crowd {
	t.Helper()
	m := obs.NewMetrics()
	d, err := db.Open(t.Context(), dsn, db.Options{Metrics: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), migrations("thing", things), migrations("child", children)); err != nil {
		t.Fatal(err)
	}
	return crowd{d, m, t}
}

const children = `-- +goose Up
CREATE TABLE child (id TEXT PRIMARY KEY, thing TEXT REFERENCES thing (id) DEFERRABLE INITIALLY DEFERRED);
-- +goose Down
DROP TABLE child;
`

// together runs acts in this order while all of them wait for one that has the turn, and returns what each was told.
func (c crowd) together(acts ...func(tx db.Tx) error) []error {
	c.t.Helper()
	return c.under(c.t.Context(), acts...)
}

// under is together with acts of one context.
func (c crowd) under(ctx context.Context, acts ...func(tx db.Tx) error) []error {
	c.t.Helper()
	told := make([]error, len(acts))
	var wg sync.WaitGroup
	err := c.Do(db.ForWorker(c.t.Context()), func(db.Tx) error { // alone: it is not repeated when they are
		for i, act := range acts {
			wg.Go(func() {
				defer func() {
					if p := recover(); p != nil {
						told[i] = fmt.Errorf("panic: %v", p)
					}
				}()
				told[i] = c.Do(ctx, act)
			})
			for db.Queued(c.DB) != i+1 {
				time.Sleep(time.Millisecond)
			}
		}
		return nil
	})
	wg.Wait()
	if err != nil {
		c.t.Fatal(err)
	}
	return told
}

func (c crowd) shared() int {
	c.t.Helper()
	var text strings.Builder
	if err := c.metrics.WriteText(&text); err != nil {
		c.t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Sscanf(line, "db_act_together_total %d", &n); err == nil {
			return n
		}
	}
	return 0
}

func (c crowd) ids() string {
	var ids []string
	err := c.View(c.t.Context(), func(q db.Query) error {
		rows, err := q.QueryContext(c.t.Context(), `SELECT id FROM thing ORDER BY id`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return rows.Err()
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return strings.Join(ids, " ")
}

func (c crowd) puts(id string) func(tx db.Tx) error {
	return func(tx db.Tx) error { return insert(c.t.Context(), tx, id, 1) }
}

// Acts that wait are committed together, in their order, each hook once and after the commit.
func TestActsThatWaitShareATransaction(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		c := crowded(t, dsn)
		var hooks []string
		var acts []func(tx db.Tx) error
		for i := range 10 {
			id := fmt.Sprint("a", i)
			acts = append(acts, func(tx db.Tx) error {
				tx.OnCommit(func() { hooks = append(hooks, fmt.Sprint(id, " of ", count(t, c.DB))) })
				return insert(t.Context(), tx, id, 1)
			})
		}
		for i, err := range c.together(acts...) {
			if err != nil {
				t.Errorf("act %d: %v", i, err)
			}
		}
		if got := c.ids(); got != "a0 a1 a2 a3 a4 a5 a6 a7 a8 a9" {
			t.Errorf("kept %s", got)
		}
		if c.shared() == 0 {
			t.Error("none was committed together with another")
		}
		for i, h := range hooks {
			if !strings.HasPrefix(h, fmt.Sprint("a", i, " of ")) {
				t.Errorf("hook %d: %s", i, h)
			}
		}
		if len(hooks) != 10 {
			t.Errorf("%d hooks, want 10", len(hooks))
		}
	})
}

// One that fails, by its own will, by the database's or by a panic, takes nothing of the others along, and they nothing of it.
func TestOneThatFailsLeavesTheOthersAlone(t *testing.T) {
	boom := errors.New("boom")
	for name, bad := range map[string]struct {
		act  func(ctx context.Context, tx db.Tx) error
		told func(err error) bool
	}{
		"error": {
			func(ctx context.Context, tx db.Tx) error { return errors.Join(insert(ctx, tx, "x", 1), boom) },
			func(err error) bool { return errors.Is(err, boom) },
		},
		"twice the same key": {
			func(ctx context.Context, tx db.Tx) error { return insert(ctx, tx, "z", 1) },
			db.IsUnique,
		},
		"an error of the database that it keeps to itself": {
			func(ctx context.Context, tx db.Tx) error { _ = insert(ctx, tx, "z", 1); return nil },
			func(error) bool { return true }, // one engine goes on after an error, the other does not
		},
		"panic": {
			func(ctx context.Context, tx db.Tx) error { _ = insert(ctx, tx, "x", 1); panic("boom") },
			func(err error) bool { return err != nil && strings.Contains(err.Error(), "panic: boom") },
		},
		"a commit that is refused": {
			func(ctx context.Context, tx db.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO child (id, thing) VALUES ('c', 'nowhere')`)
				return err
			},
			func(err error) bool { return err != nil && !errors.Is(err, boom) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			kerneltest.Databases(t, func(t *testing.T, dsn string) {
				c := crowded(t, dsn)
				if err := c.Do(t.Context(), c.puts("z")); err != nil {
					t.Fatal(err)
				}
				tells := 0
				told := c.together(c.puts("a"), c.puts("b"), func(tx db.Tx) error {
					tx.OnCommit(func() { tells++ })
					return bad.act(t.Context(), tx)
				}, c.puts("d"), c.puts("e"))
				if got := c.ids(); got != "a b d e z" {
					t.Errorf("kept %s", got)
				}
				for i, err := range told {
					if i == 2 && !bad.told(err) {
						t.Errorf("it was told %v", err)
					}
					if i != 2 && err != nil {
						t.Errorf("act %d was told %v", i, err)
					}
				}
				if told[2] != nil && tells != 0 {
					t.Error("what did not happen was told")
				}
				if err := c.Do(t.Context(), c.puts("f")); err != nil {
					t.Errorf("the next: %v", err)
				}
			})
		})
	}
}

// What one context wants to come first comes once, with the first of its acts that is kept.
func TestActsOfOneContextThatShareATransaction(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		c := crowded(t, dsn)
		kept := false
		ctx := db.WithFirst(t.Context(), func(ctx context.Context, tx db.Tx) error {
			if kept {
				return nil
			}
			tx.OnCommit(func() { kept = true })
			return insert(ctx, tx, "claim", 1)
		})
		boom := errors.New("boom")
		told := c.under(ctx, func(db.Tx) error { return boom }, c.puts("a"), func(db.Tx) error { return boom }, c.puts("b"), c.puts("c"))
		for i, err := range told {
			if failed := i == 0 || i == 2; failed != errors.Is(err, boom) || !failed && err != nil {
				t.Errorf("act %d was told %v", i, err)
			}
		}
		if got := c.ids(); got != "a b c claim" || !kept {
			t.Errorf("kept %s, told %v", got, kept)
		}
		if c.shared() == 0 {
			t.Error("none was committed together with another")
		}
		if err := c.Do(ctx, c.puts("d")); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// A connection that is lost between two acts costs both a repetition and nothing else.
func TestALostTransactionIsRepeated(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		c := crowded(t, dsn)
		if c.Dialect() != db.Postgres {
			t.Skip("SQLite has no connection to lose")
		}
		ctx, tries := t.Context(), 0
		told := c.together(c.puts("a"), func(tx db.Tx) error {
			if tries++; tries == 1 {
				_, err := tx.ExecContext(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
				return err
			}
			return insert(ctx, tx, "b", 1)
		}, c.puts("d"))
		if err := errors.Join(told...); err != nil || c.ids() != "a b d" || tries != 2 {
			t.Errorf("told %v, kept %s, %d tries", err, c.ids(), tries)
		}
	})
}

// Who sees what another wrote is not told before that is committed, and one whose caller goes away meanwhile does not break the others.
func TestACallerWhoGoesAwayBreaksNobody(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		c := crowded(t, dsn)
		ctx, away := context.WithCancel(t.Context())
		told := c.together(c.puts("a"), func(tx db.Tx) error {
			if err := insert(ctx, tx, "b", 1); err != nil {
				return err
			}
			away()
			return insert(ctx, tx, "c", 1)
		}, func(tx db.Tx) error {
			var n int
			if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM thing`).Scan(&n); err != nil {
				return err
			}
			return insert(t.Context(), tx, "d", n)
		})
		if told[0] != nil || !errors.Is(told[1], context.Canceled) || told[2] != nil || c.ids() != "a d" {
			t.Errorf("told %v, kept %s", told, c.ids())
		}
	})
}

// One who leaves the queue is not called, and the turn goes on.
func TestOneWhoLeavesTheQueue(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		c := crowded(t, dsn)
		impatient, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		var left error
		err := c.Do(t.Context(), func(db.Tx) error {
			left = c.Do(impatient, c.puts("x"))
			return nil
		})
		if err != nil || !errors.Is(left, context.DeadlineExceeded) {
			t.Errorf("told %v and %v", err, left)
		}
		if err := c.Do(t.Context(), c.puts("a")); err != nil || c.ids() != "a" {
			t.Errorf("told %v, kept %s", err, c.ids())
		}
	})
}

// A worker's act is long: it shares no transaction, and reads elsewhere while all places of people's reads are taken.
func TestAWorkerReadsWhileItHasTheTurn(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), dsn, db.Options{Readers: 1, Wait: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		ctx := db.ForWorker(t.Context())
		soon, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		err = d.View(t.Context(), func(db.Query) error { // people's only place
			return d.Do(ctx, func(db.Tx) error {
				return d.View(soon, func(db.Query) error { return nil })
			})
		})
		if err != nil {
			t.Errorf("%v (%s)", err, errs.CodeOf(err))
		}
	})
}
