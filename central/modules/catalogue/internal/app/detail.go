package app

import (
	"context"
	"errors"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/diff"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/store"
)

// Versions that are no numbers.
const (
	DraftVersion  = -1 // the open draft
	newestOrDraft = -2 // the open draft, or the newest version where there is none
)

// Detail is one item as offices see it (事项详情).
type Detail struct {
	Code       string               `json:"code"`
	Name       string               `json:"name"`
	TaskCode   string               `json:"task_code"`
	Office     string               `json:"office"`
	State      string               `json:"state" enum:"active,suspended,cancelled,planned"`
	StateText  string               `json:"state_text"`
	Reason     string               `json:"reason"`
	Since      string               `json:"since"`
	Current    *VersionRow          `json:"current,omitempty"`
	Next       *VersionRow          `json:"next,omitempty"`
	Versions   []VersionRow         `json:"versions"`
	Entry      catalogue.Entry      `json:"entry"`
	Draft      *Draft               `json:"draft,omitempty"`
	Acts       []string             `json:"acts"`
	Running    int                  `json:"running"`
	Lineage    []LineageRow         `json:"lineage"`
	Operations []OperationRow       `json:"operations"`
	Themes     []catalogue.ThemeUse `json:"themes"`
}

// VersionRow is one version of an item.
type VersionRow struct {
	Version     int    `json:"version"`
	State       string `json:"state" enum:"current,past,coming"`
	StateText   string `json:"state_text"`
	Effective   string `json:"effective"` // "" = since the catalogue was set up
	Until       string `json:"until"`     // last day, "" = no end known
	PublishedAt string `json:"published_at"`
	PublishedBy string `json:"published_by"`
	Note        string `json:"note"`
	Running     int    `json:"running"`
}

// LineageRow is one line from or to the item.
type LineageRow struct {
	Act    string `json:"act" enum:"split_into,split_from,merged_into,merged_from"`
	Text   string `json:"text"`
	Other  string `json:"other"`
	Name   string `json:"name"`
	At     string `json:"at"`
	Done   string `json:"done"` // day on which the old one ended, "" = not yet
	Reason string `json:"reason"`
}

// OperationRow is one adjustment.
type OperationRow struct {
	Kind    string `json:"kind"`
	Text    string `json:"text"`
	Reason  string `json:"reason"`
	From    string `json:"from"`
	At      string `json:"at"`
	By      string `json:"by"`
	Running int    `json:"running"`
}

// Detail returns one item with its versions, its open draft and what was done with it.
func (a *App) Detail(ctx context.Context, code string) (Detail, error) {
	books, err := a.books(ctx)
	if err != nil {
		return Detail{}, err
	}
	out := Detail{Code: code, Versions: []VersionRow{}, Acts: []string{}, Lineage: []LineageRow{}, Operations: []OperationRow{}, Themes: []catalogue.ThemeUse{}}
	var versions []store.Row
	var ops []store.Operation
	var lines []store.Lineage
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if versions, err = store.Versions(ctx, q, code); err != nil {
			return err
		}
		if ops, err = store.Operations(ctx, q, code); err != nil {
			return err
		}
		lines, err = store.Lineages(ctx, q, code)
		return err
	})
	if err != nil {
		return out, err
	}
	draft, err := a.Draft(ctx, code)
	switch {
	case err == nil:
		out.Draft = &draft
	case !errors.Is(err, errNoDraft):
		return out, err
	case len(versions) == 0:
		return out, unknown(code, 0)
	}
	running, err := a.Running(ctx, code)
	if err != nil {
		return out, err
	}
	out.Running = running.Total
	if a.Outside.Themes != nil {
		if themes, err := a.Outside.Themes(ctx, code); err != nil {
			return out, err
		} else if themes != nil {
			out.Themes = themes
		}
	}
	a.describe(ctx, &out, books.find(code))
	out.versions(versions, running, db.Ms(a.Clock.Now()))
	for i := len(ops) - 1; i >= 0; i-- {
		o := ops[i]
		out.Operations = append(out.Operations, OperationRow{
			Kind: string(o.Kind), Text: o.Kind.Text(), Reason: o.Reason, From: day(o.Effective), At: stamp(o.At), By: o.ByName, Running: o.Running,
		})
	}
	return out, a.lineage(ctx, &out, lines, books)
}

// describe says how the item stands and what the caller may do with it.
func (a *App) describe(ctx context.Context, out *Detail, rec *record) {
	who := actor.From(ctx)
	if rec == nil {
		out.State, out.StateText = "planned", "还没有发布"
		if out.Draft != nil {
			out.Entry = out.Draft.Entry
		}
		out.Name, out.TaskCode, out.Office = out.Entry.Name, out.Entry.TaskCode, out.Entry.Office
		return
	}
	out.Entry, out.Name, out.TaskCode, out.Office = rec.Entry, rec.Name, rec.TaskCode, rec.Office
	out.State, out.StateText = rec.state()
	if rec.standing.since > 0 {
		out.Reason, out.Since = rec.standing.reason, day(rec.standing.since)
	}
	if out.Draft == nil && who.Can(catalogue.PermEdit) {
		out.Acts = append(out.Acts, "draft")
	}
	if who.Can(catalogue.PermPublish) {
		is := rec.standing.is
		if is == "" {
			is = catalogue.Active
		}
		for _, op := range catalogue.Turns(is) {
			out.Acts = append(out.Acts, string(op))
		}
	}
}

// versions lists them newest first, each with the last day on which it counts.
func (d *Detail) versions(rows []store.Row, running catalogue.Running, now int64) {
	until := ""
	seen := false
	for _, r := range rows {
		v := VersionRow{
			Version: r.Version, Effective: dayOr(r.Effective), Until: until, PublishedAt: stamp(r.Published), PublishedBy: r.ByName, Note: r.Note,
			Running: running.Versions[r.Version], State: "past", StateText: "已被替代",
		}
		switch {
		case r.Effective > now:
			v.State, v.StateText = "coming", v.Effective+"生效"
			d.Next = &v
		case !seen:
			seen, v.State, v.StateText = true, "current", "现行"
			d.Current = &v
		}
		d.Versions = append(d.Versions, v)
		until = ""
		if r.Effective > 0 {
			until = day(r.Effective - 1)
		}
	}
}

func (a *App) lineage(ctx context.Context, d *Detail, lines []store.Lineage, books *ledger) error {
	for _, l := range lines {
		row := LineageRow{At: stamp(l.At), Done: dayOr(l.Done), Reason: l.Reason}
		split := l.Kind == catalogue.OpSplit
		switch {
		case l.From == d.Code && split:
			row.Act, row.Text, row.Other = "split_into", "拆分出", l.To
		case l.From == d.Code:
			row.Act, row.Text, row.Other = "merged_into", "并入", l.To
		case split:
			row.Act, row.Text, row.Other = "split_from", "拆分自", l.From
		default:
			row.Act, row.Text, row.Other = "merged_from", "合并自", l.From
		}
		if rec := books.find(row.Other); rec != nil {
			row.Name = rec.Name
		} else if e, err := a.entryAt(ctx, row.Other, newestOrDraft); err == nil {
			row.Name = e.Name
		}
		d.Lineage = append(d.Lineage, row)
	}
	return nil
}

// entryAt returns the whole entry of a version, of the one in force (0), or of the open draft.
func (a *App) entryAt(ctx context.Context, code string, version int) (catalogue.Entry, error) {
	var e catalogue.Entry
	err := a.DB.View(ctx, func(q db.Query) error {
		if version < 0 {
			d, err := store.OpenDraft(ctx, q, code)
			if err == nil {
				e, err = draftEntry(d)
				return err
			}
			if !errors.Is(err, store.ErrNoDraft) {
				return err
			}
			if version == DraftVersion {
				return errNoDraft
			}
			version = 0
			if head, err := store.HeadOf(ctx, q, code); err == nil {
				version = head.Version
			}
		}
		row, err := store.Get(ctx, q, code, version, db.Ms(a.Clock.Now()))
		if errors.Is(err, store.ErrNone) {
			return unknown(code, version)
		}
		if err != nil {
			return err
		}
		e, err = entryOf(row)
		return err
	})
	return e, err
}

// EntryAt returns the whole entry of a version.
func (a *App) EntryAt(ctx context.Context, code string, version int) (catalogue.Entry, error) {
	return a.entryAt(ctx, code, version)
}

func (a *App) compare(before, after *catalogue.Entry) ([]diff.Change, error) {
	table, err := elements.Shipped()
	if err != nil {
		return nil, err
	}
	return diff.Compare(table, before, after), nil
}

func stamp(ms int64) string {
	if ms == 0 {
		return ""
	}
	return db.FromMs(ms).In(clock.Shanghai).Format(time.RFC3339)
}
