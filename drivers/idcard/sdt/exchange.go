package sdt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/drivers"
)

// op is one command of a caller on its way: it owns the line until it is released.
type op struct {
	r       *Reader
	ctx     context.Context
	done    func()
	on      func(drivers.CardEvent)
	ends    time.Time // hard limit of the whole command, zero for none
	trouble time.Time // when the first thing went wrong, zero while all is well
	since   time.Time // when the last exchange began to go wrong
}

func (o *op) tell(e drivers.CardEvent) {
	if o.on != nil {
		o.on(e)
	}
}

// limit is when the verdict must be in, zero while there is no hurry.
func (o *op) limit() time.Time {
	if o.trouble.IsZero() {
		return o.ends
	}
	return earlier(o.ends, o.trouble.Add(troubleLimit))
}

// worry notes the first sign of trouble.
func (o *op) worry(at time.Time) {
	if o.trouble.IsZero() {
		o.trouble = at
	}
}

// inStep makes sure that the next answer belongs to the next question. The module's number is the question whose answer
// looks like no other.
func (o *op) inStep() error {
	o.r.mu.Lock()
	know := o.r.named && !o.r.dirty
	o.r.mu.Unlock()
	if know {
		return nil
	}
	f, err := o.exchange(cmdNumber)
	if err != nil {
		return err
	}
	if e := fault(cmdNumber, f); e.Reason == drivers.ReasonSAMFault {
		return e
	}
	o.r.set(func(r *Reader) {
		if r.named = true; f.sw[2] == swOK { // a module that keeps its number to itself still answers
			r.info.Serial = samNumber(f.data)
		}
	})
	return nil
}

// exchange asks and, when the line was noisy, asks once more. The frame it returns fits the question; it may carry a
// status that means trouble.
func (o *op) exchange(c *command) (frame, error) {
	for try := 0; ; try++ {
		f, err := o.once(c)
		if err == nil && f.sw[2] != swChecksum && f.sw[2] != swLength {
			o.r.set(func(r *Reader) { r.dirty = false })
			return f, nil
		}
		if err == nil {
			err = fault(c, f)
		}
		o.r.set(func(r *Reader) { r.dirty = true })
		switch drivers.Fault(err).Reason {
		case drivers.ReasonLineNoise, drivers.ReasonProtocol, drivers.ReasonSilent:
			o.worry(o.since)
		default: // unplugged, cancelled, closed
			return frame{}, err
		}
		if end := o.limit(); try > 0 || !end.IsZero() && end.Sub(o.r.clk.now()) < gap {
			return frame{}, err
		}
		o.tell(drivers.CardNoise)
		if err := o.quiet(); err != nil {
			return frame{}, err
		}
	}
}

// once asks and waits for an answer that fits.
func (o *op) once(c *command) (frame, error) {
	o.r.scan.reset()
	if err := o.r.port.Discard(); err != nil {
		return frame{}, o.portFault(err)
	}
	if _, err := o.r.port.Write(request(c.cmd, c.para)); err != nil {
		return frame{}, o.portFault(err)
	}
	return o.receive(c)
}

// listen is the state of waiting for one answer.
type listen struct {
	start       time.Time // question sent
	first, last time.Time // first and last byte that came
	alien       int       // good frames that answer something else
}

func (l *listen) heard(at time.Time) {
	if l.last = at; l.first.IsZero() {
		l.first = at
	}
}

// due is when waiting ends if nothing more comes: soon after a broken frame, otherwise when the answer should have begun.
func (o *op) due(c *command, l listen) (at time.Time, broken bool) {
	cfg := o.r.cfg
	broken = o.r.scan.waiting() || o.r.scan.junk > 0
	if at = l.start.Add(c.wait(cfg)); broken {
		at = earlier(l.last.Add(gap), l.first.Add(cfg.flow()))
	}
	return earlier(at, o.limit()), broken
}

// earlier is the first of two moments; zero is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// maxJunk is how many bytes of no frame are a noisy line and not a disturbance.
const maxJunk = 64

func (o *op) receive(c *command) (frame, error) {
	buf := make([]byte, 512)
	l := listen{start: o.r.clk.now()}
	for {
		now := o.r.clk.now()
		f, found, err := o.search(c, &l)
		if err != nil || found {
			o.since = now
			return f, err
		}
		due, broken := o.due(c, l)
		if !now.Before(due) {
			if o.since = l.start; broken {
				o.since = l.first
			}
			return frame{}, o.missed(c, l, broken)
		}
		n, err := o.r.port.Read(buf, min(readSlice, due.Sub(now)))
		switch {
		case err != nil:
			return frame{}, o.portFault(err)
		case o.ctx.Err() != nil:
			return frame{}, o.ended()
		case n > 0:
			l.heard(o.r.clk.now())
			o.r.scan.feed(buf[:n])
		}
	}
}

// search looks through what has come for the answer.
func (o *op) search(c *command, l *listen) (f frame, found bool, err error) {
	for {
		f, ev := o.r.scan.next()
		switch {
		case ev == evDamaged, o.r.scan.junk > maxJunk:
			return frame{}, false, noise(c, "garbled answer")
		case ev == evNone:
			return frame{}, false, nil
		case c.fits(f):
			return f, true, nil
		}
		l.alien++
	}
}

// missed says why there is no answer.
func (o *op) missed(c *command, l listen, broken bool) error {
	switch {
	case broken:
		return noise(c, "answer broke off")
	case l.alien > 0:
		return &drivers.Error{
			Code: drivers.CodeLineError, Reason: drivers.ReasonProtocol,
			Detail: fmt.Sprintf("%s: %d answers, none to this question", c.name, l.alien),
		}
	}
	return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: c.name + ": no answer"}
}

func noise(c *command, what string) error {
	return &drivers.Error{Code: drivers.CodeLineError, Reason: drivers.ReasonLineNoise, Detail: c.name + ": " + what}
}

// quiet lets the rest of a broken answer pass.
func (o *op) quiet() error {
	buf := make([]byte, 512)
	ends := o.r.clk.now().Add(quietLimit)
	for o.r.clk.now().Before(ends) {
		n, err := o.r.port.Read(buf, quietFor)
		if err != nil {
			return o.portFault(err)
		}
		if o.ctx.Err() != nil {
			return o.ended()
		}
		if n == 0 {
			return nil
		}
	}
	return nil
}

// pause waits d and reports whether the caller still wants to go on.
func (o *op) pause(d time.Duration) bool {
	select {
	case <-o.r.clk.after(d):
		return o.ctx.Err() == nil
	case <-o.ctx.Done():
		return false
	}
}

// portFault is an error of the port. What is plugged in next may be another reader with another card.
func (o *op) portFault(err error) error {
	if o.ctx.Err() != nil && o.r.base.Err() != nil {
		return o.ended()
	}
	o.r.set(func(r *Reader) { r.dirty, r.named, r.card = true, false, holdNothing })
	if e, ok := errors.AsType[*drivers.Error](err); ok {
		return e
	}
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
}

// ended says why the command is over: the reader was closed, or the caller does not want any more.
func (o *op) ended() error {
	o.r.set(func(r *Reader) { r.dirty = true }) // an answer may be under way
	if o.r.base.Err() != nil {
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "reader was closed", Cause: errClosed}
	}
	return drivers.Fault(o.ctx.Err())
}
