package pjl

import (
	"context"
	"fmt"
	"time"

	"tongban/drivers"
)

// run is a whole job.
func (p *Printer) run(ctx context.Context, job drivers.PrintJob, sheets []sheet, life int) (drivers.JobAccount, error) {
	p.number++
	acc := drivers.JobAccount{Key: job.Key, ID: p.number, State: drivers.JobNone, Impressions: -1, Sheets: -1}
	if p.cfg.oneWay {
		return p.blind(ctx, acc, job, sheets)
	}
	now := p.clk.now()
	w := &watch{name: name(job.Key), before: life, life: life, total: -1, heard: now, moved: now}
	w.at, w.epoch = p.line.mark()
	if err := p.line.send(ctx, p.cfg.patience, p.begin(job)); err != nil {
		return acc, drivers.Fault(err) // not one dot was sent
	}
	sent, want := 0, 0
	var e *drivers.Error
	for _, s := range sheets {
		if sent > 0 {
			if e = p.ready(ctx, w); e != nil {
				break
			}
		}
		sent, want = sent+1, want+s.sides
		if e = p.bring(ctx, w, s); e != nil {
			break
		}
	}
	if e == nil {
		e = p.finish(ctx, w, job)
	} else {
		p.giveUp(job)
		p.listen(w)
	}
	return p.judge(acc, w, job, e, sent, want)
}

// judge makes the account of a job.
func (p *Printer) judge(acc drivers.JobAccount, w *watch, job drivers.PrintJob, e *drivers.Error, sent, want int) (drivers.JobAccount, error) {
	if acc.Impressions = w.count(); job.Duplex && want > 0 { // some count two for each sheet that goes through the unit
		acc.Impressions = min(acc.Impressions, want)
	}
	if want == 0 {
		want = acc.Impressions
	}
	if p.cfg.language == languagePDF {
		sent = want
		if job.Duplex {
			sent = job.Copies * ((want/job.Copies + 1) / 2)
		}
	}
	if w.id > 0 {
		acc.ID = w.id
	}
	if acc.Impressions >= want && want > 0 {
		acc.Sheets = sent
	}
	switch {
	case e == nil && acc.Impressions >= 0 && acc.Impressions < want:
		acc.State = drivers.JobCompleted
		return acc, drivers.PrintUnknown(fmt.Sprintf("%s of %d", acc.Counted(), want), nil)
	case e == nil:
		acc.State = drivers.JobCompleted
		return acc, nil
	case e.Reason == drivers.ReasonPrintUnknown:
		acc.State = drivers.JobStopped
	case w.over && w.result != "":
		acc.State = drivers.JobAborted
	default:
		acc.State = drivers.JobCanceled
	}
	out := *e
	out.Detail += "; " + acc.Counted()
	return acc, &out
}

// ask asks how the printer is. An error is one after which nobody knows: the line was lost, or the printer is silent for too long.
func (p *Printer) ask(ctx context.Context, w *watch) *drivers.Error {
	c, life, err := p.state(ctx, limitAsk, w.before > 0)
	now := p.clk.now()
	_, epoch := p.line.mark()
	switch {
	case ctx.Err() != nil:
		return drivers.Fault(ctx.Err())
	case epoch != w.epoch:
		return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line was lost", Cause: err}
	case err != nil:
		w.unheard = drivers.Fault(err)
		if now.Sub(w.heard) > p.cfg.patience {
			return w.unheard
		}
		return nil
	}
	if life > w.life {
		w.life, w.moved = life, now
	}
	w.note(c, now)
	return nil
}

// ready waits until the printer may get another sheet. There is nothing of the job in it.
func (p *Printer) ready(ctx context.Context, w *watch) *drivers.Error {
	for {
		e := p.ask(ctx, w)
		p.listen(w)
		switch {
		case w.over:
			return w.canceled()
		case e != nil:
			return e
		case w.why == nil && w.unheard == nil:
			return nil
		case w.why != nil && p.clk.now().Sub(w.blocked) >= grace:
			return w.why
		}
		p.pause(ctx, askEvery)
	}
}

// bring sends one sheet and waits until it is out. What went wrong while it was in the printer leaves open whether it still comes.
func (p *Printer) bring(ctx context.Context, w *watch, s sheet) *drivers.Error {
	pages, life := w.pages, w.life
	err := p.put(ctx, s)
	start := p.clk.now()
	w.moved, w.rest, w.heard = start, time.Time{}, start
	if err != nil {
		if p.listen(w); w.over {
			return w.canceled()
		}
		p.dropLine()
		return drivers.PrintUnknown("sheet could not be sent whole: "+drivers.Fault(err).Detail, err)
	}
	for {
		e := p.ask(ctx, w)
		p.listen(w)
		now := p.clk.now()
		switch {
		case w.over && w.result != "":
			return w.canceled()
		case w.over, s.sides > 0 && (w.pages-pages >= s.sides || w.life-life >= s.sides):
			return nil
		case !w.rest.IsZero() && now.Sub(w.rest) >= settle:
			return nil // it is at rest and counted less, or nothing: the end of the job tells more
		case e != nil:
			return drivers.PrintUnknown("printer had a sheet: "+e.Detail, e)
		case w.why != nil && now.Sub(w.blocked) >= grace && now.Sub(w.moved) >= grace:
			return p.stuck(w)
		case now.Sub(w.moved) > p.cfg.stall:
			return drivers.PrintUnknown("no page for "+p.cfg.stall.String(), nil)
		}
		p.pause(ctx, pace(now.Sub(start)))
	}
}

// stuck is a printer that stands still with a sheet in it. A jam takes its sheet away, where the printer was told so and can.
func (p *Printer) stuck(w *watch) *drivers.Error {
	if w.why.Reason == drivers.ReasonPaperJam && p.dropsJams && p.cfg.language == languagePCL {
		return w.why
	}
	e := drivers.PrintUnknown("printer stands still with a sheet in it: "+w.why.Detail, w.why)
	e.Raw = w.why.Raw
	return e
}

// finish ends the job and waits for the printer's word on it.
func (p *Printer) finish(ctx context.Context, w *watch, job drivers.PrintJob) *drivers.Error {
	if err := p.line.send(ctx, p.cfg.patience, end(job)); err != nil && ctx.Err() == nil {
		return drivers.PrintUnknown("line was lost at the end", err)
	}
	start := p.clk.now()
	w.rest = time.Time{}
	for {
		p.listen(w)
		if w.over {
			break
		}
		e := p.ask(ctx, w)
		p.listen(w)
		now := p.clk.now()
		if w.over || !w.rest.IsZero() && now.Sub(w.rest) >= settle {
			break
		}
		switch {
		case e != nil:
			return drivers.PrintUnknown("end of the job is not known: "+e.Detail, e)
		case now.Sub(start) > p.cfg.stall:
			return drivers.PrintUnknown("printer does not end the job", w.why)
		}
		p.pause(ctx, pace(now.Sub(start)))
	}
	if w.result != "" {
		return w.canceled()
	}
	return nil
}

// giveUp ends a job of which no more is sent.
func (p *Printer) giveUp(job drivers.PrintJob) {
	ctx, cancel := context.WithTimeout(context.Background(), limitCancel) // the caller's context may be over
	defer cancel()
	if p.line.send(ctx, limitCancel, end(job)) == nil {
		_, _ = p.line.ask(ctx, limitCancel, "USTATUSOFF") // when it answers, it has heard the end too
	}
}

// dropLine gives a line up on which the printer takes no more bytes.
func (p *Printer) dropLine() {
	if a, ok := p.line.port.(interface{ Again() }); ok {
		a.Again()
	}
}

func (p *Printer) pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-p.clk.after(d):
	}
}
