package events

import (
	"context"
	"errors"
	"fmt"
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

// errDone means that another copy of the program was first.
var errDone = errors.New("already done")

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
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		for e := range l.Stream(ctx, at, f.Topics...) {
			if !l.patiently(ctx, f, e) {
				return
			}
		}
	})
}

// patiently does one event, however often it takes; false means that ctx ended.
func (l *Log) patiently(ctx context.Context, f Follower, e Event) bool {
	for wait := poll; ; wait = min(2*wait, longestWait) {
		err := l.db.Do(ctx, func(tx db.Tx) error {
			if err := reach(ctx, tx, f.Name, e.Seq); err != nil {
				return err
			}
			return f.Do(ctx, tx, e)
		})
		if err == nil || errors.Is(err, errDone) {
			return ctx.Err() == nil
		}
		if ctx.Err() != nil {
			return false
		}
		l.log.WarnContext(ctx, "follower could not do an event", "follower", f.Name, "topic", e.Topic, "seq", e.Seq, "cause", err.Error())
		if clock.Sleep(ctx, clock.System(), wait) != nil {
			return false
		}
	}
}

// Reached returns the number of the last event that a follower has done, 0 before its first.
func (l *Log) Reached(ctx context.Context, name string) (seq int64, err error) {
	err = l.db.View(ctx, func(q db.Query) error {
		return q.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM kernel_event_follower WHERE name = $1`, name).Scan(&seq)
	})
	if err != nil {
		return 0, fmt.Errorf("read place of follower %s: %w", name, err)
	}
	return seq, nil
}

func reach(ctx context.Context, tx db.Tx, name string, seq int64) error {
	res, err := tx.ExecContext(ctx, `INSERT INTO kernel_event_follower (name, seq) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET seq = excluded.seq WHERE kernel_event_follower.seq < excluded.seq`, name, seq)
	if err != nil {
		return fmt.Errorf("move follower: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, errDone)
	}
	return nil
}
