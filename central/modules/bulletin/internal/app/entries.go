package app

import (
	"context"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/internal/store"
	"tongban/fleet/wire"
)

// States of an entry, as its editors see them.
const (
	StateDraft     = "draft"     // 草稿: never shown yet
	StateShown     = "shown"     // 在终端上
	StateEnded     = "ended"     // 到期: its last day is over
	StateWithdrawn = "withdrawn" // 已撤下
)

// Board is everything the editors' page shows.
type Board struct {
	Columns []Column `json:"columns" nullable:"false"`
	Rows    []Row    `json:"rows" nullable:"false"`
	Today   string   `json:"today" doc:"中心的今天，YYYY-MM-DD"`
}

// Column is one column as its editors see it.
type Column struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Kind  string `json:"kind" enum:"news,service"`
	On    bool   `json:"on" doc:"在用；停用的终端上看不到"`
	All   int    `json:"all" doc:"里面有几条"`
	Shown int    `json:"shown" doc:"终端上有几条；栏目停用时为 0"`
}

// Row is one entry as its editors see it.
type Row struct {
	Code   string `json:"code"`
	Column string `json:"column"`
	State  string `json:"state" enum:"draft,shown,ended,withdrawn"`
	Text
	Seq int64 `json:"seq" doc:"最后一次改动的编号；改的时候带上，别人刚改过就不会被盖掉"`
}

// Text is what is written in an entry.
type Text struct {
	Title  string `json:"title" minLength:"4" maxLength:"40"`
	Body   string `json:"body" minLength:"4" maxLength:"2000"`
	Source string `json:"source" minLength:"2" maxLength:"40"`
	On     string `json:"on" maxLength:"10" pattern:"^\\d{4}-\\d{2}-\\d{2}$" doc:"发布日期"`
	Until  string `json:"until" required:"false" maxLength:"10" pattern:"^(\\d{4}-\\d{2}-\\d{2})?$" doc:"显示到这一天，含当天；空为一直显示"`
	Phone  string `json:"phone" required:"false" maxLength:"20"`
	Place  string `json:"place" required:"false" maxLength:"40"`
	Hours  string `json:"hours" required:"false" maxLength:"40"`
}

// Board returns all columns and all entries.
func (a *App) Board(ctx context.Context) (Board, error) {
	out := Board{Columns: []Column{}, Rows: []Row{}, Today: a.today()}
	err := a.DB.View(ctx, func(q db.Query) error {
		columns, err := store.Columns(ctx, q)
		if err != nil {
			return err
		}
		list, err := store.List(ctx, q, true)
		if err != nil {
			return err
		}
		all, shown := map[string]int{}, map[string]int{}
		for _, e := range list {
			r := Row{Code: e.Code, Column: e.Column, State: stateOf(e, out.Today), Seq: e.Seq, Text: Text{
				Title: e.Title, Body: e.Body, Source: e.Source, On: e.On, Until: e.Until, Phone: e.Phone, Place: e.Place, Hours: e.Hours,
			}}
			all[e.Column]++
			if r.State == StateShown {
				shown[e.Column]++
			}
			out.Rows = append(out.Rows, r)
		}
		for _, c := range columns {
			if !c.On {
				shown[c.Code] = 0
			}
			out.Columns = append(out.Columns, Column{Code: c.Code, Name: c.Name, Kind: c.Kind, On: c.On, All: all[c.Code], Shown: shown[c.Code]})
		}
		return nil
	})
	return out, err
}

func stateOf(e store.Entry, day string) string {
	switch {
	case e.Draft:
		return StateDraft
	case !e.Published:
		return StateWithdrawn
	case e.Ended(day):
		return StateEnded
	}
	return StateShown
}

// Write keeps a new entry (写一条), and returns its code. Nobody at a terminal sees it before it is published.
func (a *App) Write(ctx context.Context, column string, t Text) (code string, err error) {
	if t, err = checked(t); err != nil {
		return "", err
	}
	e := store.Entry{Draft: true, BulletinEntry: wire.BulletinEntry{Code: ids.New()}}
	return e.Code, a.DB.Do(ctx, func(tx db.Tx) error {
		if err := fill(ctx, tx, &e, column, t); err != nil {
			return err
		}
		return put(ctx, tx, e, "bulletin.write", "")
	})
}

// Edit changes an entry that was seen at seq (改). One that is shown must be good to show afterwards too.
func (a *App) Edit(ctx context.Context, code string, seq int64, column string, t Text) error {
	t, err := checked(t)
	if err != nil {
		return err
	}
	return a.onEntry(ctx, code, func(tx db.Tx, e store.Entry) error {
		if e.Seq != seq {
			return bulletin.ErrChanged
		}
		if err := fill(ctx, tx, &e, column, t); err != nil {
			return err
		}
		if e.Published {
			if err := a.showable(ctx, tx, e); err != nil {
				return err
			}
		}
		return put(ctx, tx, e, "bulletin.edit", "")
	})
}

// Publish shows what was written at the terminals (发布).
func (a *App) Publish(ctx context.Context, code string) error {
	return a.show(ctx, code, true, "bulletin.publish", "")
}

// Restore shows again what was withdrawn (放回).
func (a *App) Restore(ctx context.Context, code, reason string) error {
	return a.show(ctx, code, false, "bulletin.restore", reason)
}

func (a *App) show(ctx context.Context, code string, draft bool, action, reason string) error {
	return a.onEntry(ctx, code, func(tx db.Tx, e store.Entry) error {
		if e.Published || e.Draft != draft {
			return bulletin.ErrState
		}
		if err := a.showable(ctx, tx, e); err != nil {
			return err
		}
		e.Published, e.Draft = true, false
		return put(ctx, tx, e, action, reason)
	})
}

// Withdraw takes an entry from the terminals (撤下); it stays on record here.
func (a *App) Withdraw(ctx context.Context, code, reason string) error {
	return a.onEntry(ctx, code, func(tx db.Tx, e store.Entry) error {
		if !e.Published {
			return bulletin.ErrState
		}
		e.Published = false
		return put(ctx, tx, e, "bulletin.withdraw", reason)
	})
}

func (a *App) onEntry(ctx context.Context, code string, f func(tx db.Tx, e store.Entry) error) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		e, err := store.Find(ctx, tx, code)
		if err != nil {
			return err
		}
		return f(tx, e)
	})
}

func put(ctx context.Context, tx db.Tx, e store.Entry, action, reason string) error {
	if err := store.Put(ctx, tx, e); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Record{Action: action, Object: e.Code, Reason: reason, Detail: map[string]string{"title": e.Title, "column": e.Column, "until": e.Until}})
}

// fill puts what was written into an entry, in a column that there is.
func fill(ctx context.Context, q db.Query, e *store.Entry, column string, t Text) error {
	all, err := store.Columns(ctx, q)
	if err != nil {
		return err
	}
	c, ok := columnOf(all, column)
	if !ok {
		return bulletin.ErrNoColumn
	}
	e.BulletinEntry = wire.BulletinEntry{Code: e.Code, Kind: c.Kind, Column: column, Title: t.Title, Body: t.Body, Source: t.Source, On: t.On, Until: t.Until, Phone: t.Phone, Place: t.Place, Hours: t.Hours}
	return nil
}

// showable refuses what no terminal would show: its column is off, its last day is over, or the terminals are full.
func (a *App) showable(ctx context.Context, q db.Query, e store.Entry) error {
	if e.Ended(a.today()) {
		return bulletin.ErrEnded
	}
	all, err := store.Columns(ctx, q)
	if err != nil {
		return err
	}
	if c, ok := columnOf(all, e.Column); !ok || !c.On {
		return bulletin.ErrColumnOff
	}
	list, err := store.List(ctx, q, false)
	shown := 0
	for _, o := range list {
		if o.Code != e.Code && !o.Ended(a.today()) {
			shown++
		}
	}
	if shown >= bulletin.MaxShown {
		return bulletin.ErrFull
	}
	return err
}

// checked is a text without spaces around its lines, with days that there are, the last not before the first.
func checked(t Text) (Text, error) {
	for _, s := range []*string{&t.Title, &t.Body, &t.Source, &t.Phone, &t.Place, &t.Hours} {
		*s = strings.TrimSpace(*s)
	}
	if t.Title == "" || t.Body == "" || t.Source == "" {
		return t, bulletin.ErrShort
	}
	for _, day := range []string{t.On, t.Until} {
		if day == "" {
			continue
		}
		if _, err := calendar.ParseDate(day); err != nil {
			return t, bulletin.ErrDays
		}
	}
	if t.Until != "" && t.Until < t.On {
		return t, bulletin.ErrDays
	}
	return t, nil
}
