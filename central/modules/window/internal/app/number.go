package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/ids"
	"tongban/central/modules/window/internal/store"
)

// ErrPaperNumber means that drawing took longer than a number is kept for.
var ErrPaperNumber = errs.E(errs.Unavailable, "window.paper_number", "文书没有及时做好，文书号已经给了别人，请再按一次", nil)

// errDrawn ends a paper that somebody else drew meanwhile.
var errDrawn = errors.New("paper is there already")

// numberKept is how long a number waits for its paper. Whoever dies while drawing leaves it to the next one after that.
const numberKept = 2 * time.Minute

// number is one that is set aside for a paper (文书号), 绵涪审民受〔2026〕151号.
type number struct {
	series, token string
	n             int64
}

func (n number) String() string { return fmt.Sprintf("%s%d号", n.series, n.n) }

// series is what the papers of one office, kind and year are counted in.
func series(mark string, facts PaperFacts) string {
	return mark + sorts[facts.Kind].mark + "〔" + facts.On.String()[:4] + "〕"
}

func (a *App) reserveIn(ctx context.Context, tx db.Side, series string) (n number, err error) {
	n = number{series: series, token: ids.New()}
	n.n, err = store.Reserve(ctx, tx, series, n.token, db.Ms(tx.Now().Add(numberKept)))
	return n, err
}

func (a *App) reserve(ctx context.Context, series string) (n number, err error) {
	err = a.DB.Aside(ctx, func(tx db.Side) (err error) {
		n, err = a.reserveIn(ctx, tx, series)
		return err
	})
	return n, err
}

// use puts the number on its paper for good, in the transaction that keeps the paper.
func (n number) use(ctx context.Context, tx db.Tx) error {
	if kept, err := store.Use(ctx, tx, n.series, n.n, n.token); err != nil {
		return err
	} else if !kept {
		return ErrPaperNumber
	}
	return nil
}

// giveBack leaves the number to the next paper, also when the caller is gone. Where that fails it lapses.
func (a *App) giveBack(ctx context.Context, n number) {
	ctx = context.WithoutCancel(ctx)
	err := a.DB.Aside(ctx, func(tx db.Side) error { return store.GiveBack(ctx, tx, n.series, n.n, n.token) })
	if err != nil {
		a.Log.WarnContext(ctx, "number of a paper could not be given back and lapses", "number", n.String(), "cause", err.Error())
	}
}

// numbered draws a paper with the next number of its series and keeps both with keep's transaction, or neither. The drawing itself is
// outside of it, so that it never holds up other writers.
func (a *App) numbered(ctx context.Context, mark string, facts PaperFacts, keep func(tx db.Tx, doc store.Document) error) (store.Document, error) {
	n, err := a.reserve(ctx, series(mark, facts))
	if err != nil {
		return store.Document{}, err
	}
	doc, err := a.issue(ctx, n, facts)
	if err == nil {
		err = a.DB.Do(ctx, func(tx db.Tx) error {
			if err := n.use(ctx, tx); err != nil {
				return err
			}
			if err := store.AddDocument(ctx, tx, doc); err != nil {
				return err
			}
			return keep(tx, doc)
		})
	}
	if err != nil {
		a.giveBack(ctx, n)
		return store.Document{}, err
	}
	return doc, nil
}

// othersHeld are the other papers of doc's case, and nobody adds one before the transaction ends who asks in the same way.
func othersHeld(ctx context.Context, tx db.Tx, doc store.Document) ([]store.Document, error) {
	if err := store.Hold(ctx, tx, doc.CaseNo); err != nil {
		return nil, err
	}
	docs, err := store.Documents(ctx, tx, doc.CaseNo)
	return slices.DeleteFunc(docs, func(d store.Document) bool { return d.ID == doc.ID }), err
}
