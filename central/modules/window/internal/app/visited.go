package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// Visited is what the hall knows of a visit: the ticket and the cases that were taken in (来访办的事).
type Visited struct {
	TicketNo string
	Cases    []string
}

var (
	errNothingDone = errs.E(errs.Conflict, "window.visit_empty", "这次接待还没有收件，收了件才有回执", nil)
	errNoHall      = errs.E(errs.NotFound, "window.no_visit", "没有这次接待", nil)
)

// VisitReceipt returns the one receipt (接待回执) of everything that was taken in during a visit. It is a paper of the first case, so
// that it has a number and verifies as every other; while nothing was added it stays the same paper.
func (a *App) VisitReceipt(ctx context.Context, visit string) (window.Document, error) {
	for range numberTries {
		doc, err := a.visitReceiptOnce(ctx, visit)
		if !errors.Is(err, errNumberGone) {
			return documentOf(doc), err
		}
	}
	return window.Document{}, ErrPaperNumber
}

func (a *App) visitReceiptOnce(ctx context.Context, visit string) (store.Document, error) {
	var none store.Document
	if a.Visited == nil {
		return none, errNoHall
	}
	v, err := a.Visited(ctx, visit)
	if err != nil {
		return none, err
	}
	if len(v.Cases) == 0 {
		return none, errNothingDone
	}
	first, f, err := a.visitFacts(ctx, v)
	if err != nil {
		return none, err
	}
	note := visitNote(f)
	for _, e := range first.history {
		if no, ok := strings.CutSuffix(e.Note, note); ok && e.Title == sorts[KindVisit].title {
			for _, d := range first.documents {
				if d.No == no {
					return d, nil
				}
			}
		}
	}
	doc, num, err := a.issue(ctx, first.item.DocMark, f)
	if err != nil {
		return none, err
	}
	who := actor.From(ctx)
	return doc, a.DB.Do(ctx, func(tx db.Tx) error {
		if free, err := store.Take(ctx, tx, num.name, num.n); err != nil || !free {
			return errors.Join(err, errNumberGone)
		}
		if err := store.AddDocument(ctx, tx, doc); err != nil {
			return err
		}
		e := store.Entry{ID: ids.New(), CaseNo: first.No, At: db.Ms(tx.Now()), Kind: "person", Title: doc.Title, Note: doc.No + note, Actor: who.Name + " " + who.Desk}
		if err := store.Tell(ctx, tx, e); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.visit_receipt", Object: first.No, Detail: map[string]string{"document": doc.No, "cases": fmt.Sprint(len(v.Cases))}})
	})
}

// visitNote says what a receipt is about: another matter, or a step since, makes it another receipt.
func visitNote(f PaperFacts) string {
	out := "，" + f.Ticket
	for _, m := range f.Matters {
		out += "；" + m.CaseNo + " " + m.State
	}
	return out
}

func (a *App) visitFacts(ctx context.Context, v Visited) (loaded, PaperFacts, error) {
	var first loaded
	var f PaperFacts
	who, now := actor.From(ctx), a.Clock.Now().In(clock.Shanghai)
	for i, no := range v.Cases {
		l, err := a.load(ctx, no)
		if err == nil && !who.Scope(window.PermRead).Covers(l.At()) {
			err = window.ErrNoSuchCase
		}
		if err != nil {
			return first, f, err
		}
		if i == 0 {
			first = l
			f = PaperFacts{
				Kind: KindVisit, CaseNo: no, Office: l.item.Office, Applicant: l.NameMasked, IDMasked: l.IDMasked, Item: l.ItemName, On: calendar.DateOf(now), At: now,
				AppliedAt: fromMs(l.ReceivedAt).In(clock.Shanghai), Ticket: v.TicketNo, Clerk: who.Name, Desk: who.Desk, Helpline: "12345",
			}
			f.Applied = calendar.DateOf(f.AppliedAt)
		}
		line := MatterLine{Item: l.ItemName, CaseNo: no, State: l.State.Text()}
		if day, err := calendar.ParseDate(l.Due); err == nil && l.State.Open() {
			line.Until = day.Long()
		}
		f.Matters = append(f.Matters, line)
	}
	return first, f, nil
}
