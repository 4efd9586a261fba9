package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/ids"
	"tongban/central/modules/bulletin"
	"tongban/central/modules/bulletin/internal/store"
	"tongban/fleet/wire"
)

// AddColumn makes a column behind the others (加栏目), and returns its code. It is at the terminals once something is published in it.
func (a *App) AddColumn(ctx context.Context, name, kind string) (code string, err error) {
	if name, code = strings.TrimSpace(name), ids.New(); name == "" {
		return "", bulletin.ErrShort
	}
	return code, a.DB.Do(ctx, func(tx db.Tx) error {
		all, err := store.Columns(ctx, tx)
		if err != nil {
			return err
		}
		if err := roomFor(all, name, code, kind); err != nil {
			return err
		}
		place := 0
		for _, c := range all {
			place = max(place, c.Place+1)
		}
		c := store.Column{BulletinColumn: wire.BulletinColumn{Code: code, Name: name, Kind: kind}, Place: place, On: true}
		if err := store.PutColumn(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.column_add", Object: code, Detail: map[string]string{"title": name, "kind": kind}})
	})
}

// RenameColumn gives a column another name (改名).
func (a *App) RenameColumn(ctx context.Context, code, name string) error {
	if name = strings.TrimSpace(name); name == "" {
		return bulletin.ErrShort
	}
	return a.onColumn(ctx, code, func(tx db.Tx, all []store.Column, c store.Column) error {
		was := c.Name
		if was == name {
			return nil
		}
		if slices.ContainsFunc(all, func(o store.Column) bool { return o.Name == name }) {
			return bulletin.ErrName
		}
		c.Name = name
		if err := store.PutColumn(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.column_rename", Object: code, Detail: map[string]string{"title": name, "was": was}})
	})
}

// SwitchColumn takes a column from the terminals, or shows it again (停用、启用). Its entries stay in it.
func (a *App) SwitchColumn(ctx context.Context, code string, on bool, reason string) error {
	return a.onColumn(ctx, code, func(tx db.Tx, all []store.Column, c store.Column) error {
		if c.On == on {
			return nil
		}
		action := "bulletin.column_off"
		if c.On = on; on {
			action = "bulletin.column_on"
			if err := roomFor(all, "", code, c.Kind); err != nil {
				return err
			}
		}
		if err := store.PutColumn(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: action, Object: code, Reason: reason, Detail: map[string]string{"title": c.Name}})
	})
}

// OrderColumns puts the columns into an order (排序); codes must be all of them, so that nobody orders what he has not seen.
func (a *App) OrderColumns(ctx context.Context, codes []string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		all, err := store.Columns(ctx, tx)
		if err != nil {
			return err
		}
		moved := 0
		for _, c := range all {
			i := slices.Index(codes, c.Code)
			if i < 0 || len(codes) != len(all) {
				return bulletin.ErrOrder
			}
			if c.Place == i {
				continue
			}
			c.Place = i
			moved++
			if err := store.PutColumn(ctx, tx, c); err != nil {
				return err
			}
		}
		if moved == 0 {
			return nil
		}
		return audit.Write(ctx, tx, audit.Record{Action: "bulletin.column_order", Object: "bulletin", Detail: map[string]string{"order": strings.Join(codes, " "), "moved": strconv.Itoa(moved)}})
	})
}

func (a *App) onColumn(ctx context.Context, code string, f func(tx db.Tx, all []store.Column, c store.Column) error) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		all, err := store.Columns(ctx, tx)
		if err != nil {
			return err
		}
		c, ok := columnOf(all, code)
		if !ok {
			return bulletin.ErrNoColumn
		}
		return f(tx, all, c)
	})
}

func columnOf(all []store.Column, code string) (store.Column, bool) {
	i := slices.IndexFunc(all, func(c store.Column) bool { return c.Code == code })
	if i < 0 {
		return store.Column{}, false
	}
	return all[i], true
}

// roomFor refuses a second column of a name, and one more than a screen of a terminal has room for. A column that is switched on again
// keeps its name, so that "" asks for the room alone.
func roomFor(all []store.Column, name, code, kind string) error {
	on := 0
	for _, c := range all {
		if name != "" && c.Name == name {
			return bulletin.ErrName
		}
		if c.On && c.Kind == kind && c.Code != code {
			on++
		}
	}
	if on >= bulletin.MaxColumns {
		return bulletin.ErrColumns
	}
	return nil
}
