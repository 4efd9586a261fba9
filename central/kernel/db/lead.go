package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tongban/central/kernel/clock"
)

// leadClass is the first half of the advisory lock of leaders, see turnClass.
const leadClass = 0x746c // "tl"

const (
	leadPoll  = 300 * time.Millisecond // how soon another copy takes over
	leadCheck = time.Second            // how soon a leader notices that it lost its connection
)

// Lead runs fn in one copy of the program at a time (主备), again after each
// time it returns, until ctx ends. The context of fn ends when this copy can no
// longer prove that it leads; for a moment the next one may then run beside it,
// so that fn's effects must be idempotent. With SQLite there is one copy only.
//
// The lead is a lock of a database session: it is free the moment that the
// leader's process or connection ends, and a pooler between must be in session
// mode.
func (d *DB) Lead(ctx context.Context, name string, fn func(ctx context.Context)) {
	for ctx.Err() == nil {
		if d.dialect != Postgres {
			fn(ctx)
		} else if err := d.leadOnce(ctx, name, fn); err != nil && ctx.Err() == nil {
			d.opts.Log.DebugContext(ctx, "lead cannot be taken", "name", name, "cause", err.Error())
		}
		if clock.Sleep(ctx, clock.System(), leadPoll) != nil {
			return
		}
	}
}

// Led reports whether some copy leads name now.
func (d *DB) Led(ctx context.Context, name string) (bool, error) {
	if d.dialect != Postgres {
		return true, nil
	}
	var free bool
	err := d.View(ctx, func(q Query) error { // the lock is given back with the transaction
		return q.QueryRowContext(ctx, `SELECT pg_try_advisory_xact_lock($1, hashtext($2))`, leadClass, d.leadKey(name)).Scan(&free)
	})
	return !free, err
}

// leadKey makes a schema a database of its own, as in turn.
func (d *DB) leadKey(name string) string { return fmt.Sprintf("%d/%s", d.turn, name) }

// leadOnce tries for the lead and, when it has it, runs fn.
func (d *DB) leadOnce(ctx context.Context, name string, fn func(ctx context.Context)) error {
	conn, err := d.lead.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	// A machine that vanishes without a word must not keep the lead for hours.
	if _, err := conn.ExecContext(ctx, `SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3`); err != nil {
		return fmt.Errorf("set keepalives: %w", err)
	}
	var mine bool
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1, hashtext($2))`, leadClass, d.leadKey(name)).Scan(&mine); err != nil {
		return fmt.Errorf("ask for the lead: %w", err)
	}
	if !mine {
		return nil
	}
	// The connection is thrown away with the lead: nobody finds a lock on it.
	defer func() { _ = conn.Raw(func(any) error { return driver.ErrBadConn }) }()

	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		watchLead(inner, conn)
	}()
	level := slog.LevelInfo
	if strings.HasPrefix(name, copyLead) {
		level = slog.LevelDebug // each copy leads its own
	}
	d.opts.Log.Log(ctx, level, "this copy leads now", "name", name)
	fn(inner)
	cancel()
	<-done
	if ctx.Err() == nil {
		d.opts.Log.Log(ctx, level, "this copy leads no more", "name", name)
	}
	return nil
}

const copyLead = "copy/"

// CopyID names this copy of the program, anew at each start.
func (d *DB) CopyID() string { return d.copyID }

// Live makes Lives true for this copy until Close, and returns when it is or
// ctx ends. Calling it again does nothing.
func (d *DB) Live(ctx context.Context) {
	d.mu.Lock()
	if d.dying != nil || d.dialect != Postgres {
		d.mu.Unlock()
		return
	}
	var living context.Context
	living, d.dying = context.WithCancel(context.WithoutCancel(ctx))
	d.mu.Unlock()
	held := make(chan struct{})
	d.life.Go(func() {
		said := false
		d.Lead(living, copyLead+d.copyID, func(ctx context.Context) {
			if !said {
				said = true
				close(held)
			}
			<-ctx.Done()
		})
	})
	select {
	case <-held:
	case <-ctx.Done():
	}
}

// Lives reports whether a copy's process is there. With SQLite there is one
// process, and it is. For some seconds after the database was away, a copy that
// lives may seem dead: whoever acts on it looks twice.
func (d *DB) Lives(ctx context.Context, id string) (bool, error) { return d.Led(ctx, copyLead+id) }

// watchLead returns when ctx ends or the connection does not answer.
func watchLead(ctx context.Context, conn *sql.Conn) {
	for clock.Sleep(ctx, clock.System(), leadCheck) == nil {
		look, cancel := context.WithTimeout(ctx, 3*leadCheck)
		var one int
		err := conn.QueryRowContext(look, `SELECT 1`).Scan(&one)
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			return
		}
	}
}
