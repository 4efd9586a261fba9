package journal

import (
	"context"
	"fmt"
	"time"

	"tongban/agent/clock"
	"tongban/drivers"
)

// pagesWithin is how long a document that a crash left in the printer may take to come out before it is taken back.
const pagesWithin = 20 * time.Second

// Document prints the document whose row stands, its key, on sheets. The printer keeps the key beside the job: that is
// what it is asked by after a crash. One that remembers no job is asked for the count of all its sides, which is journalled before
// the first byte goes out. The error is one of the journal; the printer's own is in End.
func (b *Book) Document(ctx context.Context, p drivers.LaserPrinter, job drivers.PrintJob) (drivers.JobAccount, End, error) {
	if p.Capabilities().Remembers {
		if err := b.Move(ctx, job.Key, Printing, -1, ""); err != nil {
			return drivers.JobAccount{}, End{State: Failed}, err
		}
		acc, err := p.Print(ctx, job)
		e, err := b.end(ctx, job.Key, err)
		return acc, e, err
	}
	begun := false
	job.Begins = func(life int) error {
		begun = true
		if life == 0 {
			life = -1
		}
		return b.Move(ctx, job.Key, Printing, int64(life), "")
	}
	acc, err := p.Print(ctx, job)
	if err != nil && !begun { // whatever it was: not a byte was sent
		e := End{State: Failed, Why: drivers.Fault(err).Reason, Cause: err}
		return acc, e, b.Move(context.WithoutCancel(ctx), job.Key, Failed, -1, string(e.Why))
	}
	e, err := b.end(ctx, job.Key, err)
	return acc, e, err
}

// SettleDocuments closes the books on documents that a crash cut off and returns them with what became of them.
func (b *Book) SettleDocuments(ctx context.Context, p drivers.LaserPrinter) ([]Job, error) {
	jobs, err := b.list(ctx, `WHERE kind = ? AND state = ? ORDER BY rowid`, Pages, Printing)
	if err != nil {
		return nil, err
	}
	for i, j := range jobs {
		jobs[i].State = b.fateOfDocument(ctx, j, p)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("settle documents: %w", ctx.Err())
		}
		if err := b.Move(ctx, j.ID, jobs[i].State, -1, ""); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

// fateOfDocument lets a document that is still coming out come out, then believes the printer's account of it. A printer
// that does not know it may never have got it, or may have forgotten it. Where only sides are counted, the printer must be at rest
// for as long as a slip may take to come out: what the program had sent as it died may still be on its way.
func (b *Book) fateOfDocument(ctx context.Context, j Job, p drivers.LaserPrinter) State {
	start, taken := b.clock.Now(), false
	end, rests := start.Add(pagesWithin), start.Add(paperWithin)
	for {
		acc, err := p.Account(ctx, j.ID)
		counted := err == nil && acc.State == drivers.JobNone && j.Cuts >= 0 && acc.Life > 0
		if !counted {
			rests = b.clock.Now().Add(paperWithin)
		}
		switch {
		case counted && (judgeCount(j, acc.Life) == Printed || !b.clock.Now().Before(rests)):
			return judgeCount(j, acc.Life)
		case counted: // more may come
		case err == nil && (acc.State.Over() || acc.State == drivers.JobNone):
			return JudgeDocument(acc, j.Sides)
		case b.clock.Now().Before(end):
		case taken:
			return Unknown
		default:
			_ = p.Reset(ctx) // the next account tells whether that helped
			end, taken = b.clock.Now().Add(paperWithin), true
		}
		if clock.Sleep(ctx, b.clock, askEvery) != nil {
			return Unknown
		}
	}
}

// JudgeDocument says what became of a document by the printer's account; sides is what was asked for, 0 if nobody counted.
func JudgeDocument(acc drivers.JobAccount, sides int) State {
	switch {
	case acc.State == drivers.JobCompleted && (acc.Impressions < 0 || acc.Impressions >= sides):
		return Printed
	case (acc.State == drivers.JobCanceled || acc.State == drivers.JobAborted) && acc.Impressions >= 0 && acc.Impressions < sides:
		return Failed
	}
	return Unknown
}

// judgeCount says what became of a document of which a printer at rest tells no more than how many sides came out since. Nobody else
// prints there: it is the terminal's own.
func judgeCount(j Job, life int) State {
	switch grown := int64(life) - j.Cuts; {
	case grown == 0:
		return Failed
	case j.Sides > 0 && grown >= int64(j.Sides):
		return Printed
	}
	return Unknown
}
