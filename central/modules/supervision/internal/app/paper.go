package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/rules"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// paper makes the numbered paper of a card (督办单, 黄牌, 红牌) in the transaction that issues it.
func (a *App) paper(ctx context.Context, tx db.Tx, by rules.Office, c store.Card, f window.Facts) (store.Paper, error) {
	names, err := a.Departments(ctx)
	if err != nil {
		return store.Paper{}, err
	}
	to := names[c.Department]
	if to == "" {
		to = orElse(f.Place, "综合窗口")
	}
	doc, err := a.Papers.CardPaper(ctx, tx, c.Case, window.Card{
		No: c.No, Level: string(c.Level), Office: by.Name, Mark: by.Mark, To: to, Handler: a.Name(ctx, c.Handler), Rule: c.Title, Words: c.Words, Why: c.Why,
		ReplyBy: c.ReplyDue, Clock: f.Clock.Text, Due: f.Due, Statutory: f.Statutory,
	})
	if err != nil {
		return store.Paper{}, fmt.Errorf("make paper of card %s: %w", c.No, err)
	}
	return store.Paper{ID: doc.ID, No: doc.No, Title: doc.Title, Code: doc.Code}, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Paper opens the paper of a card.
func (a *App) Paper(ctx context.Context, no string) ([]byte, error) {
	c, err := view(ctx, a.DB, func(q db.Query) (store.Card, error) { return store.GetCard(ctx, q, no) })
	if err != nil {
		return nil, err
	}
	if err := may(ctx, supervision.PermCards, c); err != nil {
		return nil, err
	}
	if c.Paper.ID == "" {
		return nil, supervision.ErrNoSuchCard
	}
	return a.Papers.OpenCardPaper(ctx, c.Paper.ID)
}
