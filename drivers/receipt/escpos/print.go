package escpos

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"tongban/drivers"
)

// Ways in which a job's end is known, best first.
const (
	byEcho    = "echo"    // the printer answered the question behind the cut
	byCounter = "counter" // no answer, but its cut counter went up
	byStatus  = "status"  // neither exists or came; it took everything in turn, never fell silent and is well
)

// run is one job on its way.
type run struct {
	p        *Printer
	ctx      context.Context
	key      string
	job      job
	cuts     int64 // counter before the job, -1 if unknown
	start    state
	polled   time.Time // last status question
	askedAt  time.Time // of the question under way, zero when none is
	polls    int       // questions of this run
	bad      int       // garbled answers in a row
	badSeen  int       // garbled answers of this run
	cutSent  bool
	ending   func(int64) error // Slip.Ending, nil where nobody keeps a journal
	ended    bool              // it has been called
	bytesOut int
}

// Print implements drivers.ReceiptPrinter. An error other than ReasonPrintUnknown is certain: the slip is not whole.
func (p *Printer) Print(ctx context.Context, slip drivers.Slip) (drivers.PrintResult, error) {
	j, err := compose(slip, p.cfg)
	if err != nil {
		return drivers.PrintResult{Cuts: -1}, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	ctx, release, err := p.claim(ctx)
	if err != nil {
		return drivers.PrintResult{Cuts: -1}, err
	}
	defer release()
	if err := p.prepare(ctx); err != nil {
		return drivers.PrintResult{Cuts: -1}, err
	}
	r := &run{p: p, ctx: ctx, key: slip.Key, job: j, cuts: -1, ending: slip.Ending}
	if !p.cfg.has(quirkNoCounter) {
		if n, ok := p.count(ctx, waitReply); ok {
			r.cuts = n
		}
	}
	p.line.update(func(s *state) { clear(s.echoes) })
	r.start = p.line.snapshot()
	res, err := r.print()
	res.Bytes = r.bytesOut
	if err == nil {
		return res, nil
	}
	r.abandon(drivers.Fault(err))
	return res, r.verdict(err)
}

// prepare refuses a job that cannot come out, after one try to leave an error that the printer can leave by itself.
func (p *Printer) prepare(ctx context.Context) error {
	if err := p.ensure(ctx, patience); err != nil {
		return err
	}
	c, err := p.inspect(ctx, 2*time.Second, 2*waitReply)
	if err != nil {
		return err
	}
	if c.cutter || c.jam {
		if err := p.line.send(ctx, []byte{dle, 0x05, 2}); err != nil {
			return err
		}
		if c, err = p.inspect(ctx, statusLimit, waitReply); err != nil {
			return err
		}
	}
	if e := c.stopped(); e != nil {
		e.Raw = rawStatus(p.line.snapshot())
		return e
	}
	if err := p.ensure(ctx, patience); err != nil { // it may have come online just now
		return err
	}
	p.mu.Lock()
	torn := p.torn
	p.mu.Unlock()
	if !torn {
		return nil
	}
	if err := p.clear(ctx); err != nil {
		return err
	}
	return p.separate(ctx)
}

func (r *run) print() (drivers.PrintResult, error) {
	none := drivers.PrintResult{Cuts: -1}
	for i, piece := range r.job.body {
		if err := r.release(); err != nil {
			return none, err
		}
		if i == r.job.last {
			if err := r.tell(r.cuts); err != nil {
				return none, err
			}
		}
		if err := r.send(piece); err != nil {
			return none, err
		}
		if err := r.look(); err != nil {
			return none, err
		}
	}
	if err := r.rowsOut(); err != nil {
		return none, err
	}
	return r.cut()
}

// tell lets the journal know what the counter stands for from here on.
func (r *run) tell(cuts int64) error {
	if r.ending == nil {
		return nil
	}
	r.ended = true
	if err := r.ending(cuts); err != nil {
		return &drivers.Error{Code: drivers.CodeInternalError, Reason: drivers.ReasonNotPrinted, Detail: "job cannot be journalled: " + err.Error(), Cause: err}
	}
	return nil
}

// send writes whole commands and counts them.
func (r *run) send(b []byte) error {
	r.bytesOut += len(b)
	return r.p.line.send(r.ctx, b)
}

// release waits while the printer holds the line with XOFF.
func (r *run) release() error {
	if !r.p.line.snapshot().hold {
		return nil
	}
	ok, err := r.until(r.paperTime(), func(s *state) bool { return !s.hold })
	if err == nil && !ok {
		return &drivers.Error{Code: drivers.CodeTimeOut, Reason: drivers.ReasonSilent, Detail: "printer holds the line"}
	}
	return err
}

// paperTime is the longest that the whole slip may take while the printer says that it is well.
func (r *run) paperTime() time.Duration {
	return 2*time.Duration(r.job.rows)*time.Second/time.Duration(8*r.p.cfg.speed) + 2*time.Second
}

// rowsOut returns when the printer has said that all rows are on paper. The question goes with a second one that every
// printer knows: when only that is answered, the first was lost and nobody has to wait for it.
func (r *run) rowsOut() error {
	if err := r.release(); err != nil {
		return err
	}
	if !r.canAsk() {
		return r.guess(time.Duration(r.job.rows)*time.Second/time.Duration(8*r.p.cfg.speed) + time.Second)
	}
	for try := range 2 {
		limit := r.paperTime()
		if try > 0 {
			limit = waitReply
		}
		id := r.id(byte('a' + try))
		turn, err := r.question(id, paperQuery, askPaper)
		if err != nil {
			return err
		}
		ok, err := r.until(limit, func(s *state) bool { return s.echoes[id] || turn(s) })
		if err != nil || ok {
			return err
		}
	}
	return &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonNotPrinted, Detail: "rows not confirmed, not cut"}
}

// canAsk says whether the printer has any answer that keeps its turn.
func (r *run) canAsk() bool { return !r.p.cfg.has(quirkNoEcho) || !r.p.cfg.has(quirkNoPaperQuery) }

// question asks for the process id with another question behind it; the function it returns says whether that other one
// was answered.
func (r *run) question(id [4]byte, also []byte, kind ask) (func(*state) bool, error) {
	var b []byte
	if !r.p.cfg.has(quirkNoEcho) {
		b = append(append(b, gs, '(', 'H', 6, 0, 48, 48), id[:]...)
	}
	if kind == askPaper && r.p.cfg.has(quirkNoPaperQuery) {
		also, kind = nil, askNothing
	}
	number, err := r.p.line.post(r.ctx, parcel{b: append(b, also...), ask: kind})
	return func(s *state) bool { return kind != askNothing && s.seen[kind] >= number }, err
}

// guess lets d pass while the printer stays well; for models that answer nothing in turn.
func (r *run) guess(d time.Duration) error {
	_, err := r.until(d, func(*state) bool { return false })
	return err
}

// cut works the knife and finds out whether it did.
func (r *run) cut() (drivers.PrintResult, error) {
	res := drivers.PrintResult{Cuts: -1}
	if err := r.look(); err != nil {
		return res, err
	}
	mode := byte(66)
	if r.p.cfg.whole {
		mode = 65
	}
	r.cutSent = true
	if err := r.send([]byte{gs, 'V', mode, byte(r.p.cfg.feed)}); err != nil { // #nosec G115 -- the command takes the number byte by byte; paper widths and sizes are bounded before
		return res, err
	}
	for try := range 2 {
		by, cuts, err := r.confirm(byte('y'+try), []time.Duration{2200 * time.Millisecond, waitReply}[try])
		res.Cuts = cuts
		if err != nil || by != "" {
			res.By, res.Confirmed = by, by == byEcho || by == byCounter
			return res, err
		}
	}
	return res, &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonPrintUnknown, Detail: "cut sent, end not confirmed"}
}

// confirm asks once for the end of the job; by is empty when nothing came.
func (r *run) confirm(mark byte, d time.Duration) (by string, cuts int64, err error) {
	if !r.canAsk() && r.cuts < 0 {
		if err := r.guess(time.Second); err != nil {
			return "", -1, err
		}
		return r.allWell()
	}
	id, also, kind := r.id(mark), paperQuery, askPaper
	if r.cuts >= 0 {
		also, kind = counterQuery, askText
	}
	turn, err := r.question(id, also, kind)
	if err != nil {
		return "", -1, err
	}
	var echoed, taken bool
	look := func(s *state) bool { echoed, taken = s.echoes[id], turn(s); return echoed || taken }
	if _, err = r.until(d, look); err != nil {
		return "", -1, err
	}
	cuts = -1
	if kind == askText {
		if r.p.line.wait(r.ctx, waitReply, func(s *state) bool { look(s); return taken }) { // on the heels of the echo
			cuts, _ = parseCount(r.p.line.snapshot().text)
		}
	}
	switch {
	case echoed && mark == 'y':
		return byEcho, cuts, nil
	case cuts >= 0 && cuts == r.cuts:
		return "", cuts, &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonNotPrinted, Detail: "cut counter did not move"}
	case cuts > r.cuts && r.cuts >= 0:
		return byCounter, cuts, nil
	case echoed || taken && kind == askPaper:
		return r.allWell()
	}
	return "", cuts, nil
}

// allWell asks for the whole status; everything was taken in turn, so "well" means that it came out.
func (r *run) allWell() (string, int64, error) {
	c, err := r.p.inspect(r.ctx, statusLimit, waitReply)
	if err != nil {
		return "", -1, err
	}
	if e := c.stopped(); e != nil {
		return "", -1, e
	}
	return byStatus, -1, nil
}

// verdict turns a fault into what is known of the slip. Before the cut was sent the slip is certainly not whole; after
// it only the printer's own word (knife, counter) is certain.
func (r *run) verdict(err error) error {
	f := *drivers.Fault(err)
	if f.Raw == "" {
		f.Raw = rawStatus(r.p.line.snapshot())
	}
	if r.cutSent && f.Reason != drivers.ReasonCutter && f.Reason != drivers.ReasonNotPrinted && f.Reason != drivers.ReasonPrintUnknown {
		return &drivers.Error{Code: drivers.CodeDeviceNotReady, Reason: drivers.ReasonPrintUnknown,
			Detail: fmt.Sprintf("cut sent, then %s", f.Detail), Raw: f.Raw, Cause: err}
	}
	if !r.cutSent && f.Reason == "" && f.Code == drivers.CodeDeviceNotReady {
		f.Reason = drivers.ReasonNotPrinted
	}
	return &f
}

// id is four printable characters that no other question of this program has had lately.
func (r *run) id(mark byte) [4]byte {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s %d %c", r.key, r.p.clk.now().UnixNano(), mark)
	v := h.Sum32()
	var out [4]byte
	for i := range out {
		out[i] = '0' + byte(v&63) // '0' to 'o'
		v >>= 8
	}
	return out
}
