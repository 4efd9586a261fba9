package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/applicants"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/central/modules/catalogue/internal/store"
)

// actions are the names under which acts on drafts are audited.
var actions = map[catalogue.Act]string{
	catalogue.ActSave: "catalogue.save", catalogue.ActSubmit: "catalogue.submit", catalogue.ActRecall: "catalogue.recall", catalogue.ActReturn: "catalogue.return",
	catalogue.ActApprove: "catalogue.approve", catalogue.ActDiscard: "catalogue.discard", // publishing is audited with its version
}

// titles are the words of the history.
var titles = map[catalogue.Act]string{
	catalogue.ActSave: "保存", catalogue.ActSubmit: "提交审核", catalogue.ActRecall: "撤回修改", catalogue.ActReturn: "退回", catalogue.ActApprove: "审核通过",
	catalogue.ActPublish: "发布", catalogue.ActDiscard: "放弃",
}

// move does one act on the open draft of an item: the table says whether it may be done now, change puts in what the act is about,
// and state, history, audit and event are kept together.
func (a *App) move(ctx context.Context, code string, revision int, act catalogue.Act, note string, change func(tx db.Tx, d *store.Draft) error) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		d, err := loadDraft(ctx, tx, code)
		if err != nil {
			return err
		}
		to, perm, err := catalogue.Next(d.State, act)
		if err != nil {
			return err
		}
		if err := a.may(ctx, d, perm); err != nil {
			return err
		}
		if d.Revision != revision {
			return catalogue.ErrChanged
		}
		d.State, d.Revision, d.Changed = to, d.Revision+1, db.Ms(tx.Now())
		if err := change(tx, &d); err != nil {
			return err
		}
		if err := store.MoveDraft(ctx, tx, d); err != nil {
			return err
		}
		if act == catalogue.ActSave && lately(ctx, tx, d) {
			return nil // autosave: one line of history for a stretch of work, not one for every pause in typing
		}
		return a.toldDraft(ctx, tx, d, actions[act], titles[act], note)
	})
}

// stretch is how long saves of one person belong together.
const stretch = 10 * 60 * 1000

// lately reports whether the newest line of the history is a save by the same person, a few minutes ago.
func lately(ctx context.Context, tx db.Tx, d store.Draft) bool {
	history, err := store.History(ctx, tx, d.ID)
	if err != nil || len(history) == 0 {
		return false
	}
	last := history[0]
	return last.Title == titles[catalogue.ActSave] && last.Actor == tx.Actor().Name && db.Ms(tx.Now())-last.At < stretch
}

func loadDraft(ctx context.Context, q db.Query, code string) (store.Draft, error) {
	d, err := store.OpenDraft(ctx, q, code)
	if errors.Is(err, store.ErrNoDraft) {
		return d, errNoDraft
	}
	return d, err
}

// may asks for the permission of an act: within the caller's departments for editing, and for reviewing that it is not her own work.
func (a *App) may(ctx context.Context, d store.Draft, perm string) error {
	who := actor.From(ctx)
	if !who.Can(perm) {
		return errs.E(errs.Forbidden, "auth.forbidden", "您没有办理这一步的权限，请联系管理员开通", nil)
	}
	switch perm {
	case catalogue.PermEdit:
		return a.within(ctx, d)
	case catalogue.PermReview:
		if who.ID == d.Author || slices.Contains(strings.Fields(d.Hands), who.ID) {
			return errOwnWork
		}
	}
	return nil
}

// Submit hands a draft to the reviewers (提交审核). Faults keep it back, warnings do not; invented applicants walk every way.
func (a *App) Submit(ctx context.Context, code string, revision int, note string) (Draft, error) {
	if err := a.sound(ctx, code); err != nil {
		return Draft{}, err
	}
	err := a.move(ctx, code, revision, catalogue.ActSubmit, note, func(db.Tx, *store.Draft) error { return nil })
	return a.after(ctx, code, err)
}

// tries is how many applicants walk through a draft before it is submitted and published.
const tries = 1000

// sound refuses a draft that has faults.
func (a *App) sound(ctx context.Context, code string) error {
	var d store.Draft
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		d, err = loadDraft(ctx, q, code)
		return err
	})
	if err != nil {
		return err
	}
	e, err := draftEntry(d)
	if err != nil {
		return err
	}
	if err := a.formInto(ctx, &e); err != nil {
		return err
	}
	found, err := a.findings(ctx, &e)
	if err != nil {
		return err
	}
	var fields []errs.Field
	for _, f := range lint.Faults(found) {
		fields = append(fields, errs.Field{Path: f.Path, Message: f.Text})
	}
	if len(fields) == 0 && len(e.Questions) > 0 {
		for _, bad := range applicants.Run(&e.Item, tries, 1).Bad {
			fields = append(fields, errs.Field{Path: "situations", Message: bad.Text})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return errs.WithFields(errs.E(errs.Invalid, "catalogue.faults", fmt.Sprintf("还有%d处问题要先改，改好再提交", len(fields)), nil), fields...)
}

// Recall takes a draft back from review to work on it again (撤回).
func (a *App) Recall(ctx context.Context, code string, revision int, note string) (Draft, error) {
	err := a.move(ctx, code, revision, catalogue.ActRecall, note, func(_ db.Tx, d *store.Draft) error {
		d.ReviewerName = "" // an approval was of what stood there then
		return nil
	})
	return a.after(ctx, code, err)
}

// Return gives a draft back with comments (退回): at least one that is not resolved says what to change.
func (a *App) Return(ctx context.Context, code string, revision int, note string) (Draft, error) {
	err := a.move(ctx, code, revision, catalogue.ActReturn, note, func(tx db.Tx, d *store.Draft) error {
		d.ReviewerName = ""
		n, err := store.OpenComments(ctx, tx, d.ID)
		if err == nil && n == 0 {
			return errWantComment
		}
		return err
	})
	return a.after(ctx, code, err)
}

// Approve ends the review (审核通过); every comment is resolved by then.
func (a *App) Approve(ctx context.Context, code string, revision int, note string) (Draft, error) {
	if err := a.sound(ctx, code); err != nil {
		return Draft{}, err
	}
	err := a.move(ctx, code, revision, catalogue.ActApprove, note, func(tx db.Tx, d *store.Draft) error {
		d.ReviewerName = tx.Actor().Name
		return settled(ctx, tx, d.ID)
	})
	return a.after(ctx, code, err)
}

func settled(ctx context.Context, q db.Query, draft string) error {
	n, err := store.OpenComments(ctx, q, draft)
	if err == nil && n > 0 {
		return errOpenComments
	}
	return err
}

// Discard gives a draft up (放弃). What is in force stays; a successor that was planned by a split or merge is planned no more.
func (a *App) Discard(ctx context.Context, code string, revision int, note string) error {
	return a.move(ctx, code, revision, catalogue.ActDiscard, note, func(tx db.Tx, d *store.Draft) error {
		if err := store.DropLineage(ctx, tx, d.Code); err != nil {
			return err
		}
		return store.FreeBasic(ctx, tx, d.Code)
	})
}

// after is the draft as it stands now, for the answer.
func (a *App) after(ctx context.Context, code string, err error) (Draft, error) {
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, code)
}
