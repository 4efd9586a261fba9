package app

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/drivers"
)

// States of a slip as the screen knows them.
const (
	slipNone     = "none"
	slipPrinting = "printing"
	slipPrinted  = "printed"
	slipFailed   = "failed"
	slipUnknown  = "unknown"
)

// Limits of one print.
const (
	printTake  = 3 * time.Second
	printLimit = 60 * time.Second
)

// slipWords says how the slip is. why is what the printer said.
func (a *App) slipWords(state string, why drivers.Reason) screen.Slip {
	s := screen.Slip{State: state}
	where := cmp.Or(a.o.Model.Positions[string(drivers.KindReceipt)], "出口")
	switch state {
	case slipNone:
		s.Title, s.Note = "本机不打小票", "扫右边的码存到手机，和小票一样有效"
	case slipPrinting:
		s.Title, s.Note = "正在打印小票", "在"+where+"取"
	case slipPrinted:
		s.Title, s.Note = "小票打好了", "在"+where+"取，请拿好"
	case slipUnknown:
		s.Title, s.Note = "小票出来了吗？", "请看看"+where+"。材料已经交好，编号不变"
	case slipFailed:
		s.Title, s.Note = slipTrouble(why), "不是您操作的问题，材料已经交好。可以扫码存到手机，和小票一样有效"
	}
	return s
}

func slipTrouble(why drivers.Reason) string {
	switch why {
	case drivers.ReasonPaperOut:
		return "打印机没纸了，小票没打出来"
	case drivers.ReasonPaperJam, drivers.ReasonCutter:
		return "打印机卡纸了，小票没打出来"
	case drivers.ReasonCoverOpen:
		return "打印机盖子没关，小票没打出来"
	case drivers.ReasonUnplugged, drivers.ReasonSilent:
		return "打印机没有应答，小票没打出来"
	default:
		return "小票没有打出来"
	}
}

// printRun is one slip on its way to the printer.
type printRun struct {
	visit, job, envelope string
	slip                 slip.Slip
	receipt              <-chan struct{} // closed by the centre's receipt
}

// print brings one slip out. It waits a moment for the receipt, so that with a network the slip says 窗口已收到; what it
// says then is true for ever.
func (a *App) print(ctx context.Context, r printRun) {
	r.slip.Kind = a.kindOfSlip(ctx, r.receipt)
	a.mu.Lock()
	delete(a.receipts, r.envelope)
	a.mu.Unlock()
	state, why, err := a.bringOut(ctx, r.job, r.slip)
	if err != nil {
		a.o.Log.Warn("slip did not come out", "hop", "Slip", "job", r.job, "state", state, "err", err)
	}
	a.o.Log.Info("slip ended", "hop", "Slip", "job", r.job, "kind", r.slip.Kind, "state", state)
	a.slipIs(r.visit, r.job, state, why)
}

func (a *App) kindOfSlip(ctx context.Context, receipt <-chan struct{}) slip.Kind {
	grace := a.o.SlipGrace
	if !a.online() {
		grace = 0
	}
	select {
	case <-receipt:
		return slip.Received
	default:
	}
	select {
	case <-receipt:
		return slip.Received
	case <-ctx.Done():
	case <-a.o.Clock.After(grace):
	}
	return slip.Stored
}

// bringOut prints and journals. An error of the journal before printing is a slip that is not printed: better none than one
// that nobody knows of.
func (a *App) bringOut(ctx context.Context, job string, s slip.Slip) (state string, why drivers.Reason, err error) {
	if a.o.Printer == nil {
		return a.end(ctx, job, journal.Failed, "", slip.ErrNoFont)
	}
	take, cancel := context.WithTimeout(ctx, printTake)
	defer cancel()
	l, err := devices.Take[drivers.ReceiptPrinter](take, a.o.Rack, drivers.KindReceipt)
	if err != nil {
		return a.end(ctx, job, journal.Failed, cmp.Or(drivers.Fault(err).Reason, drivers.ReasonSilent), err)
	}
	img, err := a.o.Printer.Render(s, l.Device.Dots())
	if err != nil {
		l.Done(nil)
		return a.end(ctx, job, journal.Failed, "", err)
	}
	// A page that ends, or a visit, does not stop a slip that has begun; a terminal that is switched off leaves the row for
	// the next start.
	run, cancel := context.WithTimeout(context.WithoutCancel(ctx), printLimit)
	defer cancel()
	e, err := a.o.Journal.Slip(run, l.Device, drivers.Slip{Key: job, Image: img})
	l.Done(e.Cause)
	return string(e.State), e.Why, errors.Join(e.Cause, err)
}

// end journals how it ended, also while the terminal is being switched off.
func (a *App) end(ctx context.Context, job string, to journal.State, why drivers.Reason, cause error) (string, drivers.Reason, error) {
	err := a.o.Journal.Move(context.WithoutCancel(ctx), job, to, -1, string(why))
	return string(to), why, errors.Join(cause, err)
}

// slipIs shows how a slip ended, if its visit is still there.
func (a *App) slipIs(visit, job, state string, why drivers.Reason) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v := a.visit; v != nil && v.ID == visit && v.Done != nil && v.Done.Job == job {
		v.Done.Slip = a.slipWords(state, why)
		a.changed()
	}
}

// AnswerSlip is the citizen's word on a slip that the printer cannot speak for.
func (a *App) AnswerSlip(ctx context.Context, id string, in screen.SlipAnswer) error {
	return a.with(id, session.Slip, func(v *session.Visit) error {
		if v.Done == nil || v.Done.Slip.State != slipUnknown {
			return errNotNow
		}
		to := journal.Failed
		if in.CameOut {
			to = journal.Printed
		}
		if err := a.o.Journal.Move(ctx, v.Done.Job, to, -1, "citizen"); err != nil {
			return err
		}
		v.Done.Slip = a.slipWords(string(to), "")
		return nil
	})
}

// PrintAgain prints the slip once more, when the last one is known not to have come out. It is a job of its own.
func (a *App) PrintAgain(ctx context.Context, id string) error {
	return a.with(id, session.Slip, func(v *session.Visit) error {
		if v.Done == nil || v.Done.Slip.State != slipFailed {
			return problem(http.StatusConflict, "screen.slip_out", "小票已经打过了，看看出口有没有", nil)
		}
		jobs, err := a.o.Journal.Unfinished(ctx)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if j.ID == v.Done.Job {
				return a.again(ctx, v, j)
			}
		}
		return errNotNow
	})
}

func (a *App) again(ctx context.Context, v *session.Visit, old journal.Job) error {
	rec, err := recall(old.Recovery)
	if err != nil {
		return err
	}
	job, err := a.newID()
	if err != nil {
		return err
	}
	if err := a.o.Journal.Add(ctx, journal.Job{ID: job, CaseNo: old.CaseNo, Kind: old.Kind, Cuts: -1, Recovery: old.Recovery}); err != nil {
		return err
	}
	if v.Person != nil { // the journal does not know the person; the visit still does
		rec.Slip.Applicant = maskName(v.Person.Name)
	}
	received := make(chan struct{})
	if v.Done.State == "received" {
		close(received)
	}
	v.Done.Job, v.Done.Slip = job, a.slipWords(slipPrinting, "")
	run := printRun{visit: v.ID, job: job, envelope: v.Done.Envelope, slip: rec.Slip, receipt: received}
	a.wg.Go(func() { a.print(a.ctx, run) })
	return nil
}
