// Package app holds the use cases of sharing (共享用例): the clerk shows a code, the applicant proves who they are and chooses.
package app

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/notify"
	"tongban/central/kernel/vault"
	"tongban/central/modules/province"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/store"
	"tongban/central/modules/window"
)

// Classes of sealed fields.
const (
	classID   = "person.id_number"
	classCase = "case"
	classSlip = "slip"
)

// Library is what is asked of the provincial e-licences.
type Library interface {
	LicencesOf(ctx context.Context, about, holder, kind string, c province.Consent) ([]province.Licence, error)
}

// LocalLibrary is what is asked of the city's own e-licences (本地电子证照).
type LocalLibrary interface {
	Of(ctx context.Context, holder, consent, purpose string) ([]province.Licence, error)
}

// Cases is what is asked of the window's cases.
type Cases interface {
	Note(ctx context.Context, tx db.Tx, no string, n window.Note) error
}

// Needs is what sharing asks of others.
type Needs struct {
	DB      *db.DB
	Clock   clock.Clock
	Vault   *vault.Vault
	SMS     notify.SMS
	Drafts  window.Sharing
	Cases   Cases
	Library Library
	Local   LocalLibrary // nil when not connected
	Public  string       // base of the links in QR codes
	Log     *slog.Logger
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

// Times and bounds of a code.
const (
	openWithin = 10 * time.Minute // from the screen to the phone
	workWithin = 30 * time.Minute // on the phone
	codeGood   = 5 * time.Minute
	sendEvery  = time.Minute
	mostSends  = 3
	mostTries  = 5
)

func (a *App) keyBlind(key string) string {
	return a.Vault.Blind(classSlip, "share "+strings.ToUpper(key))
}

func (a *App) tokenBlind(id, token string) string {
	return a.Vault.Blind(classSlip, "share-phone "+id+" "+token)
}

func (a *App) codeBlind(id, code string) string {
	return a.Vault.Blind(classSlip, "share-code "+id+" "+code)
}

func same(x, y string) bool { return x != "" && subtle.ConstantTimeCompare([]byte(x), []byte(y)) == 1 }

// asPhone is the actor of what an applicant does: nobody who is signed in.
func asPhone(ctx context.Context) context.Context { return auth.AsSystem(ctx, "sharing.applicant") }

// session is a phone at work: the code, and the registration as it is now.
type session struct {
	store.Code
	draft window.ShareDraft
}

// find returns the code of a link for the one phone that opened it. Another phone learns only that the code is used.
func (a *App) find(ctx context.Context, key, token string) (store.Code, error) {
	var c store.Code
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		c, err = store.ByKey(ctx, q, a.keyBlind(key))
		return err
	})
	switch {
	case err != nil:
		return c, err
	case c.State == sharing.Offered:
		return c, sharing.ErrNotNow
	case !same(c.TokenBlind, a.tokenBlind(c.ID, token)):
		return c, sharing.ErrUsed
	case c.State == sharing.Blocked:
		return c, sharing.ErrBlocked
	case c.State == sharing.Replaced, a.late(c):
		return c, sharing.ErrExpired
	}
	return c, nil
}

// session returns a phone that may go on: its registration is still open, and still the same person's.
func (a *App) session(ctx context.Context, key, token string) (session, error) {
	c, err := a.find(ctx, key, token)
	if err != nil {
		return session{}, err
	}
	s := session{Code: c}
	if s.draft, err = a.Drafts.ShareDraft(asPhone(ctx), c.Draft); err != nil {
		return s, err
	}
	if !same(c.PersonBlind, a.Vault.Blind(classID, string(s.draft.IDNumber))) {
		return s, sharing.ErrPerson
	}
	return s, nil
}

func (a *App) late(c store.Code) bool {
	return c.State.Passing() && c.UntilAt < db.Ms(a.Clock.Now())
}

// emit tells the clerk's page.
func emit(ctx context.Context, tx db.Tx, c store.Code) error {
	return events.Emit(ctx, tx, events.Event{Topic: sharing.TopicMoved, Key: c.Draft, Data: sharing.Moved{
		Draft: c.Draft, State: c.State, Papers: c.Papers, Photos: c.Photos, Region: c.Region, Department: c.Department, Handler: c.Handler, At: tx.Now(),
	}})
}

// move writes a code that was changed, and tells of it.
func move(ctx context.Context, tx db.Tx, c store.Code) error {
	return errors.Join(store.Put(ctx, tx, c), emit(ctx, tx, c))
}

// Offer is one thing that the person may share.
type Offer struct {
	ID      string `json:"id"`
	Code    string `json:"code" doc:"代替哪份材料"`
	For     string `json:"for" doc:"那份材料的名称"`
	Source  string `json:"source" enum:"licence,earlier"`
	Name    string `json:"name"`
	From    string `json:"from" doc:"从哪里来"`
	Date    string `json:"date" doc:"有效期，或哪天交的"`
	Warning string `json:"warning" doc:"要注意的"`
	Ref     string `json:"ref"`
}

func (a *App) keepOffers(c *store.Code, offers []Offer) error {
	text, err := json.Marshal(offers)
	if err != nil {
		return fmt.Errorf("encode offers: %w", err)
	}
	c.OffersSealed, err = a.Vault.SealRow(classCase, c.ID, string(text))
	return err
}

func (a *App) offers(c store.Code) (out []Offer, err error) {
	if c.OffersSealed == "" {
		return nil, nil
	}
	text, err := a.Vault.OpenRow(classCase, c.ID, c.OffersSealed)
	if err != nil {
		return nil, fmt.Errorf("open offers: %w", err)
	}
	return out, json.Unmarshal([]byte(text), &out)
}

// Agreed is one thing that somebody agreed to, as it is kept and shown. No number.
type Agreed struct {
	Code   string `json:"code"`
	Paper  string `json:"paper" doc:"代替的材料"`
	Source string `json:"source" enum:"licence,earlier,photo"`
	Name   string `json:"name"`
	From   string `json:"from"`
}

// ConsentRow is one agreement on record (授权记录).
type ConsentRow struct {
	At        string   `json:"at"`
	Purpose   string   `json:"purpose"`
	How       string   `json:"how"`
	Wording   string   `json:"wording" doc:"告知文本的版本"`
	What      []Agreed `json:"what"`
	RevokedAt string   `json:"revoked_at"`
	RevokedBy string   `json:"revoked_by"`
}

func consentRows(list []store.Consent) ([]ConsentRow, error) {
	out := []ConsentRow{}
	for _, c := range list {
		row := ConsentRow{At: stamp(c.At), Purpose: c.Purpose, How: c.How, Wording: c.Wording, RevokedAt: stamp(c.RevokedAt), RevokedBy: c.RevokedBy, What: []Agreed{}}
		if err := json.Unmarshal([]byte(c.What), &row.What); err != nil {
			return nil, fmt.Errorf("decode consent: %w", err)
		}
		out = append(out, row)
	}
	return out, nil
}

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format(time.RFC3339)
}
