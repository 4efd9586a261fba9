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
	for range numberTries {
		err := a.receiptOnce(ctx, in.No)
		if !errors.Is(err, errNumberGone) {
			return err
		}
	}
	return ErrPaperNumber // the queue tries again later
}

func hasReceipt(docs []store.Document) bool {
	return slices.ContainsFunc(docs, func(d store.Document) bool { return d.Kind == KindReceipt })
}

func (a *App) receiptOnce(ctx context.Context, no string) error {
	l, err := a.load(ctx, no)
	if err != nil || hasReceipt(l.documents) {
		return err
	}
	facts, err := a.receiptFacts(l)
	if err != nil {
		return err
	}
	doc, num, err := a.issue(ctx, l.item.DocMark, facts)
	if err != nil {
		return err
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		docs, err := store.Documents(ctx, tx, no)
		if err != nil || hasReceipt(docs) {
			return err
		}
		if free, err := store.Take(ctx, tx, num.name, num.n); err != nil || !free {
			return errors.Join(err, errNumberGone)
		}
		if err := store.AddDocument(ctx, tx, doc); err != nil {
			return err
		}
		entry := store.Entry{ID: ids.New(), CaseNo: no, At: db.Ms(tx.Now()), Kind: "machine", Title: "收件凭证", Note: doc.No, Actor: "系统"}
		if err := store.Tell(ctx, tx, entry); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.receipt", Object: no, Detail: map[string]string{"document": doc.No}})
	})
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
	f.Applied = f.On
	a.receivedPapers(&f, l)
	var err error
	f.Strip, err = a.Calendar.Strip(calendar.Clock{Accepted: f.On, Promise: f.PromiseBudget}, f.On)
	if err != nil {
		return f, fmt.Errorf("draw clock: %w", err)
	}
	return f, nil
}
