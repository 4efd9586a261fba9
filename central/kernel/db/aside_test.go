package db_test

import (
	"context"
	"errors"
	"testing"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
)

// What is written aside goes on while somebody holds the turn, claims no key of the request, and is all or nothing.
func TestAsideNeedsNoTurn(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, ctx := withThings(t, dsn), t.Context()
		first := 0
		put := func(id string, then error) error {
			ctx := db.WithFirst(ctx, func(context.Context, db.Tx) error { first++; return nil })
			return d.Aside(ctx, func(tx db.Side) error {
				if _, err := tx.ExecContext(ctx, `INSERT INTO thing (id, n) VALUES ($1, 1)`, id); err != nil {
					return err
				}
				return then
			})
		}
		if d.Dialect() == db.Postgres {
			err := d.Do(ctx, func(db.Tx) error { return put("inside", nil) }) // a Do here would wait for the one around it
			if err != nil {
				t.Errorf("beside a writer: %v", err)
			}
		} else if err := put("inside", nil); err != nil {
			t.Error(err)
		}
		no := errors.New("no")
		if err := put("refused", no); !errors.Is(err, no) {
			t.Errorf("refused: %v", err)
		}
		if n := count(t, d); n != 1 || first != 0 {
			t.Errorf("%d rows, want 1; the request's key was claimed %d times", n, first)
		}
	})
}
