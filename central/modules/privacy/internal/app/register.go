package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	held "tongban/central/kernel/privacy"
)

// Register shows every class with its purpose, basis, retention, key and places.
func (a *App) Register(ctx context.Context) (Register, error) {
	keys, err := a.Held.Keys(ctx)
	if err != nil {
		return Register{}, err
	}
	holds, err := a.Held.Holds(ctx)
	if err != nil {
		return Register{}, err
	}
	open := map[string]int{}
	for _, h := range holds {
		if h.Lifted.IsZero() {
			open[h.Rule]++
		}
	}
	out := Register{Classes: []ClassRow{}}
	err = a.DB.View(ctx, func(q db.Query) error {
		days, err := a.Held.Days(ctx, q)
		if err != nil {
			return err
		}
		rules := map[string]held.Rule{}
		for _, r := range a.Held.Rules() {
			rules[r.Name] = r
		}
		for _, k := range keys.Classes {
			row := ClassRow{
				Name: k.Class.Name, Title: k.Class.Title, Label: k.Class.Level.String(), LabelTitle: k.Class.Level.Title(), Mask: k.Class.MaskSample(),
				Purpose: k.Class.Purpose, Basis: k.Class.Basis, Key: KeyBrief{Version: k.Active, Alg: "SM4-GCM"}, Holds: open[k.Class.Rule] + open[""],
			}
			row.Retention = retention(rules[k.Class.Rule], days)
			if row.Where, err = a.where(ctx, q, k.Class.Name, k.Active, row.Retention.Text); err != nil {
				return err
			}
			out.Classes = append(out.Classes, row)
			out.Counts.Columns += len(row.Where)
			out.Counts.Sealed += k.Sealed
		}
		out.Counts.Classes = len(out.Classes)
		return nil
	})
	return out, err
}

func retention(r held.Rule, days map[string]int) RetentionRow {
	if r.Name == "" {
		return RetentionRow{Text: "目前没有存放"}
	}
	return RetentionRow{Rule: r.Name, Days: days[r.Name], Text: fmt.Sprintf("%s：%s后%s", r.Title, length(days[r.Name]), r.What), Editable: r.Editable()}
}

// length says days as people do.
func length(days int) string {
	if days >= 730 {
		return fmt.Sprintf("%d 年", (days+100)/365)
	}
	return fmt.Sprintf("%d 天", days)
}

func (a *App) where(ctx context.Context, q db.Query, class string, version int, text string) ([]Where, error) {
	out := []Where{}
	for _, c := range a.Held.Columns() {
		if c.Class != class {
			continue
		}
		n, err := a.Held.Rows(ctx, q, c.Column, version)
		if err != nil {
			return nil, err
		}
		title := a.Titles[c.Module]
		if title == "" {
			title = c.Module
		}
		out = append(out, Where{Module: c.Module, ModuleTitle: title, Title: c.Title, Table: c.Table, Column: c.Column.Column, Rows: n, RetentionText: text})
	}
	return out, nil
}

// Keys shows the state of the keys.
func (a *App) Keys(ctx context.Context) (Keys, error) {
	s, err := a.Held.Keys(ctx)
	if err != nil {
		return Keys{}, err
	}
	out := Keys{
		Provider: s.Provider.Name, ProviderText: s.Provider.Title, Certified: s.Provider.Certified,
		KEK: KEK{ID: string(s.KEK.ID), CreatedAt: text(s.KEK.Made), Versions: s.KEKs}, Classes: []KeyRow{},
	}
	for _, c := range s.Classes {
		row := KeyRow{
			Class: c.Class.Name, Title: c.Class.Title, Alg: "SM4-GCM", ActiveVersion: c.Active, CreatedAt: text(c.Made),
			Versions: c.Versions, SealedRows: c.Sealed, BehindRows: c.Behind,
		}
		for _, p := range c.Columns {
			row.Reseal.Done += p.Done
			row.Reseal.Total += p.Total
			row.Reseal.Damaged += p.Damaged
			row.Reseal.Running = row.Reseal.Running || p.Running
		}
		out.Classes = append(out.Classes, row)
	}
	return out, nil
}

// Rotate gives one class, every class ("") or the key-encryption key ("kek") a new key.
func (a *App) Rotate(ctx context.Context, class, reason string) (Keys, error) {
	var err error
	if class == "kek" {
		_, err = a.Held.RotateKEK(ctx, reason)
	} else {
		err = a.Held.RotateClass(ctx, class, reason)
	}
	if err != nil {
		return Keys{}, err
	}
	return a.Keys(ctx)
}
