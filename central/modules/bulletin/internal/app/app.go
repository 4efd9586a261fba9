// Package app holds the use cases of the bulletin (资讯用例): publish, withdraw, and what terminals show.
package app

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/modules/bulletin/internal/store"
	"tongban/fleet/wire"
)

// App holds the use cases. It is safe for concurrent use.
type App struct {
	DB   *db.DB
	Seed fs.FS
}

// Row is one entry as the workbench lists it.
type Row struct {
	Code      string `json:"code"`
	Kind      string `json:"kind" enum:"news,service"`
	Title     string `json:"title"`
	Body      string `json:"body"`
	Source    string `json:"source"`
	On        string `json:"on"`
	Phone     string `json:"phone"`
	Place     string `json:"place"`
	Hours     string `json:"hours"`
	Published bool   `json:"published"`
}

// Load puts the samples into an empty bulletin; what was changed since is never touched.
func (a *App) Load(ctx context.Context) error {
	raw, err := fs.ReadFile(a.Seed, "entries.yaml")
	if err != nil {
		return fmt.Errorf("read bulletin: %w", err)
	}
	var all []struct {
		Code, Kind, Title, Body, Source, On, Phone, Place, Hours string
	}
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&all); err != nil {
		return fmt.Errorf("decode bulletin: %w", err)
	}
	ctx = auth.AsSystem(ctx, "bulletin.seed")
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if n, err := store.Seq(ctx, tx); err != nil || n > 0 {
			return err
		}
		for _, e := range all {
			if err := store.Put(ctx, tx, wire.BulletinEntry(e)); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.load", Object: "bulletin", Detail: map[string]string{"entries": strconv.Itoa(len(all))}})
	})
}

// Current is what terminals show.
func (a *App) Current(ctx context.Context) (wire.Bulletin, error) {
	out := wire.Bulletin{Entries: []wire.BulletinEntry{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		n, err := store.Seq(ctx, q)
		if err != nil {
			return err
		}
		out.Version = strconv.FormatInt(n, 10)
		list, err := store.List(ctx, q, false)
		for _, e := range list {
			out.Entries = append(out.Entries, e.BulletinEntry)
		}
		return err
	})
	return out, err
}

// List returns all entries, those withdrawn too.
func (a *App) List(ctx context.Context) ([]Row, error) {
	out := []Row{}
	err := a.DB.View(ctx, func(q db.Query) error {
		list, err := store.List(ctx, q, true)
		for _, e := range list {
			out = append(out, Row{Code: e.Code, Kind: e.Kind, Title: e.Title, Body: e.Body, Source: e.Source, On: e.On, Phone: e.Phone, Place: e.Place, Hours: e.Hours, Published: e.Published})
		}
		return err
	})
	return out, err
}

// Publish shows an entry at the terminals, new or changed (发布).
func (a *App) Publish(ctx context.Context, e wire.BulletinEntry) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.Put(ctx, tx, e); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.publish", Object: e.Code, Detail: map[string]string{"title": e.Title, "kind": e.Kind}})
	})
}

// Withdraw takes an entry from the terminals (撤下).
func (a *App) Withdraw(ctx context.Context, code, reason string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.Withdraw(ctx, tx, code); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.withdraw", Object: code, Reason: reason})
	})
}
