// Package app holds the use cases of supervision (督办用例): looking at all cases, raising cards, answering and judging them.
package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/rules"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// Needs is what supervision asks of others.
type Needs struct {
	DB          *db.DB
	Clock       clock.Clock
	Log         *slog.Logger
	Events      *events.Log
	Window      window.Service
	Papers      window.Supervising
	Calendar    *calendar.Calendar
	Departments func(ctx context.Context) (map[string]string, error) // id → short name
	Name        func(ctx context.Context, account string) string     // of a person, "" when unknown
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

func (a *App) today() calendar.Date { return calendar.DateOf(a.Clock.Now()) }

// setting returns the rules in force: the seed before anybody changed them.
func (a *App) setting(ctx context.Context, q db.Query) (rules.Setting, error) {
	list, err := store.Versions(ctx, q, 1)
	if err != nil {
		return rules.Setting{}, err
	}
	if len(list) == 0 {
		return rules.Seed()
	}
	return settingOf(list[0])
}

func settingOf(v store.Version) (rules.Setting, error) {
	var s rules.Setting
	if err := json.Unmarshal([]byte(v.Body), &s); err != nil {
		return s, fmt.Errorf("decode rules, version %d: %w", v.Version, err)
	}
	s.Version = v.Version
	if s.Office == (rules.Office{}) { // a version from before it was part of the rules
		first, err := rules.Seed()
		if err != nil {
			return s, err
		}
		s.Office = first.Office
	}
	return s, nil
}

// view reads in one snapshot.
func view[T any](ctx context.Context, d *db.DB, f func(q db.Query) (T, error)) (out T, err error) {
	err = d.View(ctx, func(q db.Query) (err error) {
		out, err = f(q)
		return err
	})
	return out, err
}

// CardsOf implements supervision.Service.
func (a *App) CardsOf(ctx context.Context, caseNo string) ([]supervision.Card, error) {
	list, err := view(ctx, a.DB, func(q db.Query) ([]store.Card, error) { return store.CardsOf(ctx, q, caseNo) })
	out := make([]supervision.Card, len(list))
	for i, c := range list {
		out[i] = supervision.Card{No: c.No, Case: c.Case, Level: c.Level, Rule: c.Title, Why: c.Why, State: c.State, IssuedAt: c.IssuedAt, ReplyDue: c.ReplyDue}
	}
	return out, err
}

// Issued implements supervision.Service.
func (a *App) Issued(ctx context.Context, first, last calendar.Date) (map[supervision.Level]int, error) {
	return view(ctx, a.DB, func(q db.Query) (map[supervision.Level]int, error) {
		return issued(ctx, q, everywhere, first, last)
	})
}

// stamp is an instant for a page; "" for one that never was.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}
