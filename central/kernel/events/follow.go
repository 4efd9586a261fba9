package events

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

// longestWait bounds the pause before an event that failed is tried again.
const longestWait = 30 * time.Second

// Follower is one who does something once for each event (事件跟随者).
type Follower struct {
	Name   string                                             // stable: how far it has come is kept under it
	Topics []string                                           // prefixes, none = all
	Do     func(ctx context.Context, tx db.Tx, e Event) error // writes in tx; what it wrote and how far it has come are kept together
}

// Follow does f.Do once for each event, in order, from the first one ever emitted on, in one copy of the program at a time and
// across restarts: the place in the log moves in the same transaction. An event that fails is tried again, with growing pauses,
// and what comes after it waits: nothing is passed over. It returns at once; ctx ends the work.
func (l *Log) Follow(ctx context.Context, f Follower) {
	go l.db.Lead(ctx, "events."+f.Name, func(ctx context.Context) {
		at, err := l.Reached(ctx, f.Name)
		if err != nil {
			l.log.WarnContext(ctx, "follower cannot read its place", "follower", f.Name, "cause", err.Error())
			return // Lead comes back
		}
		l.join()
		defer l.leave()
		l.accompany(ctx, f, at)
	})
}

// While many events come, each with a turn of its own would keep the writers from theirs: a follower does up to together of them in one
// transaction, and begins no sooner than apart after the last. One that comes alone is done at once.
const (
	together = 32
	apart    = time.Second
)

// accompany does what comes after number at until ctx ends.
func (l *Log) accompany(ctx context.Context, f Follower, at int64) {
	var last time.Time
	for {
		news := l.signal() // before reading: what is committed meanwhile rings again
		events, upTo, err := l.page(ctx, at, f.Topics)
		if err != nil && ctx.Err() == nil {
			l.log.WarnContext(ctx, "event log cannot be read", "follower", f.Name, "cause", err.Error())
			if clock.Sleep(ctx, clock.System(), poll) != nil {
				return
			}
			continue
		}
		for some := range slices.Chunk(events, together) {
			if !l.patiently(ctx, f, some) {
				return
			}
		}
		at = upTo
		if len(events) == batch {
			continue
		}
		if len(events) > 0 {
			last = clock.System().Now()
		}
		select {
		case <-news:
		case <-ctx.Done():
			return
		}
		if rest := apart - clock.System().Now().Sub(last); rest > 0 && clock.Sleep(ctx, clock.System(), rest) != nil {
			return
		}
	}
}

// patiently does events in one transaction, or each in its own once one of them failed, however often it takes; false means that ctx
// ended.
func (l *Log) patiently(ctx context.Context, f Follower, some []Event) bool {
	for wait := poll; ; wait = min(2*wait, longestWait) {
		err := l.done(ctx, f, some)
		if err == nil || ctx.Err() != nil {
			return ctx.Err() == nil
		}
		if len(some) > 1 {
			for _, e := range some {
				if !l.patiently(ctx, f, []Event{e}) {
					return false
				}
			}
			return true
		}
		l.log.WarnContext(ctx, "follower could not do an event", "follower", f.Name, "topic", some[0].Topic, "seq", some[0].Seq, "cause", err.Error())
		if clock.Sleep(ctx, clock.System(), wait) != nil {
			return false
		}
	}
}

// done does those of some that the follower has not reached yet, and moves its place behind them.
func (l *Log) done(ctx context.Context, f Follower, some []Event) error {
	ctx = db.ForWorker(ctx)
	return l.db.Do(ctx, func(tx db.Tx) error {
		at, err := reached(ctx, tx, f.Name)
		if err != nil {
			return err
		}
		for _, e := range some {
			if e.Seq <= at { // another copy of the program was first
				continue
			}
			if err := f.Do(ctx, tx, e); err != nil {
				return err
			}
		}
		return reach(ctx, tx, f.Name, some[len(some)-1].Seq)
	})
}

// Reached returns the number of the last event that a follower has done, 0 before its first.
func (l *Log) Reached(ctx context.Context, name string) (seq int64, err error) {
	err = l.db.View(ctx, func(q db.Query) error {
		seq, err = reached(ctx, q, name)
		return err
	})
	return seq, err
}

func reached(ctx context.Context, q db.Query, name string) (seq int64, err error) {
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM kernel_event_follower WHERE name = $1`, name).Scan(&seq); err != nil {
		return 0, fmt.Errorf("read place of follower %s: %w", name, err)
	}
	return seq, nil
}

func reach(ctx context.Context, tx db.Tx, name string, seq int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO kernel_event_follower (name, seq) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE kernel_event_follower.seq < excluded.seq`, name, seq)
	if err != nil {
		return fmt.Errorf("move follower: %w", err)
	}
	return nil
}
