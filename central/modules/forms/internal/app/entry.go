package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/privacy"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/store"
)

// classEntry is the field class of half-filled forms.
const classEntry = "form.draft"

// entryDays is how long a half-filled form is kept after it was last touched.
const entryDays = 7

var (
	errNoEntry   = errs.E(errs.NotFound, "forms.no_entry", "没有存过这份草稿，或者已经过期删掉了", nil)
	errEntrySize = errs.E(errs.TooLarge, "forms.entry_size", "填的内容太多，存不下", nil)
)

// entryID names a half-filled form by who fills it in; nothing of the person can be read from it.
func entryID(ctx context.Context, formID, key string) (id, owner string) {
	who := auth.Who(ctx)
	owner = string(who.Kind) + ":" + who.ID
	sum := sha256.Sum256([]byte(owner + "\n" + formID + "\n" + key))
	return hex.EncodeToString(sum[:]), owner
}

// SaveEntry keeps a half-filled form of whoever asks (填写草稿). It need not be right, only of bearable size.
func (a *App) SaveEntry(ctx context.Context, formID, key string, version int, values map[string]any) (forms.Carried, error) {
	if _, err := a.Design(ctx, formID, version); err != nil {
		return forms.Carried{}, err
	}
	body, err := json.Marshal(values)
	if err != nil {
		return forms.Carried{}, fmt.Errorf("encode entry: %w", err)
	}
	if len(body) > 64<<10 {
		return forms.Carried{}, errEntrySize
	}
	id, owner := entryID(ctx, formID, key)
	sealed, err := a.Vault.SealRow(classEntry, id, string(body))
	if err != nil {
		return forms.Carried{}, err
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		if err := store.PutEntry(ctx, tx, store.Entry{ID: id, Owner: owner, Form: formID, Version: version, Body: sealed}); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "forms.keep_entry", Object: formID})
	})
	if err != nil {
		return forms.Carried{}, err
	}
	return a.Carry(ctx, formID, version, values)
}

// Entry returns one's own half-filled form, brought to the version in force.
func (a *App) Entry(ctx context.Context, formID, key string) (forms.Carried, error) {
	id, _ := entryID(ctx, formID, key)
	var e store.Entry
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		e, err = store.GetEntry(ctx, q, id)
		return err
	})
	if errors.Is(err, store.ErrNone) {
		return forms.Carried{}, errNoEntry
	}
	if err != nil {
		return forms.Carried{}, err
	}
	body, err := a.Vault.OpenRow(classEntry, id, e.Body)
	if err != nil {
		return forms.Carried{}, fmt.Errorf("open entry: %w", err)
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(body), &values); err != nil {
		return forms.Carried{}, fmt.Errorf("decode entry: %w", err)
	}
	return a.Carry(ctx, formID, e.Version, values)
}

// DropEntry deletes one's own half-filled form.
func (a *App) DropEntry(ctx context.Context, formID, key string) error {
	id, _ := entryID(ctx, formID, key)
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := store.DropEntries(ctx, tx, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Record{Action: "forms.drop_entry", Object: formID})
	})
}

// Private says what the module holds of persons, and until when.
func (a *App) Private() privacy.Registration {
	return privacy.Registration{
		Columns: []privacy.Column{
			{Table: "forms_entry_draft", Title: "填写草稿", Column: "body_sealed", Class: classEntry, Key: []string{"id"}, Bound: true, At: "at"},
		},
		Rules: []privacy.Rule{{
			Name: "form-drafts", Title: "没有提交的填写草稿", What: "删除", Basis: "《个人信息保护法》第十九条：保存到实现目的所必要的最短时间", Days: entryDays,
			Due: func(ctx context.Context, q db.Query, before time.Time, after string, limit int) ([]string, error) {
				return store.OldEntries(ctx, q, db.Ms(before), after, limit)
			},
			Drop: func(ctx context.Context, tx db.Tx, ids []string) (int, error) {
				return store.DropEntries(ctx, tx, ids...)
			},
		}},
	}
}
