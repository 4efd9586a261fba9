package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/window"
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

// Staff is what the window asks of the accounts: who somebody is and what they may do.
type Staff interface {
	Person(ctx context.Context, account string) (auth.Account, auth.Actor, error)
	List(ctx context.Context, f auth.Filter) ([]auth.Account, int, error)
}

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
	Staff    Staff
	Visitor  func(ctx context.Context, visit string) (Visitor, error)                      // who stands at the counter; nil where there is no hall
	Visited  func(ctx context.Context, visit string) (Visited, error)                      // what was done in a visit; nil where there is no hall
	Across   func(ctx context.Context, target, item string) (window.CrossingTarget, error) // where a registration for another region goes; nil where there is none
	Public   string                                                                        // base of the links in QR codes, such as https://host
	Log      *slog.Logger
}

// App holds the use cases. It is safe for concurrent use.
type App struct {
	Needs
	versions versions
	index    itemIndex
}

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n, versions: versions{items: n.Items}} }

func (a *App) today() calendar.Date { return calendar.DateOf(a.Clock.Now()) }

// application is what was handed in: what a terminal sends, and what only a counter knows.
type application struct {
	wire.Submission
	extra
}

// extra is what only a counter knows of a hand-in.
type extra struct {
	Agent  *Agent          `json:"agent,omitempty"`
	Held   map[string]Held `json:"held,omitempty"`       // by material: how it was satisfied
	Signed []string        `json:"signed,omitempty"`     // roles that signed on paper, before the clerk
	Told   string          `json:"told_phone,omitempty"` // the applicant's number as they told it at the visit
	Photos []string        `json:"photos,omitempty"`     // materials of which the applicant took the pictures himself
}

// Agent is who acts for the applicant, by a written authority (代办人).
type Agent struct {
	Name     string `json:"name" maxLength:"40"`
	IDNumber string `json:"id_number" maxLength:"32"`
	Phone    string `json:"phone,omitempty" maxLength:"20"`
	Way      string `json:"way" enum:"idcard,passport,code,typed" doc:"怎么核对的身份"`
}

// Sources of a paper.
const (
	SourceScan    = "scan"    // 窗口扫描
	SourceLicence = "licence" // 电子证照
	SourceEarlier = "earlier" // 以前办件里交过的
	SourceLater   = "later"   // 稍后补交
)

// Held says how a paper was satisfied at the counter.
type Held struct {
	Source       string `json:"source"`
	Ref          string `json:"ref,omitempty"`  // licence, or case and material of an earlier paper
	Note         string `json:"note,omitempty"` // in words
	OriginalSeen bool   `json:"original_seen,omitempty"`
	Consent      string `json:"consent,omitempty"` // by which the person shared it, see package sharing; "" = the clerk's word
}

// open decrypts what the citizen handed in.
func (a *App) open(c store.Case) (wire.Submission, error) {
	whole, err := a.openWhole(c)
	return whole.Submission, err
}

func (a *App) openWhole(c store.Case) (application, error) {
	var s application
	if c.BodySealed == "" {
		return s, errExpired
	}
	text, err := a.Vault.OpenRow(classBody, c.No, c.BodySealed)
	if err != nil {
		return s, fmt.Errorf("open case %s: %w", c.No, err)
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, fmt.Errorf("decode case %s: %w", c.No, err)
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
