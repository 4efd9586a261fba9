// Package app holds the use cases of handling across regions (跨域通办用例): what is received here for another region goes there and is
// followed to its end, and what another region received for us becomes a case of the window.
package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/adapter"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/issuing"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Classes of sealed fields.
const (
	classID      = "person.id_number"
	classCase    = "case"
	classPayload = "exchange.payload"
)

// Cases is what is asked of the window.
type Cases interface {
	window.Crossing
	Note(ctx context.Context, tx db.Tx, no string, n window.Note) error
}

// Items is what is asked of the catalogue.
type Items interface {
	Item(ctx context.Context, code string, version int) (matter.Item, error)
}

// Needs is what New needs.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Vault    *vault.Vault
	Blobs    *blobs.Store
	Jobs     *jobs.Jobs
	Adapters *adapter.Registry
	Calendar *calendar.Calendar
	SMS      notify.SMS
	Cases    Cases
	Items    Items
	Post     issuing.Carrier // nil without a post
	Regions  []byte          // the directory
	Line     LineConfig
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	dir  directory
	line *line // nil while nothing is connected
}

// New reads the directory and declares the other side among the outside systems.
func New(n Needs) (*App, error) {
	a := &App{Needs: n}
	var err error
	if a.dir, err = readDirectory(n.Regions); err != nil {
		return nil, err
	}
	if n.Line.URL == "" {
		return a, nil
	}
	a.line, err = connect(n.Line, n.Clock, n.Adapters)
	return a, err
}

// body is what is sealed of a case.
type body struct {
	wire.Submission
	Stands []window.SharedPaper `json:"stands,omitempty"`
	Extra  []extraPage          `json:"extra,omitempty"`
	Phone  string               `json:"phone,omitempty"`
}

// extraPage is a page that came after the hand-in, because the home authority asked for it.
type extraPage struct {
	ID   string    `json:"id"`
	Name string    `json:"name"`
	File wire.File `json:"file"`
	Sent bool      `json:"sent"`
}

func (a *App) openBody(c store.Case) (b body, err error) {
	if c.BodySealed == "" {
		return b, region.ErrNone
	}
	text, err := a.Vault.OpenRow(classCase, c.No, c.BodySealed)
	if err != nil {
		return b, fmt.Errorf("open crossing %s: %w", c.No, err)
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return b, fmt.Errorf("decode crossing %s: %w", c.No, err)
	}
	return b, nil
}

func (a *App) sealBody(no string, b body) (string, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return "", fmt.Errorf("encode crossing: %w", err)
	}
	return a.Vault.SealRow(classCase, no, string(text))
}

// see returns a case that lies where the caller may read; to everybody else it does not exist.
func see(ctx context.Context, q db.Query, no string) (store.Case, error) {
	c, err := store.Get(ctx, q, no)
	if err == nil && !actor.From(ctx).Scope(region.PermRead).Covers(c.At()) {
		err = region.ErrNone
	}
	return c, err
}

// mine is see for somebody who changes it, as they saw it.
func mine(ctx context.Context, q db.Query, no string, version int) (store.Case, error) {
	c, err := see(ctx, q, no)
	switch {
	case err != nil:
		return c, err
	case !actor.From(ctx).Scope(region.PermWork).Covers(c.At()):
		return c, region.ErrBeyond
	case c.Version != version:
		return c, region.ErrChanged
	}
	return c, nil
}

// here writes a line of ours into the history.
func (a *App) here(ctx context.Context, tx db.Tx, no, title, text string) error {
	by := "跨域通办"
	if who := actor.From(ctx); who.Known() && who.Kind != actor.System {
		by = who.Name + " " + who.Desk
	}
	_, err := store.AddStep(ctx, tx, store.Step{ID: ids.New(), No: no, At: db.Ms(tx.Now()), Side: "here", Title: title, Text: text, By: by})
	return err
}

func emit(ctx context.Context, tx db.Tx, topic string, c store.Case) error {
	return events.Emit(ctx, tx, events.Event{Topic: topic, Key: c.No, Data: region.Moved{
		No: c.No, Item: c.Item, ItemName: c.ItemName, State: c.State, Home: c.Home, Region: c.Region, Department: c.Department, Handler: c.Handler, Draft: c.Draft, At: tx.Now(),
	}})
}

// MayHear reports whether an event lies where the caller may read.
func MayHear(ctx context.Context, e events.Event) bool {
	at, err := events.Read[region.Moved](e)
	if err != nil {
		return false
	}
	return actor.From(ctx).Scope(region.PermRead).Covers(actor.Place{Region: at.Region, Department: at.Department, Handler: at.Handler})
}

func (a *App) today() calendar.Date { return calendar.DateOf(a.Clock.Now()) }

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format(time.RFC3339)
}

func day(ms int64) calendar.Date { return calendar.DateOf(db.FromMs(ms)) }

// clip keeps what others send short.
func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
