package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
)

// attempts is how often Do tries an act that the database itself asked to
// repeat (serialization failure, deadlock, busy).
const attempts = 8

// inner is how many connections stand ready for who reads while he has the turn: one, and one for a read inside of a read.
const inner = 2

// Do runs fn in one write transaction: all of it is committed when fn returns
// nil, none of it otherwise. fn may run several times, so that it changes
// nothing but the database and what it assigns anew each time; what must
// happen once goes into tx.OnCommit. Do must not be called inside fn: writers
// take turns, and the inner one would wait for the outer one. While others
// wait, several acts are committed together; none of them can tell, as long as
// what it decides by is read through tx: a View inside of fn does not show the
// acts it is committed with. A context that ends stops fn at its next statement.
func (d *DB) Do(ctx context.Context, fn func(tx Tx) error) error {
	alone := isWorker(ctx)
	return d.repeated(ctx, func() error {
		err := d.inTurn(ctx, alone, func(w *writeTx) error { return fn(w) })
		alone = alone || errors.Is(err, errAgain)
		return err
	})
}

// Aside is Do for what needs no turn, because nobody who takes his turn decides by it and it is right in whatever order it is
// committed: rows that are the caller's own, or that it locks by itself. On a busy morning it does not lengthen the queue of those who
// decide. What it cannot do, audit, events and jobs, it has no Tx for. SQLite has one writer, who is waited for here too.
func (d *DB) Aside(ctx context.Context, fn func(tx Side) error) error {
	ctx = WithFirst(ctx, nil)
	if d.dialect != Postgres {
		return d.Do(ctx, func(tx Tx) error { return fn(tx) })
	}
	return d.repeated(ctx, func() error { return d.outOfTurn(ctx, func(w *writeTx) error { return fn(w) }) })
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
		again := errors.Is(err, errAgain)
		if try == attempts || !(again || transient(err)) || ctx.Err() != nil {
			d.took.Observe(clock.System().Now().Sub(begin).Seconds(), "refused")
			return public(err)
		}
		d.repeats.Inc()
		d.opts.Log.DebugContext(ctx, "database asks to repeat", "attempt", try, "cause", err.Error())
		if again {
			continue
		}
		// The machine's clock: a test that stopped time must not stop a retry.
		if err := clock.Sleep(ctx, clock.System(), pause+rand.N(pause)); err != nil { // #nosec G404 -- jitter of a pause, no secret
			return err
		}
		pause = min(2*pause, 200*time.Millisecond)
	}
}

// outOfTurn makes one attempt at an act in a transaction of its own, beside those who take turns.
func (d *DB) outOfTurn(ctx context.Context, fn func(w *writeTx) error) error {
	raw, err := d.write.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = raw.Rollback() }() // an error or a panic: nothing of the act remains
	w, end := d.writer(ctx, raw)
	defer end()
	if err := d.run(ctx, w, nil, fn); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	d.tell(w)
	return nil
}

// writer is a Tx over raw. What has begun goes on for a grace when the caller's context ends.
func (d *DB) writer(ctx context.Context, raw *sql.Tx) (w *writeTx, end func()) {
	w = &writeTx{tx: raw, actor: actor.From(ctx), clock: d.opts.Clock, count: d.opts.Metrics}
	var cancel context.CancelFunc
	w.life, cancel = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		_ = clock.Sleep(w.life, clock.System(), grace)
		cancel()
	})
	return w, func() {
		stop()
		cancel()
	}
}

// run does an act, after what its context wants to come first, unless an act before it in the same transaction has done that already.
// An act whose caller has gone meanwhile is not kept: nobody would be told.
func (d *DB) run(ctx context.Context, w *writeTx, before []*writeTx, fn func(w *writeTx) error) error {
	w.first = firstOf(ctx)
	if w.first != nil && !slices.ContainsFunc(before, func(b *writeTx) bool { return b.first == w.first }) {
		if err := w.first.do(ctx, w); err != nil {
			return err
		}
	}
	if err := fn(w); err != nil {
		return err
	}
	return ctx.Err()
}

// tell runs what an act wants to happen after its commit.
func (d *DB) tell(w *writeTx) {
	for bell := range w.rings {
		d.ring(bell)
	}
	for _, f := range w.after {
		f()
	}
}

// View runs fn over one consistent snapshot that cannot be written to.
func (d *DB) View(ctx context.Context, fn func(q Query) error) error {
	var opts *sql.TxOptions
	if d.dialect == Postgres {
		opts = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	pool := d.read
	if isWorker(ctx) {
		pool = d.inner
	}
	raw, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return public(fmt.Errorf("begin: %w", err))
	}
	defer func() { _ = raw.Rollback() }()
	return public(fn(viewTx{raw}))
}

// Glance is View for a single statement: it sees a snapshot of its own anyway, and needs no begin and no end around it. Of several
// statements each would see another moment.
func (d *DB) Glance(ctx context.Context, fn func(q Query) error) error {
	pool := d.read
	if isWorker(ctx) {
		pool = d.inner
	}
	return public(fn(pool))
}

type firstKey struct{}

// first is what comes first in each transaction under one context.
type first struct {
	do func(ctx context.Context, tx Tx) error
}

// WithFirst makes each Do under the returned context run first before its own
// function, in the same transaction; acts under one context that share a
// transaction have it once. It is how one HTTP request claims its idempotency
// key together with its effect. Nil takes away what an outer context wanted.
func WithFirst(ctx context.Context, do func(ctx context.Context, tx Tx) error) context.Context {
	if do == nil {
		return context.WithValue(ctx, firstKey{}, (*first)(nil))
	}
	return context.WithValue(ctx, firstKey{}, &first{do: do})
}

func firstOf(ctx context.Context) *first {
	f, _ := ctx.Value(firstKey{}).(*first)
	return f
}

type workerKey struct{}

// ForWorker is a context for acts that work through a backlog, many things in one act, and read elsewhere while they have the turn: what
// they read does not wait behind the reads of people, with the turn of all writers in its hand; and they share no transaction, since
// those who share one wait for the slowest.
func ForWorker(ctx context.Context) context.Context {
	return context.WithValue(ctx, workerKey{}, true)
}

func isWorker(ctx context.Context) bool { return ctx.Value(workerKey{}) != nil }
