package app

import (
	"context"
	"errors"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/store"
)

// BasicList is a page of the basic list (基本目录).
type BasicList struct {
	Total   int        `json:"total"`
	Open    int        `json:"open"`
	Claimed int        `json:"claimed"`
	Rows    []BasicRow `json:"rows"`
}

// BasicRow is one entry of it.
type BasicRow struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Type      string `json:"type"`
	TypeText  string `json:"type_text"`
	LevelText string `json:"level_text"`
	State     string `json:"state" enum:"open,claimed"`
	StateText string `json:"state_text"`
	ClaimedBy string `json:"claimed_by"`
	Item      string `json:"item"`
}

// maxBasic bounds a page.
const maxBasic = 100

// Basic lists the basic list: what may be claimed, and what was.
func (a *App) Basic(ctx context.Context, q, state string) (BasicList, error) {
	var rows []store.Basic
	err := a.DB.View(ctx, func(db db.Query) (err error) {
		rows, err = store.Basics(ctx, db)
		return err
	})
	if err != nil {
		return BasicList{}, err
	}
	table, err := elements.Shipped()
	if err != nil {
		return BasicList{}, err
	}
	title := func(list, value string) string {
		for _, c := range table.Codes[list] {
			if c.Value == value {
				return c.Title
			}
		}
		return value
	}
	out := BasicList{Rows: []BasicRow{}}
	q = strings.ToLower(strings.TrimSpace(q))
	for _, b := range rows {
		if b.State == store.BasicOpen {
			out.Open++
		} else {
			out.Claimed++
		}
		if state != "" && state != b.State || q != "" && !strings.Contains(b.Name+"\n"+b.Code, q) {
			continue
		}
		out.Total++
		if len(out.Rows) == maxBasic {
			continue
		}
		text := map[string]string{store.BasicOpen: "可认领", store.BasicClaimed: "已认领"}[b.State]
		out.Rows = append(out.Rows, BasicRow{
			Code: b.Code, Name: b.Name, Type: b.Type, TypeText: title("task_type", b.Type), LevelText: title("use_level", b.Level), State: b.State, StateText: text,
			ClaimedBy: b.ClaimedBy, Item: b.Item,
		})
	}
	return out, nil
}

// Claim makes a draft in state 待编制 of an entry of the basic list (认领).
func (a *App) Claim(ctx context.Context, code, office, officeCode string) (Draft, error) {
	books, err := a.books(ctx)
	if err != nil {
		return Draft{}, err
	}
	var b store.Basic
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		b, err = store.BasicOf(ctx, q, code)
		return err
	})
	if errors.Is(err, store.ErrNone) {
		return Draft{}, errNoBasic
	}
	if err != nil {
		return Draft{}, err
	}
	if b.State != store.BasicOpen {
		return Draft{}, errClaimed
	}
	if office == "" {
		office = actor.From(ctx).Department
	}
	e := blank(NewItem{Name: b.Name, Code: freeCode(books, b.Name), Office: office, OfficeCode: officeCode, CatalogCode: b.Code, TaskType: b.Type, UseLevel: b.Level})
	d, err := a.begin(ctx, Start{Code: e.Code, Kind: "claim", Entry: &e, Reason: "认领基本目录" + b.Code})
	if err != nil {
		return Draft{}, err
	}
	if err := a.within(ctx, d); err != nil {
		return Draft{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		free, err := store.ClaimBasic(ctx, tx, b.Code, e.Code, tx.Actor().Name)
		if err != nil {
			return err
		}
		if !free {
			return errClaimed
		}
		if err := audit.Write(ctx, tx, audit.Record{Action: "catalogue.claim", Object: b.Code, Detail: map[string]string{"item": e.Code}}); err != nil {
			return err
		}
		return a.open(ctx, tx, d)
	})
	if err != nil {
		return Draft{}, err
	}
	return a.Draft(ctx, e.Code)
}
