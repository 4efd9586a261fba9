package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/sharing"
	"tongban/central/modules/sharing/internal/store"
	"tongban/central/modules/window"
)

// Topics are what Follow wants.
func Topics() []string { return []string{window.TopicReceived} }

// Follow ties the consents of a registration to the case that it became, and says so on its timeline. From then on nothing is taken
// back here: what was handed in is withdrawn with the case.
func (a *App) Follow(ctx context.Context, tx db.Tx, e events.Event) error {
	var m window.Moved
	if err := e.Decode(&m); err != nil || m.Draft == "" {
		return err
	}
	list, err := store.OfDraft(ctx, tx, m.Draft)
	if err != nil {
		return err
	}
	for _, c := range list {
		act := sharing.ActReplace
		if c.State == sharing.Agreed {
			act = sharing.ActUse
		}
		to, err := sharing.Next(c.State, act)
		if err != nil {
			continue // ended before
		}
		c.State, c.CaseNo, c.EndedAt, c.OffersSealed = to, m.No, db.Ms(tx.Now()), ""
		if err := store.Put(ctx, tx, c); err != nil {
			return err
		}
		if to == sharing.Used {
			if err := a.tell(ctx, tx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *App) tell(ctx context.Context, tx db.Tx, c store.Code) error {
	list, err := store.Consents(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	var names []string
	for _, one := range list {
		if one.RevokedAt != 0 {
			continue
		}
		var what []Agreed
		if err := json.Unmarshal([]byte(one.What), &what); err != nil {
			return fmt.Errorf("decode consent: %w", err)
		}
		for _, w := range what {
			names = append(names, w.Paper+"（"+w.From+"）")
		}
	}
	return a.Cases.Note(ctx, tx, c.CaseNo, window.Note{Kind: "person", Title: "本人授权共享材料", Text: strings.Join(names, "；") + "。" + how, By: "申请人本人"})
}
