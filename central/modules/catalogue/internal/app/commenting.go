package app

import (
	"context"
	"errors"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/store"
)

// Comment says something of one element of a draft that is with the reviewers or approved (审核意见).
func (a *App) Comment(ctx context.Context, code, element, text string) (Draft, error) {
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		d, err := loadDraft(ctx, tx, code)
		if err != nil {
			return err
		}
		perm := catalogue.PermReview
		switch {
		case d.State == catalogue.Approved && actor.From(ctx).Can(catalogue.PermPublish):
			perm = catalogue.PermPublish
		case d.State != catalogue.Reviewing:
			return catalogue.ErrNotNow
		}
		if err := a.may(ctx, d, perm); err != nil {
			return err
		}
		who := tx.Actor()
		err = store.AddComment(ctx, tx, store.Comment{
			ID: ids.New(), Draft: d.ID, Element: element, Text: text, State: store.CommentOpen, ByID: who.ID, ByName: who.Name, At: db.Ms(tx.Now()),
		})
		if err != nil {
			return err
		}
		return a.toldDraft(ctx, tx, d, "catalogue.comment", "提出意见", a.titleOf(element)+"："+text)
	})
	return a.after(ctx, code, err)
}

// Answer replies to a comment (答复): an editor says what was done, a reviewer asks again.
func (a *App) Answer(ctx context.Context, code, id, text string) (Draft, error) {
	err := a.onComment(ctx, code, id, func(tx db.Tx, d store.Draft, c store.Comment) error {
		state := store.CommentAnswered
		if actor.From(ctx).ID == c.ByID {
			state = store.CommentOpen
		}
		err := store.AddAnswer(ctx, tx, store.Answer{ID: ids.New(), Comment: c.ID, Text: text, ByName: tx.Actor().Name, At: db.Ms(tx.Now())})
		if err != nil {
			return err
		}
		if err := store.MarkComment(ctx, tx, c.ID, state); err != nil {
			return err
		}
		return a.toldDraft(ctx, tx, d, "catalogue.answer", "答复意见", a.titleOf(c.Element)+"："+text)
	})
	return a.after(ctx, code, err)
}

// Resolve says that a comment is done with (解决): whoever may review or publish does, not whoever has to follow it.
func (a *App) Resolve(ctx context.Context, code, id string) (Draft, error) {
	err := a.onComment(ctx, code, id, func(tx db.Tx, d store.Draft, c store.Comment) error {
		who := actor.From(ctx)
		if !who.Can(catalogue.PermReview) && !(who.Can(catalogue.PermPublish) && who.ID == c.ByID) {
			return errs.E(errs.Forbidden, "auth.forbidden", "意见由审核员来解决，请先答复", nil)
		}
		if err := store.MarkComment(ctx, tx, c.ID, store.CommentResolved); err != nil {
			return err
		}
		return a.toldDraft(ctx, tx, d, "catalogue.resolve", "解决意见", a.titleOf(c.Element))
	})
	return a.after(ctx, code, err)
}

func (a *App) onComment(ctx context.Context, code, id string, do func(tx db.Tx, d store.Draft, c store.Comment) error) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		d, err := loadDraft(ctx, tx, code)
		if err != nil {
			return err
		}
		c, err := store.CommentOf(ctx, tx, d.ID, id)
		if errors.Is(err, store.ErrNoComment) {
			return errNoComment
		}
		if err != nil {
			return err
		}
		if c.State == store.CommentResolved {
			return catalogue.ErrNotNow
		}
		return do(tx, d, c)
	})
}
