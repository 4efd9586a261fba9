package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	doc, err := a.visitReceipt(ctx, visit)
	if errors.Is(err, errDrawn) { // by somebody else in this moment
		doc, err = a.visitReceipt(ctx, visit)
	}
	return documentOf(doc), err
}

func (a *App) visitReceipt(ctx context.Context, visit string) (store.Document, error) {
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
	if doc, ok := visitDrawn(first.history, first.documents, note); ok {
		return doc, nil
	}
	who := actor.From(ctx)
	return a.numbered(ctx, first.item.DocMark, f, func(tx db.Tx, doc store.Document) error {
		docs, err := othersHeld(ctx, tx, doc)
		if err != nil {
			return err
		}
		history, err := store.History(ctx, tx, first.No)
		if err != nil {
			return err
		}
		if _, ok := visitDrawn(history, docs, note); ok {
			return errDrawn
		}
		e := store.Entry{ID: ids.New(), CaseNo: first.No, At: db.Ms(tx.Now()), Kind: "person", Title: doc.Title, Note: doc.No + note, Actor: who.Name + " " + who.Desk}
		if err := store.Tell(ctx, tx, e); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.visit_receipt", Object: first.No, Detail: map[string]string{"document": doc.No, "cases": fmt.Sprint(len(v.Cases))}})
	})
}

// visitDrawn finds the receipt that says the same already.
func visitDrawn(history []store.Entry, docs []store.Document, note string) (store.Document, bool) {
	for _, e := range history {
		no, ok := strings.CutSuffix(e.Note, note)
		if at := slices.IndexFunc(docs, func(d store.Document) bool { return d.No == no }); ok && at >= 0 && e.Title == sorts[KindVisit].title {
			return docs[at], true
		}
	}
	return store.Document{}, false
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
