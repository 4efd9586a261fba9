// Package app holds the use cases of personal-data management (个人信息保护用例).
package app

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	held "tongban/central/kernel/privacy"
	"tongban/central/kernel/vault"
	"tongban/central/modules/privacy/internal/store"
)

// Field classes of requests.
const (
	classID   = "person.id_number"
	className = "person.name"
	classNote = "subject.request"
)

// Needs is what the use cases ask of the kernel.
type Needs struct {
	DB    *db.DB
	Clock clock.Clock
	Vault *vault.Vault
	Held  *held.Service
	// Titles are the modules' names for the page, by module.
	Titles map[string]string
}

// App holds the use cases. It is safe for concurrent use.
type App struct{ Needs }

// New makes the use cases.
func New(n Needs) *App { return &App{Needs: n} }

// Private says what this module holds itself: the requests.
func (a *App) Private() held.Registration {
	column := func(table, title, name, class, at string, key ...string) held.Column {
		return held.Column{Table: table, Title: title, Column: name, Class: class, Key: key, Bound: true, At: at}
	}
	return held.Registration{
		Columns: []held.Column{
			column("privacy_request", "权利请求", "id_sealed", classID, "closed_at", "id"),
			column("privacy_request", "权利请求", "name_sealed", className, "closed_at", "id"),
			column("privacy_request", "权利请求", "note_sealed", classNote, "closed_at", "id"),
		},
		Rules: []held.Rule{{
			Name: "requests", Title: "办结的权利请求", What: "删除", Basis: "《个人信息保护法》第五十六条：处理情况记录至少保存三年", Days: 1096, Least: 1096, Most: 3652,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.Ended(ctx, q, db.Ms(before), after, limit)
			},
			Drop: store.Drop,
		}},
		Sources: []held.Source{{Name: "privacy.request", Title: "权利请求", Find: a.count, Export: a.own}},
	}
}

func (a *App) count(ctx context.Context, q db.Query, idNumber string) (int, error) {
	return store.CountPerson(ctx, q, a.Vault.Blind(classID, idNumber))
}

// own is what the register itself holds of a person.
func (a *App) own(ctx context.Context, idNumber string) (any, error) {
	var all []store.Request
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		all, err = store.ByPerson(ctx, q, a.Vault.Blind(classID, idNumber))
		return err
	})
	if err != nil || len(all) == 0 {
		return nil, err
	}
	type line struct {
		No, Kind, State, ReceivedAt, Note string
	}
	out := make([]line, 0, len(all))
	for _, r := range all {
		note, err := a.Vault.OpenRow(classNote, r.ID, r.NoteSealed)
		if err != nil {
			return nil, fmt.Errorf("open request: %w", err)
		}
		out = append(out, line{r.No, r.Kind.Title(), r.State.Title(), stamp(r.ReceivedAt), note})
	}
	return out, nil
}

func stamp(ms int64) string { return text(db.FromMs(ms)) }

func text(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(clock.Shanghai).Format(time.RFC3339)
}
