package app

import (
	"context"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/messages"
	"tongban/central/modules/messages/internal/store"
)

// shown is how far back letters are shown, and kept how long they and the traces of texts are kept.
const (
	shown = 60 * 24 * time.Hour
	kept  = 180 * 24 * time.Hour
)

// Letter is one letter as its reader sees it.
type Letter struct {
	ID     string `json:"id"`
	Scene  string `json:"scene"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Link   string `json:"link"`
	Urgent bool   `json:"urgent"`
	Mine   bool   `json:"mine" doc:"写给我本人的；否则是写给岗位的"`
	At     string `json:"at"`
	ReadAt string `json:"read_at"`
}

// Letters is one page of a reader's letters.
type Letters struct {
	Answer string   `json:"answer"`
	Unread int      `json:"unread"`
	Rows   []Letter `json:"rows"`
	Total  int      `json:"total"`
	Page   int      `json:"page"`
	Size   int      `json:"size"`
}

func (a *App) reader(ctx context.Context) store.Reader {
	who := actor.From(ctx)
	return store.Reader{Account: who.ID, Roles: who.Roles, Scope: who.Scope(messages.PermLetters), Since: a.Clock.Now().Add(-shown)}
}

// Letters shows the caller's letters.
func (a *App) Letters(ctx context.Context, unread bool, page, size int) (out Letters, err error) {
	r := a.reader(ctx)
	var list []store.Letter
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if list, out.Total, err = store.Letters(ctx, q, r, unread, size, (page-1)*size); err != nil {
			return err
		}
		out.Unread, err = store.Unread(ctx, q, r)
		return err
	})
	out.Rows, out.Page, out.Size, out.Answer = make([]Letter, len(list)), page, size, letterAnswer(out.Unread)
	for i, l := range list {
		out.Rows[i] = Letter{
			ID: l.ID, Scene: l.Scene, Title: l.Title, Text: l.Text, Link: l.Link, Urgent: l.Urgent, Mine: l.Account != "", At: stamp(l.At), ReadAt: stamp(l.ReadAt),
		}
	}
	return out, err
}

func letterAnswer(unread int) string {
	if unread == 0 {
		return "都看过了"
	}
	return plural(unread) + "没有看过"
}

// Unread counts the caller's letters that are not read.
func (a *App) Unread(ctx context.Context) (n int, err error) {
	r := a.reader(ctx)
	err = a.DB.Glance(ctx, func(q db.Query) (err error) {
		n, err = store.Unread(ctx, q, r)
		return err
	})
	return n, err
}

// Read marks a letter of the caller as read.
func (a *App) Read(ctx context.Context, id string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.Read(ctx, tx, a.reader(ctx), id) })
}

// ReadAll marks all letters of the caller as read.
func (a *App) ReadAll(ctx context.Context) error {
	return a.DB.Do(ctx, func(tx db.Tx) error { return store.ReadAll(ctx, tx, a.reader(ctx)) })
}

// MayHear says whose bell rings.
func MayHear(ctx context.Context, e events.Event) bool {
	m, err := events.Read[messages.Arrived](e)
	if err != nil {
		return false
	}
	who := actor.From(ctx)
	if m.Account != "" {
		return m.Account == who.ID
	}
	return slices.Contains(who.Roles, m.Role) && who.Scope(messages.PermLetters).Covers(actor.Place{Region: m.Region, Department: m.Department})
}
