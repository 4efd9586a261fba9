package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/errs"
)

// attempts is how often Do tries an act that the database itself asked to
// repeat (serialization failure, deadlock, busy).
const attempts = 8

// Do runs fn in one write transaction: all of it is committed when fn returns
// nil, none of it otherwise. fn may run several times, so that it changes
// nothing but the database and what it assigns anew each time; what must
// happen once goes into tx.OnCommit. Do must not be called inside fn: writers
// take turns, and the inner one would wait for the outer one.
func (d *DB) Do(ctx context.Context, fn func(tx Tx) error) error {
	return d.repeated(ctx, func() error { return d.once(ctx, true, func(w *writeTx) error { return fn(w) }) })
}

// Aside is Do for what needs no turn, because nobody who takes his turn decides by it and it is right in whatever order it is
// committed: rows that are the caller's own, or that it locks by itself. On a busy morning it does not lengthen the queue of those who
// decide. What it cannot do, audit, events and jobs, it has no Tx for. SQLite has one writer, who is waited for here too.
func (d *DB) Aside(ctx context.Context, fn func(tx Side) error) error {
	ctx = WithFirst(ctx, nil)
	return d.repeated(ctx, func() error { return d.once(ctx, d.dialect != Postgres, func(w *writeTx) error { return fn(w) }) })
}

// repeated runs once again while the database itself asks for it.
func (d *DB) repeated(ctx context.Context, once func() error) error {
	begin := clock.System().Now()
	pause := 2 * time.Millisecond
	for try := 1; ; try++ {
		err := once()
		if err == nil {
			d.took.Observe(clock.System().Now().Sub(begin).Seconds(), "committed")
			return nil
		}
		if try == attempts || !transient(err) || ctx.Err() != nil {
			d.took.Observe(clock.System().Now().Sub(begin).Seconds(), "refused")
			return public(err)
		}
		d.repeats.Inc()
		d.opts.Log.DebugContext(ctx, "database asks to repeat", "attempt", try, "cause", err.Error())
		// The machine's clock: a test that stopped time must not stop a retry.
		if err := clock.Sleep(ctx, clock.System(), pause+rand.N(pause)); err != nil { // #nosec G404 -- jitter of a pause, no secret
			return err
		}
		pause = min(2*pause, 200*time.Millisecond)
	}
}

// once makes one attempt, in turn with the other writers or not.
func (d *DB) once(ctx context.Context, turn bool, fn func(w *writeTx) error) (err error) {
	if turn {
		leave, err := d.enter(ctx)
		if err != nil {
			return err
		}
		defer leave()
	}
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()

	raw, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	done := false
	defer func() {
		if !done { // an error or a panic: nothing of the act remains
			_ = raw.Rollback()
		}
	}()

	if turn && d.dialect == Postgres {
		if _, err := raw.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, turnClass, d.turn); err != nil {
			return fmt.Errorf("wait for a turn to write: %w", err)
		}
	}
	w := &writeTx{tx: raw, actor: actor.From(ctx), clock: d.opts.Clock, count: d.opts.Metrics}
	if first := firstOf(ctx); first != nil {
		if err := first(ctx, w); err != nil {
			return err
		}
	}
	if err := fn(w); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	done = true

	for bell := range w.rings {
		d.ring(bell)
	}
	for _, f := range w.after {
		f()
	}
	return nil
}

// enter waits for this process's turn to write, but not for ever: the context
// may have no deadline, and a Do inside a Do would otherwise hang. Writers of
// one process queue here, where waiting costs nothing, and not at the database.
func (d *DB) enter(ctx context.Context) (leave func(), err error) {
	wait, cancel := context.WithTimeout(ctx, d.opts.Wait)
	defer cancel()
	select {
	case d.gate <- struct{}{}:
		return func() { <-d.gate }, nil
	case <-wait.Done():
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, errs.E(errs.Unavailable, "db.busy", busyWords, errors.New("no turn to write: a Do inside a Do, or a writer that hangs"))
}

// View runs fn over one consistent snapshot that cannot be written to.
func (d *DB) View(ctx context.Context, fn func(q Query) error) error {
	var opts *sql.TxOptions
	if d.dialect == Postgres {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	raw, err := d.read.BeginTx(ctx, opts)
	if err != nil {
		return public(fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = raw.Rollback() }()
	return public(fn(viewTx{raw}))
}

type firstKey struct{}

// WithFirst makes each Do under the returned context run first before its own
// function, in the same transaction. It is how one HTTP request claims its
// idempotency key together with its effect.
func WithFirst(ctx context.Context, first func(ctx context.Context, tx Tx) error) context.Context {
	return context.WithValue(ctx, firstKey{}, first)
}

func firstOf(ctx context.Context) func(context.Context, Tx) error {
	first, _ := ctx.Value(firstKey{}).(func(context.Context, Tx) error)
	return first
}
