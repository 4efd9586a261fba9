package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/window/internal/store"
)

// JobReceipt draws the receipt of a case (收件凭证) after its intake: the gate does not wait for a drawing.
const JobReceipt = "window.receipt"

type receiptArgs struct {
	No string `json:"no"`
}

// orderReceipt adds the job in the intake's own transaction.
func (a *App) orderReceipt(ctx context.Context, tx db.Tx, no string) error {
	return a.Jobs.Add(ctx, tx, JobReceipt, receiptArgs{No: no}, jobs.Opts{})
}

// Receipt is the job. Run twice, it draws once.
func (a *App) Receipt(ctx context.Context, args json.RawMessage) error {
	var in receiptArgs
	if err := json.Unmarshal(args, &in); err != nil {
		return jobs.Cancel(fmt.Errorf("decode job: %w", err))
	}
	l, err := a.load(ctx, in.No)
	if err != nil || hasReceipt(l.documents) {
		return err
	}
	facts, err := a.receiptFacts(l)
	if err != nil {
		return err
	}
	_, err = a.numbered(ctx, l.item.DocMark, facts, func(tx db.Tx, doc store.Document) error {
		if docs, err := othersHeld(ctx, tx, doc); err != nil || hasReceipt(docs) {
			return errors.Join(err, errDrawn)
		}
		entry := store.Entry{ID: ids.New(), CaseNo: l.No, At: db.Ms(tx.Now()), Kind: "machine", Title: "收件凭证", Note: doc.No, Actor: "系统"}
		if err := store.Tell(ctx, tx, entry); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.receipt", Object: l.No, Detail: map[string]string{"document": doc.No}})
	})
	if errors.Is(err, errDrawn) {
		return nil
	}
	return err
}

func hasReceipt(docs []store.Document) bool {
	return slices.ContainsFunc(docs, func(d store.Document) bool { return d.Kind == KindReceipt })
}

// receiptFacts says what was handed over and by when the office must answer. Name and number are masked: the paper may
// travel with the bag.
func (a *App) receiptFacts(l loaded) (PaperFacts, error) {
	at := fromMs(l.ReceivedAt).In(clock.Shanghai)
	f := PaperFacts{
		Kind: KindReceipt, CaseNo: l.No, Office: l.item.Office, Applicant: l.NameMasked, IDMasked: l.IDMasked, Item: l.ItemName,
		AppliedAt: at, On: calendar.DateOf(at), At: at, Fee: l.item.Fee, Clerk: "自助终端 " + l.Terminal, Desk: l.Place, Helpline: "12345",
		PromiseBudget: calendar.Budget{Days: noticeDays, Unit: calendar.Working},
	}
	if l.Channel == ChannelWindow {
		f.Clerk, f.Desk = l.ClerkName, l.Window
	}
	if l.body.Applicant.IdentifiedBy == byChannel {
		f.Clerk = l.Place
	}
	f.Applied = f.On
	a.receivedPapers(&f, l)
	var err error
	f.Strip, err = a.Calendar.Strip(calendar.Clock{Accepted: f.On, Promise: f.PromiseBudget}, f.On)
	if err != nil {
		return f, fmt.Errorf("draw clock: %w", err)
	}
	return f, nil
}
