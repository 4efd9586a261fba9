package db

import (
	"context"
	"database/sql"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/obs"
)

// Query reads. Rows must be closed before the function given to View or Do
// returns.
type Query interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is one act being written. Only Do makes one, and it is of no use after Do
// has returned.
type Tx interface {
	Query
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)

	// Actor is who acts, taken from the context given to Do.
	Actor() actor.Actor

	// Now is the instant of the act, by the database's clock.
	Now() time.Time

	// OnCommit runs f once, after the act was committed; never when it was not.
	// f must be quick and must not write: the database has moved on.
	OnCommit(f func())

	// Metrics is the registry that counts what goes wrong inside of acts.
	Metrics() *obs.Metrics

	// Ring wakes those who wait on Changed(bell), after the commit.
	Ring(bell string)

	sealed() // writes outside Do are impossible by type
}

// Side is what is written without a turn, see Aside.
type Side interface {
	Query
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	Now() time.Time
}

// writeTx is a Tx over one attempt of Do.
type writeTx struct {
	tx    *sql.Tx
	life  context.Context // of its statements, see DB.writer
	actor actor.Actor
	clock clock.Clock
	count *obs.Metrics
	first *first // that its context wants, done in this act or in one before it
	after []func()
	rings map[string]bool
}

func (w *writeTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return w.tx.QueryContext(w.lasting(ctx), query, args...)
}

func (w *writeTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return w.tx.QueryRowContext(w.lasting(ctx), query, args...)
}

func (w *writeTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return w.tx.ExecContext(w.lasting(ctx), query, args...)
}

// lasting is ctx when it has ended already, so that nothing new begins under it, and the life of the act otherwise.
func (w *writeTx) lasting(ctx context.Context) context.Context {
	if ctx.Err() != nil {
		return ctx
	}
	return w.life
}

func (w *writeTx) Actor() actor.Actor    { return w.actor }
func (w *writeTx) Now() time.Time        { return w.clock.Now() }
func (w *writeTx) Metrics() *obs.Metrics { return w.count }
func (w *writeTx) OnCommit(f func())     { w.after = append(w.after, f) }
func (w *writeTx) sealed()               {}

func (w *writeTx) Ring(bell string) {
	if w.rings == nil {
		w.rings = map[string]bool{}
	}
	w.rings[bell] = true
}

// viewTx is a Query over a read-only snapshot.
type viewTx struct{ tx *sql.Tx }

func (v viewTx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return v.tx.QueryContext(ctx, query, args...)
}

func (v viewTx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return v.tx.QueryRowContext(ctx, query, args...)
}
