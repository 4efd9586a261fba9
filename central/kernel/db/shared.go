package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"tongban/central/kernel/clock"
)

// shared is a transaction that several acts may share (共用事务): on a busy morning the begin, the turn among the copies of the program
// and the commit with its write to disk cost more than most acts themselves. Each act after the first stands behind a savepoint, so that
// one that fails takes nothing of the others along; each sees what those before it wrote, as if they were committed, and none is told how it ended
// before all are. Acts follow each other in it as they would in transactions of their own.
type shared struct {
	conn  *sql.Conn
	tx    *sql.Tx
	begun time.Time
	acts  []*writeTx    // that succeeded, in order
	n     int           // acts begun
	ended chan struct{} // closed after the commit or its failure
	err   error         // read after ended: why nothing was kept
	gone  bool          // read after ended: it is certain that nothing was kept
}

// How many acts share a transaction at most, and how old it may be when one more joins: those who are done wait for it, and so do the
// other copies of the program.
const (
	seats    = 32
	boarding = 50 * time.Millisecond
)

// grace is how long a statement may go on when its caller has gone: breaking it off breaks the connection, which others may share, but
// one that hangs must end.
const grace = 30 * time.Second

// errAgain says that an act must be repeated alone: the transaction that it shared was lost, by another's fault or by its own.
var errAgain = errors.New("the shared transaction was lost")

// inTurn makes one attempt at an act, in turn with the other writers.
func (d *DB) inTurn(ctx context.Context, alone bool, fn func(w *writeTx) error) error {
	s, err := d.enter(ctx, alone)
	if err != nil {
		return err
	}
	joined := s != nil
	if !joined {
		if s, err = d.begin(ctx); err != nil {
			d.turns.leave()
			return err
		}
	}
	done := false
	defer func() {
		if !done { // a panic: nothing of this act remains, and those before it must not hang
			d.lose(s, errors.New("an act that shares the transaction panicked"))
		}
	}()

	err = d.act(ctx, s, fn)
	done = true
	switch {
	case s.err != nil: // no act can go on in it
		d.lose(s, s.err)
	case err != nil && s.n == 1: // alone in it
		d.lose(s, err)
	case !alone && s.n < seats && clock.System().Now().Sub(s.begun) < boarding && d.turns.pass(s):
		// The one who took it, or one after him, ends it.
	default:
		d.commit(s)
	}

	<-s.ended
	switch {
	case s.err == nil:
		if joined {
			d.together.Inc()
		}
		return err
	case s.n > 1 && s.gone:
		return errAgain
	case err != nil:
		return err
	}
	return s.err
}

// begin takes a connection and the turn among the copies of the program. It does not end with the caller's context: others may join.
func (d *DB) begin(ctx context.Context) (*shared, error) {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	raw, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("begin: %w", err)
	}
	if d.dialect == Postgres {
		if _, err := raw.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, turnClass, d.turn); err != nil {
			_ = raw.Rollback()
			_ = conn.Close()
			return nil, fmt.Errorf("wait for a turn to write: %w", err)
		}
	}
	return &shared{conn: conn, tx: raw, begun: clock.System().Now(), ended: make(chan struct{})}, nil
}

// act does one act in s. When it sets s.err, s can only be rolled back.
func (d *DB) act(ctx context.Context, s *shared, fn func(w *writeTx) error) error {
	s.n++
	if s.n > 1 {
		if _, err := s.tx.ExecContext(context.WithoutCancel(ctx), `SAVEPOINT act`); err != nil {
			s.err = fmt.Errorf("savepoint: %w", err)
			return s.err
		}
	}
	w, end := d.writer(ctx, s.tx)
	defer end()
	err := d.run(ctx, w, s.acts, fn)
	if err == nil {
		s.acts = append(s.acts, w)
		return nil
	}
	if s.n > 1 {
		if _, back := s.tx.ExecContext(context.WithoutCancel(ctx), `ROLLBACK TO SAVEPOINT act`); back != nil {
			s.err = fmt.Errorf("back to savepoint: %w", back)
		}
	}
	return err
}

// commit ends s, tells those who wait for what it wrote, and gives the turn up.
func (d *DB) commit(s *shared) {
	defer d.turns.leave()
	defer func() { _ = s.conn.Close() }()
	defer close(s.ended)
	if err := s.tx.Commit(); err != nil {
		s.err, s.gone = fmt.Errorf("commit: %w", err), undone(err)
		_ = s.tx.Rollback()
		return
	}
	for _, w := range s.acts {
		d.tell(w)
	}
}

// lose ends s without keeping anything of it, and gives the turn up.
func (d *DB) lose(s *shared, cause error) {
	_ = s.tx.Rollback()
	_ = s.conn.Close()
	s.err, s.gone = cause, true
	close(s.ended)
	d.turns.leave()
}

// undone reports whether a commit that failed has certainly kept nothing: the database said so itself. After a lost connection nobody
// knows.
func undone(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return !isPg(err, "57") // the server is going down
	}
	var lite *sqlite.Error
	return errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &lite)
}
