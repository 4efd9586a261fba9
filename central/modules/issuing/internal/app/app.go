// Package app is what can be done to hand out, rate and file (发证、评价、归档用例).
package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/blobs"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/issuing"
	"tongban/central/modules/issuing/internal/store"
	"tongban/central/modules/window"
	"tongban/fleet/wire"
)

// Classes of sealed fields.
const (
	classID   = "person.id_number"
	classCase = "case"
	classFile = "file"
	classSlip = "slip"
)

// Cases is what is asked of the window.
type Cases interface {
	Facts(ctx context.Context, no string) (window.Facts, error)
	Application(ctx context.Context, no, purpose string) (wire.Submission, error)
	Phone(ctx context.Context, no string) (vault.Phone, error)
	Note(ctx context.Context, tx db.Tx, no string, n window.Note) error
}

// People is what is asked about accounts.
type People interface {
	List(ctx context.Context, f auth.Filter) ([]auth.Account, int, error)
	Person(ctx context.Context, account string) (auth.Account, auth.Actor, error)
	Roles() *auth.Roles
}

// Needs is what New needs.
type Needs struct {
	DB       *db.DB
	Clock    clock.Clock
	Vault    *vault.Vault
	Blobs    *blobs.Store
	Jobs     *jobs.Jobs
	Calendar *calendar.Calendar
	Cases    Cases
	Papers   window.Handing
	People   People
	SMS      notify.SMS
	Post     issuing.Carrier // nil without a post
	Public   string          // base of links
	Log      *slog.Logger
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

// errBeyond is the refusal of an act on what the person may see, but not work on.
var errBeyond = errs.E(errs.Forbidden, "issuing.beyond", "这一件不在您可以办理的区划或部门里", nil)

func (a *App) today() calendar.Date { return calendar.DateOf(a.Clock.Now()) }

// see returns a record that lies where the caller may read; to everybody else it does not exist.
func see(ctx context.Context, q db.Query, no string) (store.Record, error) {
	r, err := store.GetRecord(ctx, q, no)
	if err == nil && !actor.From(ctx).Scope(issuing.PermRead).Covers(r.At()) {
		err = issuing.ErrNone
	}
	return r, err
}

func within(ctx context.Context, perm string, at actor.Place) error {
	if !actor.From(ctx).Scope(perm).Covers(at) {
		return errBeyond
	}
	return nil
}

func told(r store.Record, at time.Time) issuing.Told {
	return issuing.Told{No: r.No, Item: r.Item, ItemName: r.ItemName, Region: r.Region, Department: r.Department, Handler: r.Handler, Way: r.Way, At: at}
}

func minute(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format("2006-01-02 15:04")
}

// keep encrypts bytes among the blobs; the key comes back sealed for the row.
func (a *App) keep(ctx context.Context, row string, plain []byte) (digest, sealed string, size int64, err error) {
	cipher, key, err := wire.Encrypt(plain)
	if err != nil {
		return "", "", 0, fmt.Errorf("encrypt file: %w", err)
	}
	d := blobs.Of(cipher)
	if _, err := a.Blobs.Put(ctx, bytes.NewReader(cipher), d); err != nil {
		return "", "", 0, fmt.Errorf("keep file: %w", err)
	}
	sealed, err = a.Vault.SealRow(classFile, row, string(key))
	return string(d), sealed, int64(len(plain)), err
}

// open decrypts what keep kept.
func (a *App) open(ctx context.Context, row, digest, sealed string) ([]byte, error) {
	if sealed == "" {
		return nil, issuing.ErrNone
	}
	d, err := blobs.ParseDigest(digest)
	if err != nil {
		return nil, fmt.Errorf("read digest: %w", err)
	}
	key, err := a.Vault.OpenRow(classFile, row, sealed)
	if err != nil {
		return nil, fmt.Errorf("open file key: %w", err)
	}
	r, _, err := a.Blobs.Open(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	defer r.Close() //nolint:errcheck // only read
	cipher, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return wire.Decrypt(cipher, []byte(key))
}

func bad(path, words string) error {
	return errs.WithFields(errs.E(errs.Invalid, "issuing.incomplete", words, nil), errs.Field{Path: path, Message: words})
}

func (a *App) note(ctx context.Context, tx db.Tx, no, kind, title, text string) error {
	by := ""
	if !actor.From(ctx).Known() || actor.From(ctx).Kind == actor.System {
		by = "发证"
	}
	return a.Cases.Note(ctx, tx, no, window.Note{Kind: kind, Title: title, Text: text, By: by})
}

func emit(ctx context.Context, tx db.Tx, topic, key string, data any) error {
	return events.Emit(ctx, tx, events.Event{Topic: topic, Key: key, Data: data})
}
