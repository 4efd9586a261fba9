package app

import (
	"context"
	"fmt"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/vault"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// mostUnended bounds one page of a sweep.
const mostUnended = 500

// Facts implements window.Service.
func (a *App) Facts(ctx context.Context, no string) (window.Facts, error) {
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = store.Get(ctx, q, no)
		return err
	})
	if err != nil {
		return window.Facts{}, err
	}
	all, err := a.factsOfAll(ctx, []store.Case{c})
	if err != nil {
		return window.Facts{}, err
	}
	return all[0], nil
}

// Unended implements window.Service.
func (a *App) Unended(ctx context.Context, after string, most int) ([]window.Facts, error) {
	return a.sweep(ctx, store.Unended, after, most)
}

// Every implements window.Service.
func (a *App) Every(ctx context.Context, after string, most int) ([]window.Facts, error) {
	return a.sweep(ctx, store.Every, after, most)
}

func (a *App) sweep(ctx context.Context, read func(context.Context, db.Query, string, int) ([]store.Case, error), after string, most int) ([]window.Facts, error) {
	var cases []store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		cases, err = read(ctx, q, after, min(max(most, 1), mostUnended))
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.factsOfAll(ctx, cases)
}

func (a *App) factsOfAll(ctx context.Context, cases []store.Case) ([]window.Facts, error) {
	lines, err := a.linesOfAll(ctx, cases)
	if err != nil {
		return nil, err
	}
	out := make([]window.Facts, len(cases))
	for i, c := range cases {
		if out[i], err = a.factsOf(ctx, c, lines[c.No]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (a *App) factsOf(ctx context.Context, c store.Case, lines []store.Line) (window.Facts, error) {
	item, err := a.versions.of(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return window.Facts{}, fmt.Errorf("load item of %s: %w", c.No, err)
	}
	view, strip, err := a.clockOf(c, item, lines)
	if err != nil {
		return window.Facts{}, err
	}
	f := window.Facts{
		No: c.No, Item: c.Item, ItemVersion: c.ItemVersion, ItemName: c.ItemName, State: c.State, Version: c.Version,
		Channel: c.Channel, Terminal: c.Terminal, Place: c.Place, Region: c.Region, Department: c.Department, Handler: c.Handler, Applicant: c.NameMasked,
		Window: c.Window, Ticket: c.Ticket, Clerk: c.Clerk, SubmittedAt: fromMs(c.SubmittedAt),
		Notices: c.Notices, Tolerated: c.Mode == store.ModeTolerant, Deferred: c.Deferred, DeferredDue: c.DeferredDue, Exempt: c.Exempt,
		ReceivedAt: fromMs(c.ReceivedAt), AcceptedOn: c.AcceptedOn, Due: c.Due, Statutory: c.StatutoryDue, NoticeDue: c.NoticeDue,
		Clock: window.ClockFacts{
			Level: view.Level, Budget: item.Promise.Days, StatutoryBudget: item.Statutory.Days, Used: strip.Used, Suspended: strip.Suspended,
			Left: strip.Remaining, Overdue: strip.Overdue, StatutoryOver: strip.StatutoryOver, Standing: strip.Standing,
			PausedUntil: view.PausedUntil, Text: view.Text,
		},
	}
	for _, l := range lines {
		if l.Kind == store.LineExtension {
			f.Clock.Budget += l.Days
			f.Clock.StatutoryBudget += l.Days
		}
	}
	if f.Clock.Level == string(calendar.RedPlus) {
		f.Clock.Level = "illegal"
	}
	if c.ClosedAt != 0 {
		f.ClosedAt = fromMs(c.ClosedAt)
	}
	return f, nil
}

// Application implements window.Service.
func (a *App) Application(ctx context.Context, no, purpose string) (wire.Submission, error) {
	var c store.Case
	err := a.DB.Do(ctx, func(tx db.Tx) (err error) {
		if c, err = store.Get(ctx, tx, no); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.hand_on", Object: no, Reason: purpose})
	})
	if err != nil {
		return wire.Submission{}, err
	}
	return a.open(c)
}

// phoneOf is the applicant's number: what the form says, and where it asks for none, what they told at the visit.
func phoneOf(item matter.Item, entries map[string]any, told string) string {
	names := []string{"phone"}
	if field, ok := phoneField(item); ok {
		names = append(names, field)
	}
	for _, name := range names {
		if n, _ := entries[name].(string); strings.TrimSpace(n) != "" {
			return n
		}
	}
	return told
}

// Phone implements window.Service.
func (a *App) Phone(ctx context.Context, no string) (vault.Phone, error) {
	var c store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = store.Get(ctx, q, no)
		return err
	})
	if err != nil {
		return "", err
	}
	whole, err := a.openWhole(c)
	if err != nil {
		return "", err
	}
	item, err := a.versions.of(ctx, c.Item, c.ItemVersion)
	if err != nil {
		return "", fmt.Errorf("load item of %s: %w", no, err)
	}
	return vault.Phone(phoneOf(item, whole.Form, whole.Told)), nil
}

// Note implements window.Service.
func (a *App) Note(ctx context.Context, tx db.Tx, no string, n window.Note) error {
	by := n.By
	if by == "" {
		who := actor.From(ctx)
		by = who.Name + " " + who.Desk
	}
	return store.Tell(ctx, tx, store.Entry{ID: ids.New(), CaseNo: no, At: db.Ms(tx.Now()), Kind: n.Kind, Title: n.Title, Note: n.Text, Actor: by})
}

// Act implements window.Service.
func (a *App) Act(ctx context.Context, no string, d window.Decision, also window.Also) (window.Facts, window.Document, error) {
	doc, err := a.decideKept(ctx, no, d, also)
	if err != nil {
		return window.Facts{}, window.Document{}, err
	}
	f, err := a.Facts(ctx, no)
	return f, documentOf(doc), err
}
