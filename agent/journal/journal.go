// Package journal remembers everything that is printed before the first byte of it reaches the printer (打印日志), so that
// after a crash nobody guesses: the printer's own count says whether it came out, and where it cannot, the citizen is
// asked. Nothing is printed again in silence.
package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
)

// State of one job, a slip or a document.
type State string

// States of a job.
const (
	Ready    State = "ready"    // the row stands, nothing was sent
	Printing State = "printing" // bytes may have been sent; a slip is not whole yet
	Ending   State = "ending"   // the last line of a slip may have been sent, and the cut
	Printed  State = "printed"  // the printer, or the citizen, says so
	Failed   State = "failed"   // it is known not to have come out
	Unknown  State = "unknown"  // nobody can say: the citizen is asked
)

// moves are the only ways a job goes (状态流转). Printed is final.
var moves = map[State][]State{
	Ready:    {Printing, Failed},
	Printing: {Ending, Printed, Failed, Unknown},
	Ending:   {Printed, Failed, Unknown},
	Unknown:  {Printed, Failed},
	Failed:   nil, // a new try is a new row
	Printed:  nil,
}

// ErrMove means that a slip cannot go that way.
var ErrMove = errors.New("slip cannot go there")

// Pages is the kind of a document on sheets; every other kind is a slip.
const Pages = "pages"

// Job is one slip or document.
type Job struct {
	ID     string // its key, also at the printer
	CaseNo string
	Kind   string // stored, received: what a slip says; Pages
	State  State
	Cuts   int64 // the printer's counter before the cut, -1 where it has none
	Sides  int   // of a document, all copies; 0: nobody counted
	Made   time.Time
	Reason string
	// Recovery is what the slip shows, without the person, kept until the visit is over.
	Recovery json.RawMessage
}

// Book is the journal in the terminal's database. It is safe for concurrent use.
type Book struct {
	db    *store.DB
	clock clock.Clock

	mu   sync.Mutex
	live string // the slip under way in this program
	tidy bool   // nothing of an earlier slip hangs in the printer, see Settle
}

// Open returns the journal.
func Open(db *store.DB, c clock.Clock) *Book { return &Book{db: db, clock: c} }

// Add writes the row of a slip that is about to be printed.
func (b *Book) Add(ctx context.Context, j Job) error {
	return b.db.Do(ctx, func(tx *sql.Tx) error { return b.AddIn(ctx, tx, j) })
}

// AddIn is Add within the transaction that stores the case, so that there is no moment in which a case has no slip.
func (b *Book) AddIn(ctx context.Context, tx *sql.Tx, j Job) error {
	at := store.Ms(b.clock.Now())
	_, err := tx.ExecContext(ctx, `INSERT INTO print_job (id, case_no, kind, state, cuts, sides, made_at, moved_at, recovery) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		j.ID, j.CaseNo, j.Kind, Ready, j.Cuts, j.Sides, at, at, []byte(j.Recovery))
	if err != nil {
		return fmt.Errorf("journal slip: %w", err)
	}
	return nil
}

// Move takes a slip to its next state, durably, or returns ErrMove. cuts is kept when it is not negative.
func (b *Book) Move(ctx context.Context, id string, to State, cuts int64, reason string) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		var from State
		if err := tx.QueryRowContext(ctx, `SELECT state FROM print_job WHERE id = ?`, id).Scan(&from); err != nil {
			return err
		}
		if !May(from, to) {
			return fmt.Errorf("%w: %s to %s", ErrMove, from, to)
		}
		_, err := tx.ExecContext(ctx, `UPDATE print_job SET state = ?, moved_at = ?, reason = ?, cuts = CASE WHEN ? >= 0 THEN ? ELSE cuts END WHERE id = ?`,
			to, store.Ms(b.clock.Now()), reason, cuts, cuts, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("move slip: %w", err)
	}
	return nil
}

// May reports whether a slip may go from one state to another.
func May(from, to State) bool {
	return slices.Contains(moves[from], to)
}

// Get returns one job.
func (b *Book) Get(ctx context.Context, id string) (Job, error) {
	jobs, err := b.list(ctx, `WHERE id = ?`, id)
	if err == nil && len(jobs) == 0 {
		err = fmt.Errorf("read job: %w", sql.ErrNoRows)
	}
	if err != nil {
		return Job{}, err
	}
	return jobs[0], nil
}

// Unfinished lists the slips of visits that ended in a crash, newest first: those that still carry their recovery.
func (b *Book) Unfinished(ctx context.Context) ([]Job, error) {
	return b.list(ctx, `WHERE recovery IS NOT NULL ORDER BY made_at DESC`)
}

func (b *Book) list(ctx context.Context, which string, args ...any) ([]Job, error) {
	rows, err := b.db.Read().QueryContext(ctx, `SELECT id, case_no, kind, state, cuts, sides, made_at, reason, recovery FROM print_job `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("list jobs: %w", err)
	}
	defer rows.Close()
	var out []Job
	for rows.Next() {
		var j Job
		var made int64
		var rec []byte
		if err := rows.Scan(&j.ID, &j.CaseNo, &j.Kind, &j.State, &j.Cuts, &j.Sides, &made, &j.Reason, &rec); err != nil {
			return nil, fmt.Errorf("list jobs: %w", err)
		}
		j.Made, j.Recovery = store.FromMs(made), rec
		out = append(out, j)
	}
	return out, rows.Err()
}

// Forget drops what slips showed, at the end of a visit, and rows older than keep.
func (b *Book) Forget(ctx context.Context, keep time.Duration) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE print_job SET recovery = NULL WHERE recovery IS NOT NULL`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM print_job WHERE made_at < ?`, store.Ms(b.clock.Now().Add(-keep)))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget slips: %w", err)
	}
	return nil
}
