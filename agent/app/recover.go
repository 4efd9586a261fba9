package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"tongban/agent/devices"
	"tongban/agent/journal"
	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/agent/slip"
	"tongban/drivers"
)

// recovery is what the journal keeps of a slip until its visit is over: numbers and papers, not the person.
type recovery struct {
	Slip slip.Slip   `json:"slip"`
	Done screen.Done `json:"done"`
	ID   string      `json:"id"` // envelope
}

func (a *App) remember(b *bound) (json.RawMessage, error) {
	r := recovery{Slip: b.slip, Done: a.doneOf(b, b.slip.CaseNo), ID: b.envelope}
	r.Slip.Applicant, r.Slip.Phone = "", ""
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode slip: %w", err)
	}
	return text, nil
}

func recall(text json.RawMessage) (recovery, error) {
	var r recovery
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("decode slip: %w", err)
	}
	return r, nil
}

// Limits of a recovery.
const (
	recoverWithin = 10 * time.Minute // later nobody stands here any more
	printerWithin = 10 * time.Second // for the printer to be there again
)

// recover takes up a visit that a crash cut off after it was handed in: the citizen still stands here and must learn the
// number, and whether the slip came out is asked of the printer, then of the citizen; nothing is printed in silence.
func (a *App) recover(ctx context.Context) {
	jobs, err := a.o.Journal.Unfinished(ctx)
	if err != nil || len(jobs) == 0 {
		a.settleLate(ctx)
		return
	}
	j := jobs[0]
	rec, err := recall(j.Recovery)
	if age := a.o.Clock.Now().Sub(j.Made); err != nil || age > recoverWithin || age < 0 {
		if err := a.o.Journal.Forget(ctx, slipsKept); err != nil {
			a.o.Log.Error("slips were not forgotten", "err", err)
		}
		a.settleLate(ctx)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	id, err := a.newID()
	if err != nil {
		return
	}
	v := &session.Visit{
		ID: id, State: session.Attract, Touched: a.o.Clock.Now(), Prefs: screen.Prefs{Language: "zh-CN"},
		Finished: []screen.FinishedIn{{CaseNo: j.CaseNo, Item: rec.Done.Item}},
		Done:     &session.Done{Done: rec.Done, Envelope: rec.ID, Job: j.ID},
	}
	if v.Do(session.Recover) != nil {
		return
	}
	if v.Folder, err = session.NewFolder(a.o.Folder, id); err != nil {
		a.o.Log.Error("visit folder cannot be made", "err", err)
		return
	}
	v.Done.CaseNo = j.CaseNo
	if s, ok, err := a.o.Box.Get(ctx, j.CaseNo); err == nil && ok && s.State != outbox.StateStored {
		v.Done.State = outbox.StateReceived
	}
	a.visit = v
	a.o.Log.Warn("visit taken up after a crash", "case_no", j.CaseNo, "slip", j.State)
	switch {
	case !a.o.Rack.Has(drivers.KindReceipt):
		v.Done.Slip = a.slipWords(slipNone, "")
	case j.State == journal.Printing || j.State == journal.Ending:
		v.Done.Slip = a.slipWords(slipPrinting, "")
		a.wg.Go(func() { a.askPrinter(ctx, id, j) })
	case j.State == journal.Ready: // nothing was sent: this is still the first print
		v.Done.Slip = a.slipWords(slipPrinting, "")
		received := make(chan struct{})
		if v.Done.State == outbox.StateReceived {
			close(received)
		}
		run := printRun{visit: id, job: j.ID, envelope: rec.ID, slip: rec.Slip, receipt: received}
		a.wg.Go(func() {
			wait, cancel := context.WithTimeout(ctx, printerWithin)
			defer cancel()
			_ = a.o.Rack.Await(wait, drivers.KindReceipt) // without a printer the print itself says what is wrong
			a.print(ctx, run)
		})
	default:
		v.Done.Slip = a.slipWords(string(j.State), drivers.Reason(j.Reason))
	}
	a.changed()
}

// askPrinter closes the books on the slips that the crash cut off, with the printer if it is there in time, and shows what
// became of this one.
func (a *App) askPrinter(ctx context.Context, visit string, j journal.Job) {
	if err := a.settle(ctx); err != nil && ctx.Err() == nil {
		a.o.Log.Error("slips cannot be settled", "err", err)
	}
	if ctx.Err() != nil {
		return // the row stays as it is for the next start
	}
	j, err := a.o.Journal.Get(ctx, j.ID)
	if err != nil {
		a.o.Log.Error("slip cannot be read", "err", err)
		return
	}
	a.slipIs(visit, j.ID, string(j.State), drivers.Reason(j.Reason))
}

// settleLate closes the books on slips that nobody waits for any more, before anything else is cut by that printer.
func (a *App) settleLate(ctx context.Context) {
	if jobs, err := a.o.Journal.Unsettled(ctx); err != nil || len(jobs) == 0 {
		return
	}
	a.wg.Go(func() {
		if err := a.settle(ctx); err != nil && ctx.Err() == nil {
			a.o.Log.Error("slips cannot be settled", "err", err)
		}
	})
}

func (a *App) settle(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, printerWithin)
	defer cancel()
	if a.o.Rack.Await(wait, drivers.KindReceipt) == nil {
		if l, err := devices.Take[drivers.ReceiptPrinter](wait, a.o.Rack, drivers.KindReceipt); err == nil {
			defer l.Done(nil)
			_, err := a.o.Journal.Settle(ctx, l.Device)
			return err
		}
	}
	_, err := a.o.Journal.Settle(ctx, nil)
	return err
}
