package escpos

import (
	"context"
	"time"

	"tongban/drivers"
)

// until waits for ok while it watches the printer, at most d; the error says what went wrong meanwhile.
func (r *run) until(d time.Duration, ok func(*state) bool) (bool, error) {
	ends := r.p.clk.now().Add(d)
	for {
		left := ends.Sub(r.p.clk.now())
		if r.p.line.wait(r.ctx, min(left, pollEvery/2), ok) {
			return true, nil
		}
		if err := r.look(); err != nil {
			return false, err
		}
		if !r.p.clk.now().Before(ends) {
			return false, nil
		}
	}
}

// look judges what has come in and, now and then, asks the printer how it is. It does not wait for the answer: the bytes
// of the slip must keep ahead of the paper.
func (r *run) look() error {
	if r.ctx.Err() != nil {
		return r.p.ended(r.ctx)
	}
	s := r.p.line.snapshot()
	now := r.p.clk.now()
	switch {
	case s.lost != nil:
		return unplugged(s.lost)
	case s.epoch != r.start.epoch:
		return unplugged(errReturned)
	case s.asbKnown && fromASB(s.asb).stopped() != nil:
		return r.cause(fromASB(s.asb))
	}
	if !r.askedAt.IsZero() {
		answers := s.rtCount[0] - r.start.rtCount[0]
		garbled := s.garbled - r.start.garbled
		switch {
		case answers+garbled >= r.polls:
			r.askedAt = time.Time{}
			if r.bad++; garbled == r.badSeen {
				r.bad = 0
			}
			r.badSeen = garbled
			if s.rt[0]&rtOffline != 0 && answers > 0 {
				return r.cause(condition{offline: true})
			}
			if r.bad >= 5 {
				return noisy(s.noise - r.start.noise)
			}
		case now.Sub(r.askedAt) > patience:
			return silent()
		}
	}
	if r.askedAt.IsZero() && now.Sub(r.polled) >= pollEvery {
		r.askedAt, r.polled = now, now
		r.polls++
		_, err := r.p.line.askStatus(r.ctx, 1)
		return err
	}
	return nil
}

// cause names what stops the printer; the automatic status may be a step behind, so the causes are asked for.
func (r *run) cause(known condition) error {
	e := known.stopped()
	if e.Reason == "" {
		if c, err := r.p.inspect(r.ctx, statusLimit, waitReply); err == nil && c.stopped() != nil {
			e = c.stopped()
		}
	}
	e.Raw = rawStatus(r.p.line.snapshot())
	return e
}

// abandon clears up after a job that failed: what the printer has not printed must not come out for the next citizen.
// It has its own short time, because the job's context is often over.
func (r *run) abandon(f *drivers.Error) {
	p := r.p
	ctx, cancel := context.WithTimeout(p.base, 2*waitReply)
	defer cancel()
	p.setTorn(true)
	s := p.line.snapshot()
	if s.lost != nil || s.ended {
		return
	}
	if f.Reason == drivers.ReasonSilent { // it hears perhaps, and answers nothing that could be waited for
		if !p.cfg.has(quirkNoClear) {
			_ = p.line.send(ctx, clearBuffer)
		}
		return
	}
	before := s.cleared
	if p.clear(ctx) != nil {
		return
	}
	switch f.Reason {
	case drivers.ReasonPaperOut, drivers.ReasonCoverOpen:
		p.setTorn(false) // whoever opens the printer takes the half slip out
		return
	case drivers.ReasonCutter, drivers.ReasonPaperJam, drivers.ReasonLineNoise:
		return
	}
	if p.line.snapshot().cleared == before && !p.cfg.has(quirkNoClear) {
		return
	}
	if r.ended && r.tell(-1) != nil {
		return // the cut would pass for the job's own after a crash: it waits for the next job
	}
	if p.line.send(ctx, p.prologue()) == nil {
		_ = p.separate(ctx)
	}
}
