package escpos

import (
	"context"
	"strconv"
	"time"

	"tongban/drivers"
)

// paperQuery is GS r 1, the plainest question that waits its turn behind what was sent before.
var paperQuery = []byte{gs, 'r', 1}

// ask sends DLE EOT n once and returns its byte; ok is false for silence and for a garbled answer.
func (p *Printer) ask(ctx context.Context, n byte, d time.Duration) (b byte, ok bool, err error) {
	before := p.line.snapshot()
	if _, err := p.line.askStatus(ctx, n); err != nil {
		return 0, false, err
	}
	p.line.wait(ctx, d, func(s *state) bool { return s.rtCount[n-1] > before.rtCount[n-1] || s.garbled > before.garbled })
	now := p.line.snapshot()
	switch {
	case now.lost != nil:
		return 0, false, unplugged(now.lost)
	case now.rtCount[n-1] > before.rtCount[n-1]:
		return now.rt[n-1], true, nil
	}
	return 0, false, nil
}

// insist asks until d is over: one garbled byte is no reason to give up, silence is asked once more at most.
func (p *Printer) insist(ctx context.Context, n byte, d time.Duration) (byte, error) {
	ends, start := p.clk.now().Add(d), p.line.snapshot()
	for {
		b, ok, err := p.ask(ctx, n, ends.Sub(p.clk.now()))
		switch {
		case err != nil:
			return 0, err
		case ok:
			return b, nil
		case ctx.Err() != nil:
			return 0, p.ended(ctx)
		}
		s := p.line.snapshot()
		if s.garbled-start.garbled >= 5 || !p.clk.now().Before(ends) {
			if s.noise > start.noise {
				return 0, noisy(s.noise - start.noise)
			}
			return 0, silent()
		}
	}
}

// ended says why ctx is over: the printer was closed, or the caller does not want any more.
func (p *Printer) ended(ctx context.Context) error {
	if p.base.Err() != nil {
		return unplugged(errClosed)
	}
	return drivers.Fault(ctx.Err())
}

// enquire asks for the causes, DLE EOT 2 to 4, all at once.
func (p *Printer) enquire(ctx context.Context, d time.Duration) error {
	p.line.settle(ctx, d/4)
	before, last := p.line.snapshot(), 0
	for n := byte(2); n <= 4; n++ {
		var err error
		if last, err = p.line.askStatus(ctx, n); err != nil {
			return err
		}
	}
	p.line.wait(ctx, d, func(s *state) bool { return s.seen[askStatus] >= last })
	s := p.line.snapshot()
	switch {
	case s.lost != nil:
		return unplugged(s.lost)
	case s.garbled > before.garbled:
		return noisy(s.noise - before.noise)
	case s.seen[askStatus] < last:
		return silent()
	}
	return nil
}

// inspect finds the condition: whether the printer is there from DLE EOT 1, within alive; the causes from the automatic
// status where the two agree, else from DLE EOT 2 to 4, within causes.
func (p *Printer) inspect(ctx context.Context, alive, causes time.Duration) (condition, error) {
	b, err := p.insist(ctx, 1, alive)
	if err != nil {
		return condition{}, err
	}
	s := p.line.snapshot()
	if s.asbKnown && (b&rtOffline != 0) == (s.asb[0]&0x08 != 0) {
		return p.remember(fromASB(s.asb)), nil
	}
	err = p.enquire(ctx, causes)
	if drivers.Fault(err) != nil && drivers.Fault(err).Reason == drivers.ReasonLineNoise {
		err = p.enquire(ctx, causes)
	}
	if err != nil {
		return condition{}, err
	}
	p.line.update(func(s *state) { s.asbKnown = false })
	if !p.cfg.has(quirkNoASB) { // an automatic status was lost; ask for it afresh, it comes when it comes
		_ = p.line.send(ctx, []byte{gs, 'a', 0xFF})
	}
	rt := p.line.snapshot().rt
	rt[0] = b
	return p.remember(fromRealtime(rt)), nil
}

func (p *Printer) remember(c condition) condition {
	p.mu.Lock()
	p.last = c
	p.mu.Unlock()
	return c
}

// statusLimit keeps Status below its second.
const statusLimit = 900 * time.Millisecond

// Status implements drivers.Device. When the printer cannot be asked, the state says so and the error says why. While a
// job runs it tells what the job's own questions have found.
func (p *Printer) Status(ctx context.Context) (drivers.Status, error) {
	claimed, release, err := p.claim(ctx)
	if err != nil {
		return p.busyStatus(err)
	}
	defer release()
	claimed, cancel := context.WithTimeout(claimed, statusLimit)
	defer cancel()
	err = p.ensure(claimed, statusLimit/2)
	var c condition
	if err == nil {
		c, err = p.inspect(claimed, statusLimit/2, statusLimit/3)
	}
	if err != nil {
		return p.absent(err)
	}
	return c.status(p.clk.now()), nil
}

func (p *Printer) absent(err error) (drivers.Status, error) {
	f := drivers.Fault(err)
	s := drivers.Status{State: drivers.StateNoDevice, Paper: drivers.SupplyUnknown, Code: f.Code, Detail: f.Detail, At: p.clk.now()}
	if f.Reason == drivers.ReasonLineNoise {
		s.State = drivers.StateOffline // something is there, but nobody understands it
	}
	return s, f
}

func (p *Printer) busyStatus(err error) (drivers.Status, error) {
	s := p.line.snapshot()
	if s.ended {
		return p.absent(err)
	}
	if s.lost != nil {
		return p.absent(unplugged(s.lost))
	}
	p.mu.Lock()
	c := p.last
	p.mu.Unlock()
	if s.asbKnown {
		c = fromASB(s.asb)
	}
	out := c.status(p.clk.now())
	if out.State == drivers.StateOnline {
		out.State = drivers.StateBusy
	}
	return out, nil
}

// ensure greets the printer again after its line was gone: it has forgotten the automatic status, or it is another one.
func (p *Printer) ensure(ctx context.Context, d time.Duration) error {
	s := p.line.snapshot()
	if s.lost != nil {
		return unplugged(s.lost)
	}
	p.mu.Lock()
	known := p.epoch == s.epoch
	p.mu.Unlock()
	if known {
		return nil
	}
	return p.greet(ctx, d)
}

// Reset implements drivers.Device: leaves a recoverable error, throws away what waits in the buffer and cuts off half a
// slip; the first Reset after Open cuts in any case, because nobody knows what hangs in the paper path. The cut counts:
// read Counter first when it has to tell whether an earlier job came out.
func (p *Printer) Reset(ctx context.Context) error {
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := p.ensure(ctx, patience); err != nil {
		return err
	}
	if _, err := p.insist(ctx, 1, patience); err != nil {
		return err
	}
	if err := p.line.send(ctx, []byte{dle, 0x05, 2}); err != nil {
		return err
	}
	p.mu.Lock()
	torn := p.torn || !p.reset
	p.mu.Unlock()
	c, err := p.inspect(ctx, statusLimit, waitReply)
	if err != nil {
		return err
	}
	if err := p.clear(ctx); err != nil {
		return err
	}
	if err := p.line.send(ctx, p.prologue()); err != nil {
		return err
	}
	if !torn || c.stopped() != nil {
		return nil
	}
	if err := p.separate(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	p.reset = true
	p.mu.Unlock()
	return nil
}

// clearBuffer is the order that empties the printer's buffer, which it carries out at once (DLE DC4 fn 8).
var clearBuffer = []byte{dle, 0x14, 8, 1, 3, 20, 1, 6, 2, 8}

// clear throws away what the printer has not printed yet, so that it does not come out for the next citizen.
func (p *Printer) clear(ctx context.Context) error {
	if p.cfg.has(quirkNoClear) {
		return p.line.send(ctx, []byte{dle, 0x05, 2})
	}
	before := p.line.snapshot().cleared
	if err := p.line.send(ctx, clearBuffer); err != nil {
		return err
	}
	p.line.wait(ctx, waitReply, func(s *state) bool { return s.cleared > before })
	return nil
}

// separate cuts off half a slip without printing anything.
func (p *Printer) separate(ctx context.Context) error {
	err := p.line.send(ctx, []byte{gs, 'V', 66, 0})
	if err == nil {
		p.setTorn(false)
	}
	return err
}

// Counter implements drivers.ReceiptPrinter. A printer without paper answers no counter question; then the error says
// what stops it.
func (p *Printer) Counter(ctx context.Context) (int64, error) {
	if p.cfg.has(quirkNoCounter) {
		return -1, nil
	}
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return -1, err
	}
	defer release()
	if err := p.ensure(ctx, patience); err != nil {
		return -1, err
	}
	for range 2 {
		if n, ok := p.count(ctx, waitReply); ok {
			return n, nil
		}
	}
	c, err := p.inspect(ctx, statusLimit, waitReply)
	if err != nil {
		return -1, err
	}
	if e := c.stopped(); e != nil {
		return -1, e
	}
	return -1, &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "no answer to the counter question"}
}

// counterQuery is GS g 2 for the cuts since the printer was made (128 + 50).
var counterQuery = []byte{gs, 'g', '2', 0, 178, 0}

func (p *Printer) count(ctx context.Context, d time.Duration) (int64, bool) {
	text, ok := p.block(ctx, counterQuery, d)
	if !ok {
		return -1, false
	}
	return parseCount(text)
}

func parseCount(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1, false
	}
	return n, true
}
