package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire"
)

// Classes of sealed fields: each has a key of its own.
const (
	className = "person.name"
	classID   = "person.id_number"
	classBody = "case" // the whole application, and what a paper states
	classKey  = "file" // file keys
	classSlip = "slip" // what a slip carries to be looked up by
)

// Notify tells a terminal that a case moved, after the commit of tx.
type Notify func(ctx context.Context, tx db.Tx, terminal string, n wire.CaseNotice) error

// Needs is what the window asks of others.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Vault    *vault.Vault
	Blobs    *blobs.Store
	Events   *events.Log
	Jobs     *jobs.Jobs
	Items    catalogue.Service
	Offices  Offices
	Calendar *calendar.Calendar
	Papers   Papers
	Notify   Notify
	Privacy  *privacy.Service
	Public   string // base of the links in QR codes, such as https://host
	Log      *slog.Logger
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

func (a *App) today() calendar.Date { return calendar.DateOf(a.Clock.Now()) }

// open decrypts what the citizen handed in.
func (a *App) open(c store.Case) (wire.Submission, error) {
	if c.BodySealed == "" {
		return wire.Submission{}, errExpired
	}
	text, err := a.Vault.OpenRow(classBody, c.No, c.BodySealed)
	if err != nil {
		return wire.Submission{}, fmt.Errorf("open case %s: %w", c.No, err)
	}
	var s wire.Submission
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return wire.Submission{}, fmt.Errorf("decode case %s: %w", c.No, err)
	}
	return s, nil
}

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format(time.RFC3339)
}

func fromMs(ms int64) time.Time { return db.FromMs(ms) }

// minute is how an instant is shown to people.
func minute(ms int64) string {
	if ms == 0 {
		return ""
	}
	return fromMs(ms).In(clock.Shanghai).Format("2006-01-02 15:04")
}
