package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
	"tongban/drivers"
)

// End is how a job ended, as far as anybody knows.
type End struct {
	State State // Printed, Failed or Unknown
	Why   drivers.Reason
	Cause error // what the printer said
}

// Limits of a question after a crash.
const (
	paperWithin = 3 * time.Second // for a slip that was still coming out when the program died
	askEvery    = 300 * time.Millisecond
)

// Slip prints the slip whose row stands, its key, and journals each step before it is taken. What an earlier job left in
// the printer is settled first. The error is one of the journal; the printer's own is in End.
func (b *Book) Slip(ctx context.Context, p drivers.ReceiptPrinter, s drivers.Slip) (End, error) {
	if _, err := b.Settle(ctx, p); err != nil {
		return End{State: Failed}, err // better none than one that nobody knows of
	}
	b.under(s.Key, false)
	e, err := b.slip(ctx, p, s)
	b.under("", err == nil && e.State == Printed)
	return e, err
}

func (b *Book) slip(ctx context.Context, p drivers.ReceiptPrinter, s drivers.Slip) (End, error) {
	if err := b.Move(ctx, s.Key, Printing, -1, ""); err != nil {
		return End{State: Failed}, err
	}
	s.Ending = func(cuts int64) error { return b.ending(context.WithoutCancel(ctx), s.Key, cuts) }
	_, err := p.Print(ctx, s)
	return b.end(ctx, s.Key, err)
}

// end journals how a job ended, also while the terminal is being switched off.
func (b *Book) end(ctx context.Context, id string, cause error) (End, error) {
	e := End{State: Printed, Cause: cause}
	if f := drivers.Fault(cause); f != nil {
		e.State, e.Why = Failed, f.Reason // every error but the following is certain: it is not whole
		if f.Reason == drivers.ReasonPrintUnknown || f.Code == drivers.CodeCanceled || errors.Is(cause, context.DeadlineExceeded) {
			e.State = Unknown
		}
	}
	return e, b.Move(context.WithoutCancel(ctx), id, e.State, -1, string(e.Why))
}

// ending notes the counter before the cut; -1 takes it back, because what comes next is not the job's own cut.
func (b *Book) ending(ctx context.Context, id string, cuts int64) error {
	err := b.db.Do(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE print_job SET state = ?, cuts = ?, moved_at = ? WHERE id = ? AND state IN (?, ?)`,
			Ending, cuts, store.Ms(b.clock.Now()), id, Printing, Ending)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return errors.Join(ErrMove, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("journal end of slip: %w", err)
	}
	return nil
}

// Settle closes the books on slips that a crash cut off (对账) and returns them with what became of them; then it makes
// the printer cut off what hangs in it, so that it does not come out with the next citizen's slip. The verdict is written
// before that cut, which the counter counts too. p is nil where the printer is not there: then nobody can ask it.
func (b *Book) Settle(ctx context.Context, p drivers.ReceiptPrinter) ([]Job, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tidy {
		return nil, nil
	}
	jobs, err := b.Unsettled(ctx)
	if err != nil {
		return nil, err
	}
	jobs = slices.DeleteFunc(jobs, func(j Job) bool { return j.ID == b.live })
	for i, j := range jobs {
		jobs[i].State = b.fate(ctx, j, p)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("settle slips: %w", ctx.Err()) // the row stays as it is for the next start
		}
		if err := b.Move(ctx, j.ID, jobs[i].State, -1, ""); err != nil {
			return nil, err
		}
	}
	if p == nil {
		return jobs, nil
	}
	last, err := b.list(ctx, `WHERE kind <> ? AND state <> ? ORDER BY rowid DESC LIMIT 1`, Pages, Ready)
	if err != nil {
		return nil, err
	}
	if len(last) > 0 && last[0].State != Printed {
		if err := p.Reset(ctx); err != nil {
			return jobs, nil //nolint:nilerr // a printer that cannot cut refuses the next slip in its own words; then it is tried again
		}
	}
	b.tidy = true
	return jobs, nil
}

// Unsettled lists the slips that were under way when the program ended.
func (b *Book) Unsettled(ctx context.Context) ([]Job, error) {
	return b.list(ctx, `WHERE kind <> ? AND state IN (?, ?) ORDER BY rowid`, Pages, Printing, Ending)
}

func (b *Book) under(live string, tidy bool) {
	b.mu.Lock()
	b.live, b.tidy = live, tidy
	b.mu.Unlock()
}

// fate asks the printer what became of a slip. Before its last line was sent it is certainly not whole. After that only
// the counter can say that it was cut; where it does not move, the slip may still hang there whole.
func (b *Book) fate(ctx context.Context, j Job, p drivers.ReceiptPrinter) State {
	if j.State == Printing {
		return Failed
	}
	if j.Cuts < 0 || p == nil {
		return Unknown
	}
	for end := b.clock.Now().Add(paperWithin); ; {
		n, err := p.Counter(ctx)
		if err == nil && n != j.Cuts {
			return Judge(j.Cuts, n)
		}
		if b.clock.Now().After(end) || clock.Sleep(ctx, b.clock, askEvery) != nil {
			return Unknown
		}
	}
}

// Judge says what became of a slip whose end had been sent when the program died: before and after are the printer's cut
// counter, -1 where it has none.
func Judge(before, after int64) State {
	if before >= 0 && after == before+1 {
		return Printed
	}
	return Unknown // no counter, another printer, or a slip that hangs in it uncut
}
