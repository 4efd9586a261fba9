package app

import (
	"context"
	"slices"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// Tick keeps the clerk's judgement of one review point (看过).
func (a *App) Tick(ctx context.Context, no, point string, ticked bool, note string) (Case, error) {
	l, err := a.load(ctx, no)
	if err != nil {
		return Case{}, err
	}
	if err := within(ctx, window.PermAccept, l.Case); err != nil {
		return Case{}, err
	}
	if !l.State.Open() {
		return Case{}, window.ErrNotNow
	}
	known := slices.ContainsFunc(matter.Points(&l.item, l.body.Answers), func(p matter.Point) bool { return p.ID == point })
	if !known {
		return Case{}, errs.E(errs.NotFound, "window.no_such_point", "没有这个审查要点，请刷新后再看", nil)
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		t := store.Tick{CaseNo: no, Point: point, Ticked: ticked, Note: note, By: actor.From(ctx).Name, At: db.Ms(tx.Now())}
		if err := store.PutTick(ctx, tx, t); err != nil {
			return err
		}
		detail := map[string]string{"point": point, "ticked": text(ticked)}
		return audit.Write(ctx, tx, audit.Record{Action: "window.tick", Object: no, Reason: note, Detail: detail})
	})
	if err != nil {
		return Case{}, err
	}
	return a.view(ctx, no)
}

// Unmask shows one masked value in full, for a reason of the list and in words that are kept; without a code the words
// alone are the reason.
func (a *App) Unmask(ctx context.Context, no, field, code, reason string) (string, error) {
	if len([]rune(reason)) < 4 {
		return "", errs.WithFields(errs.E(errs.Invalid, "window.reason", "写明查看的原因，至少 4 个字", nil), errs.Field{Path: "reason", Message: "至少 4 个字"})
	}
	if code == "" {
		code = "other"
	}
	l, err := a.load(ctx, no)
	if err != nil {
		return "", err
	}
	if err := within(ctx, window.PermUnmask, l.Case); err != nil {
		return "", err
	}
	var value, class string
	switch field {
	case "id_number":
		class, value = classID, l.body.Applicant.IDNumber
	case "phone":
		class = "person.phone"
		value = phoneOf(l.item, l.body.Form, l.extra.Told)
	default:
		return "", errs.E(errs.Invalid, "window.field", "只有证件号和电话可以查看全文", nil)
	}
	err = a.Privacy.Reveal(ctx, privacy.Look{Perm: window.PermUnmask, Class: class, Table: "window_case", Object: no, Reason: code, Words: reason})
	if err != nil {
		return "", err
	}
	return value, nil
}
