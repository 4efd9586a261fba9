package app

import (
	"context"
	"strconv"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/modules/window/internal/store"
)

// Pin is one quick entry: a page of the console and what it is called (直接进入).
type Pin struct {
	Path  string `json:"path" maxLength:"300" pattern:"^/[^\\s]*$" doc:"控制台里的页面"`
	Label string `json:"label" minLength:"1" maxLength:"80"`
}

// Pins are somebody's quick entries; Kept tells an empty list that is meant from one that was never made.
type Pins struct {
	Pins []Pin `json:"pins" nullable:"false"`
	Kept bool  `json:"kept"`
}

// MyPins returns the caller's quick entries.
func (a *App) MyPins(ctx context.Context) (Pins, error) {
	out := Pins{Pins: []Pin{}}
	err := a.DB.View(ctx, func(q db.Query) error {
		rows, kept, err := store.Pins(ctx, q, actor.From(ctx).ID)
		for _, p := range rows {
			out.Pins = append(out.Pins, Pin(p))
		}
		out.Kept = kept
		return err
	})
	return out, err
}

// KeepPins replaces the caller's quick entries; they follow the account to every counter.
func (a *App) KeepPins(ctx context.Context, pins []Pin) error {
	me := actor.From(ctx).ID
	rows := make([]store.Pin, 0, len(pins))
	for _, p := range pins {
		rows = append(rows, store.Pin(p))
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.PutPins(ctx, tx, me, rows); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.pin", Object: me, Detail: map[string]string{"pins": strconv.Itoa(len(pins))}})
	})
}
