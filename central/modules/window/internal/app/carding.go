package app

import (
	"context"
	"slices"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// cardKinds are the papers of supervision by the level of the card.
var cardKinds = map[string]string{"reminder": KindCardNote, "yellow": KindCardYellow, "red": KindCardRed, "illegal": KindCardRed}

// CardPaper implements window.Supervising. The number is reserved and used up in the caller's transaction, which keeps the card too.
func (a *App) CardPaper(ctx context.Context, tx db.Tx, no string, c window.Card) (window.Document, error) {
	k, err := store.Get(ctx, tx, no)
	if err != nil {
		return window.Document{}, err
	}
	now := tx.Now().In(clock.Shanghai)
	if !c.ReplyBy.IsZero() {
		c.ReplyBy = c.ReplyBy.In(clock.Shanghai)
	}
	facts := PaperFacts{
		Kind: cardKinds[c.Level], CaseNo: no, Office: c.Office, Item: k.ItemName, On: a.today(), At: now, Clerk: "督办系统", Helpline: "12345", Card: &c,
	}
	n, err := a.reserveIn(ctx, tx, series(c.Mark, facts))
	if err != nil {
		return window.Document{}, err
	}
	if err := n.use(ctx, tx); err != nil {
		return window.Document{}, err
	}
	doc, err := a.issue(ctx, n, facts)
	if err != nil {
		return window.Document{}, err
	}
	return documentOf(doc), store.AddDocument(ctx, tx, doc)
}

// OpenCardPaper implements window.Supervising.
func (a *App) OpenCardPaper(ctx context.Context, id string) ([]byte, error) {
	var d store.Document
	err := a.DB.Do(ctx, func(tx db.Tx) error {
		var found bool
		var err error
		if d, found, err = store.FindDocument(ctx, tx, store.ByID, id); err != nil {
			return err
		}
		if !found || !slices.Contains(store.CardKinds, d.Kind) {
			return window.ErrNoSuchCase
		}
		return audit.Write(ctx, tx, audit.Record{Action: "window.look_paper", Object: d.CaseNo, Detail: map[string]string{"file": d.ID}})
	})
	if err != nil {
		return nil, err
	}
	return a.decrypt(ctx, store.File{ID: d.ID, Digest: d.Digest, KeySealed: d.KeySealed})
}
