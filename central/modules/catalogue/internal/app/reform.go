package app

import (
	"context"

	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/catalogue/internal/store"
)

// Follow makes new versions of the items that use an official form whenever a version of it appears, until ctx ends. What appeared
// while nobody listened is made up for at the start.
func (a *App) Follow(ctx context.Context, log *events.Log) {
	topic := a.Outside.FormTopic
	if topic == "" || a.Outside.Form == nil {
		return
	}
	ctx = auth.AsSystem(ctx, "catalogue.follow")
	last, err := log.Last(ctx)
	if err == nil {
		err = a.Reform(ctx, "")
	}
	if err != nil {
		a.Log.WarnContext(ctx, "items could not follow their forms", "cause", err.Error())
	}
	for e := range log.Stream(ctx, last, topic) {
		if err := a.Reform(ctx, e.Key); err != nil {
			a.Log.WarnContext(ctx, "items could not follow their form", "form", e.Key, "cause", err.Error())
		}
	}
}

// Reform gives the items that use a form, or all that use any where form is "", a version with its published version, in force at
// once. An item whose newest version starts later gets it from that day on. Doing it again changes nothing.
func (a *App) Reform(ctx context.Context, form string) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		rows, err := store.Newest(ctx, tx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			e, err := entryOf(row)
			if err != nil {
				return err
			}
			if e.FormID == "" || form != "" && e.FormID != form {
				continue
			}
			e.Pinyin, e.Syllables = "", nil
			if err := a.formInto(ctx, &e); err != nil {
				return err
			}
			digest, err := digestOf(e)
			if err != nil {
				return err
			}
			if digest == row.Digest {
				continue
			}
			next := store.Row{
				Version: row.Version, Digest: digest, Origin: row.Origin, Effective: max(row.Effective, db.Ms(tx.Now())), Note: "表单“" + e.Form.Title + "”出了新版",
			}
			if err := a.release(ctx, tx, e, next); err != nil {
				return err
			}
		}
		return nil
	})
}
