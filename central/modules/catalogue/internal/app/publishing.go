package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
)

// Publish makes a version of an approved draft (发布), in force from 00:00 of a day in China: today or later, and not before the
// version that it follows. Running cases keep theirs.
func (a *App) Publish(ctx context.Context, code string, revision int, effective, note string) (Detail, error) {
	from, err := a.startOf(effective)
	if err != nil {
		return Detail{}, err
	}
	if err := a.sound(ctx, code); err != nil {
		return Detail{}, err
	}
	err = a.move(ctx, code, revision, catalogue.ActPublish, note, func(tx db.Tx, d *store.Draft) error {
		if err := settled(ctx, tx, d.ID); err != nil {
			return err
		}
		d.Effective = effective
		return a.issue(ctx, tx, *d, from, note)
	})
	if err != nil {
		return Detail{}, err
	}
	return a.Detail(ctx, code)
}

// startOf is the first instant of a day that is today or later.
func (a *App) startOf(date string) (int64, error) {
	from, ok := dayStart(date)
	if !ok || date < a.Clock.Now().In(clock.Shanghai).Format(time.DateOnly) {
		return 0, errBadDay
	}
	return from, nil
}

// issue adds the version and, where it is the last successor of a split or merge, ends what it follows.
func (a *App) issue(ctx context.Context, tx db.Tx, d store.Draft, from int64, note string) error {
	e, err := draftEntry(d)
	if err != nil {
		return err
	}
	if err := a.formInto(ctx, &e); err != nil {
		return err
	}
	head, err := store.HeadOf(ctx, tx, d.Code)
	if err != nil && !errors.Is(err, store.ErrNone) {
		return err
	}
	if head.Effective > from {
		return errs.E(errs.Invalid, errs.CodeOf(errBadDay), fmt.Sprintf("第%d版已定于%s生效，新版不能更早", head.Version, day(head.Effective)), nil)
	}
	who := tx.Actor()
	row := store.Row{Version: head.Version, Effective: from, Origin: store.FromDraft, ByName: who.Name, Note: note}
	if row.Note == "" {
		row.Note = d.Reason
	}
	if err := a.release(ctx, tx, e, row); err != nil {
		return err
	}
	kind := catalogue.OpChange
	if head.Version == 0 {
		kind = catalogue.OpAdd
	}
	reason := row.Note
	if err := store.AddOperation(ctx, tx, a.operation(tx, d.Code, kind, reason, from, 0)); err != nil {
		return err
	}
	return a.succeed(ctx, tx, d.Code, from)
}

func (a *App) operation(tx db.Tx, code string, kind catalogue.Operation, reason string, from int64, running int) store.Operation {
	who := tx.Actor()
	return store.Operation{
		ID: ids.New(), Code: code, Kind: kind, Reason: reason, Effective: from, At: db.Ms(tx.Now()), ByID: who.ID, ByName: who.Name, Running: running,
	}
}

// formInto puts the published official form into an entry that names one. Where the form is not known the entry's own stays.
func (a *App) formInto(ctx context.Context, e *catalogue.Entry) error {
	if e.FormID == "" || a.Outside.Form == nil {
		return nil
	}
	form, err := a.Outside.Form(ctx, e.FormID)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load form %s: %w", e.FormID, err)
	}
	e.Form = form
	return nil
}
