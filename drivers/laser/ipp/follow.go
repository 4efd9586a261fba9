package ipp

import (
	"context"
	"fmt"
	"time"

	"tongban/drivers"
)

// watch is what follow remembers of a job between two answers.
type watch struct {
	heard    time.Time // last good answer
	moved    time.Time // last change of state or count
	stopped  time.Time // since when a reason stands
	unheard  *drivers.Error
	lastSeen drivers.JobAccount
}

// follow asks after a job until it is over. A job that cannot go on is taken back.
func (p *Printer) follow(ctx context.Context, acc drivers.JobAccount, job drivers.PrintJob) (drivers.JobAccount, error) {
	start := p.clk.now()
	w := watch{heard: start, moved: start, lastSeen: acc}
	for {
		if ctx.Err() != nil {
			return p.takeBack(acc, job, lineFault(ctx, ctx.Err()), limitCancel)
		}
		now, g, err := p.ask(ctx, acc.ID)
		t := p.clk.now()
		switch {
		case ctx.Err() != nil:
			continue
		case err != nil:
			w.unheard = drivers.Fault(err)
			if was(err, statusNotFound) || t.Sub(w.heard) > limitLost {
				return acc, drivers.PrintUnknown("printer does not tell what became of the job, last: "+acc.Counted(), w.unheard)
			}
		default:
			now.Key, w.heard, w.unheard = job.Key, t, nil
			if now.State != acc.State || now.Impressions != acc.Impressions || now.Sheets != acc.Sheets {
				w.moved = t
			}
			acc = now
			if acc.State.Over() {
				return acc, verdict(acc, job, g)
			}
			if e := p.stuck(ctx, &w, acc, t); e != nil {
				return p.takeBack(acc, job, e, limitSettle)
			}
		}
		pause := askEvery
		if t.Sub(start) > eager {
			pause = askSlow
		}
		select {
		case <-ctx.Done():
		case <-p.clk.after(pause):
		}
	}
}

// verdict is the end of a job in our words.
func verdict(acc drivers.JobAccount, job drivers.PrintJob, g group) error {
	want := job.Pages * job.Copies
	switch {
	case acc.State != drivers.JobCompleted:
		return &drivers.Error{Code: drivers.CodeHardwareError, Reason: drivers.ReasonNotPrinted,
			Detail: fmt.Sprintf("%s, reasons %q", acc.Counted(), g.words("job-state-reasons"))}
	case acc.Impressions > 0 && acc.Impressions < want:
		return drivers.PrintUnknown(fmt.Sprintf("%s of %d", acc.Counted(), want), nil)
	}
	return nil
}

// stuck tells why a job does not go on. The printer's own reason must stand for a moment without a page coming out.
func (p *Printer) stuck(ctx context.Context, w *watch, acc drivers.JobAccount, now time.Time) *drivers.Error {
	c, err := p.condition(ctx, limitAsk)
	if err != nil {
		return nil //nolint:nilerr // the next question about the job tells whether the line is gone
	}
	e := c.blocked()
	if e == nil && acc.State == drivers.JobStopped {
		e = &drivers.Error{Code: stops, Reason: drivers.ReasonNotPrinted, Detail: "printer stopped the job, it says " + c.said()}
	}
	switch {
	case e == nil:
		w.stopped = time.Time{}
	case w.stopped.IsZero():
		w.stopped = now
	case now.Sub(w.stopped) >= grace && now.Sub(w.moved) >= grace:
		return e
	}
	if now.Sub(w.moved) > p.cfg.stall {
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonNotPrinted, Detail: "no page for " + p.cfg.stall.String()}
	}
	return nil
}

// takeBack cancels a job and makes sure that nothing of it comes out later. Where that is not certain, nobody knows; where
// the job was done before the cancelling reached it, it is done.
func (p *Printer) takeBack(acc drivers.JobAccount, job drivers.PrintJob, why *drivers.Error, limit time.Duration) (drivers.JobAccount, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit) // the caller's context may be over
	defer cancel()
	err := p.cancel(ctx, acc.ID)
	if err != nil && !was(err, statusNotPossible) { // not possible: it is over already
		return acc, drivers.PrintUnknown("job could not be taken back: "+why.Detail, why)
	}
	for {
		now, g, err := p.ask(ctx, acc.ID)
		if err == nil {
			now.Key, acc = job.Key, now
			switch {
			case acc.State == drivers.JobCompleted:
				return acc, verdict(acc, job, g)
			case acc.State.Over():
				why.Detail += "; " + acc.Counted()
				return acc, why
			}
		}
		select {
		case <-ctx.Done():
			return acc, drivers.PrintUnknown("job was taken back and does not end: "+why.Detail, why)
		case <-p.clk.after(askEvery / 2):
		}
	}
}
