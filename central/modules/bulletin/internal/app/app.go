// Package app holds the use cases of the bulletin (资讯用例): what editors write, publish and withdraw, the columns it is sorted into,
// and what terminals show.
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
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/bulletin/internal/store"
	"tongban/fleet/wire"
)

// App holds the use cases. It is safe for concurrent use.
type App struct {
	DB    *db.DB
	Clock clock.Clock
	Seed  fs.FS
}

func (a *App) today() string { return calendar.DateOf(a.Clock.Now()).String() }

// Load puts the columns, and the samples, where there are none yet; what was changed since is never touched.
func (a *App) Load(ctx context.Context) error {
	var columns []struct{ Code, Name, Kind string }
	var entries []struct {
		Code, Column, Title, Body, Source, On, Phone, Place, Hours string
	}
	if err := a.read("columns.yaml", &columns); err != nil {
		return err
	}
	if err := a.read("entries.yaml", &entries); err != nil {
		return err
	}
	kinds := map[string]string{}
	ctx = auth.AsSystem(ctx, "bulletin.seed")
	return a.DB.Do(ctx, func(tx db.Tx) error {
		have, err := store.Columns(ctx, tx)
		if err != nil {
			return err
		}
		list, err := store.List(ctx, tx, true)
		if err != nil || len(have) > 0 { // a centre from before columns has entries already: it gets the columns
			return err
		}
		for i, c := range columns {
			kinds[c.Code] = c.Kind
			if err := store.PutColumn(ctx, tx, store.Column{BulletinColumn: wire.BulletinColumn(c), Place: i, On: true}); err != nil {
				return err
			}
		}
		if len(list) > 0 {
			entries = nil
		}
		for _, e := range entries {
			if err := store.Put(ctx, tx, store.Entry{Published: true, BulletinEntry: wire.BulletinEntry{
				Code: e.Code, Kind: kinds[e.Column], Column: e.Column, Title: e.Title, Body: e.Body, Source: e.Source, On: e.On, Phone: e.Phone, Place: e.Place, Hours: e.Hours,
			}}); err != nil {
				return err
			}
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.load", Object: "bulletin", Detail: map[string]string{"columns": strconv.Itoa(len(columns)), "entries": strconv.Itoa(len(entries))}})
	})
}

func (a *App) read(file string, out any) error {
	raw, err := fs.ReadFile(a.Seed, file)
	if err != nil {
		return fmt.Errorf("read bulletin: %w", err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(out); err != nil {
		return fmt.Errorf("decode %s: %w", file, err)
	}
	return nil
}

// Current is what terminals show: columns that are on, and the published entries in them. What has ended is left out for terminals that
// know no end; its number is part of the version, since it changes with the day alone.
func (a *App) Current(ctx context.Context) (wire.Bulletin, error) {
	out := wire.Bulletin{Columns: []wire.BulletinColumn{}, Entries: []wire.BulletinEntry{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		n, err := store.Seq(ctx, q)
		if err != nil {
			return err
		}
		columns, err := store.Columns(ctx, q)
		if err != nil {
			return err
		}
		on := map[string]bool{}
		for _, c := range columns {
			if on[c.Code] = c.On; c.On {
				out.Columns = append(out.Columns, c.BulletinColumn)
			}
		}
		list, err := store.List(ctx, q, false)
		ended := 0
		for _, e := range list {
			switch {
			case e.Ended(a.today()):
				ended++
			case on[e.Column]:
				out.Entries = append(out.Entries, e.BulletinEntry)
			}
		}
		out.Version = fmt.Sprintf("%d.%d", n, ended)
		return err
	})
	return out, err
}
