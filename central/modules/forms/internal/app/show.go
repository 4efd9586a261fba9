package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/design"
	"tongban/central/modules/forms/internal/store"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// FormRow is one form of the list.
type FormRow struct {
	ID      string     `json:"id"`
	Title   string     `json:"title"`
	Version int        `json:"version" doc:"0 = 没有发布过"`
	At      *time.Time `json:"at,omitempty" doc:"发布时间"`
	By      string     `json:"by,omitempty"`
	Fields  int        `json:"fields"`
	Pages   int        `json:"pages"`
	Drawn   bool       `json:"drawn" doc:"纸面由人画过；否则是自动排的"`
	Sample  []string   `json:"sample" nullable:"false"`
	Draft   *DraftInfo `json:"draft,omitempty"`
}

// List is the forms that q leads to.
type List struct {
	Forms []FormRow `json:"forms" nullable:"false"`
	Total int       `json:"total" doc:"全部有几张"`
}

// List returns the forms whose title, id or initials hold q.
func (a *App) List(ctx context.Context, q string) (List, error) {
	var heads []store.Head
	var versions []store.Version
	var drafts []store.Draft
	err := a.DB.View(ctx, func(query db.Query) (err error) {
		if heads, err = store.Heads(ctx, query); err != nil {
			return err
		}
		if versions, err = store.Current(ctx, query); err != nil {
			return err
		}
		drafts, err = store.Drafts(ctx, query)
		return err
	})
	if err != nil {
		return List{}, err
	}
	current := map[string]store.Version{}
	for _, v := range versions {
		current[v.ID] = v
	}
	open := map[string]store.Draft{}
	for _, d := range drafts {
		open[d.ID] = d
	}
	out := List{Forms: []FormRow{}, Total: len(heads)}
	q = strings.ToLower(strings.TrimSpace(q))
	for _, h := range heads {
		if !strings.Contains(h.Title, q) && !strings.Contains(h.ID, q) && !strings.Contains(design.Initials(h.Title), q) {
			continue
		}
		row, err := a.row(h, current[h.ID], open[h.ID])
		if err != nil {
			return List{}, err
		}
		out.Forms = append(out.Forms, row)
	}
	return out, nil
}

func (a *App) row(h store.Head, v store.Version, draft store.Draft) (FormRow, error) {
	row := FormRow{ID: h.ID, Title: h.Title, Version: h.Version, Sample: []string{}}
	var d forms.Design
	var err error
	if v.Version > 0 {
		if d, err = a.remember(v); err != nil {
			return row, err
		}
		at := db.FromMs(v.Published)
		row.At, row.By, row.Drawn = &at, v.ByName, v.Drawn
	}
	if draft.Rev > 0 {
		i := info(draft)
		row.Draft = &i
		if v.Version == 0 {
			if err := json.Unmarshal([]byte(draft.Body), &d); err != nil {
				return row, fmt.Errorf("decode draft: %w", err)
			}
			row.Title, row.Drawn = d.Title, true
		}
	}
	for _, g := range d.Screens {
		row.Fields += len(g.Fields)
	}
	row.Pages = d.Paper.Pages
	if d.Sample != nil {
		row.Sample = d.Sample
	}
	return row, nil
}

// VersionRow is one version that was in force.
type VersionRow struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Words   []string  `json:"words" nullable:"false" doc:"和上一版比改了什么"`
}

// Shown is one form with its history.
type Shown struct {
	Design   forms.Design `json:"design"`
	Versions []VersionRow `json:"versions" nullable:"false"`
	Draft    *DraftInfo   `json:"draft,omitempty"`
}

// Show returns a version with the form's history; of a form never published, its draft.
func (a *App) Show(ctx context.Context, id string, version int) (Shown, error) {
	var versions []store.Version
	var draft store.Draft
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if versions, err = store.Versions(ctx, q, id); err != nil {
			return err
		}
		draft, err = store.GetDraft(ctx, q, id)
		if errors.Is(err, store.ErrNone) {
			return nil
		}
		return err
	})
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Versions: []VersionRow{}}
	if draft.Rev > 0 {
		i := info(draft)
		out.Draft = &i
	}
	for _, v := range versions {
		var words []string
		if err := json.Unmarshal([]byte(v.Words), &words); err != nil {
			return Shown{}, fmt.Errorf("decode changes: %w", err)
		}
		out.Versions = append(out.Versions, VersionRow{Version: v.Version, At: db.FromMs(v.Published), By: v.ByName, Words: words})
	}
	switch {
	case len(versions) > 0:
		out.Design, err = a.Design(ctx, id, version)
		return out, err
	case draft.Rev > 0 && version == 0:
		return out, json.Unmarshal([]byte(draft.Body), &out.Design)
	}
	return Shown{}, ErrUnknown
}

// Diff tells what changed between two versions; from 0 is the one in force, to 0 the draft.
func (a *App) Diff(ctx context.Context, id string, from, to int) ([]design.Change, error) {
	was, err := a.Design(ctx, id, from)
	if err != nil {
		return nil, err
	}
	if to > 0 {
		now, err := a.Design(ctx, id, to)
		if err != nil {
			return nil, err
		}
		return design.Diff(was, now), nil
	}
	d, err := a.Draft(ctx, id)
	if err != nil {
		return nil, err
	}
	return design.Diff(was, d.Design), nil
}

// Verify says what is wrong with a design, and returns it as it would be published.
func (a *App) Verify(d forms.Design) ([]forms.Fault, forms.Design) {
	faults := design.Verify(d, a.seed.Library)
	if settled, err := design.Settle(d); err == nil {
		d = settled
	}
	return faults, d
}

// Try checks values against a design that need not be saved.
func (a *App) Try(d forms.Design, values map[string]any, only []string) []form.FieldError {
	if settled, err := design.Settle(d); err == nil {
		d = settled
	}
	d.Version = 0
	return form.Check(d.Form(), values, only)
}

// Check checks values against a published version.
func (a *App) Check(ctx context.Context, id string, version int, values map[string]any, only []string) ([]form.FieldError, error) {
	d, err := a.Design(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return form.Check(d.Form(), values, only), nil
}

// Carry brings values of an older version to the one in force.
func (a *App) Carry(ctx context.Context, id string, version int, values map[string]any) (forms.Carried, error) {
	now, err := a.Design(ctx, id, 0)
	if err != nil {
		return forms.Carried{}, err
	}
	was, err := a.Design(ctx, id, version)
	if err != nil && errs.CodeOf(err) != forms.CodeUnknownForm {
		return forms.Carried{}, err
	}
	return design.Carry(was, now, values), nil
}

// Draw lays a paper out for what the screens ask.
func (a *App) Draw(d forms.Design) forms.Paper { return design.Draw(d) }

// ElementRow is a data element with how many forms use it.
type ElementRow struct {
	forms.Element
	Uses int `json:"uses"`
}

// ElementList is the elements that q leads to.
type ElementList struct {
	Elements []ElementRow `json:"elements" nullable:"false"`
	Groups   []string     `json:"groups" nullable:"false"`
	Total    int          `json:"total"`
}

// Use is one place where an element is used.
type Use struct {
	Form    string `json:"form"`
	Title   string `json:"title"`
	Version int    `json:"version"`
	Field   string `json:"field"`
	Label   string `json:"label"`
}

// uses lists where each element is used by the versions in force.
func (a *App) uses(ctx context.Context) (map[string][]Use, error) {
	all, err := a.Published(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]Use{}
	for _, d := range all {
		for _, g := range d.Screens {
			for _, f := range g.Fields {
				note := func(f matter.Field, path string) {
					if f.Element != "" {
						out[f.Element] = append(out[f.Element], Use{d.ID, d.Title, d.Version, path, f.Label})
					}
				}
				note(f, f.Name)
				for _, c := range f.Columns {
					note(c, f.Name+"/"+c.Name)
				}
			}
		}
	}
	return out, nil
}

// SearchElements finds elements by id, name or initials.
func (a *App) SearchElements(ctx context.Context, q, group string) (ElementList, error) {
	uses, err := a.uses(ctx)
	if err != nil {
		return ElementList{}, err
	}
	out := ElementList{Elements: []ElementRow{}, Groups: a.seed.Library.Groups(), Total: len(a.seed.Library.All)}
	for _, e := range a.seed.Library.Search(q, group) {
		out.Elements = append(out.Elements, ElementRow{e, len(uses[e.ID])})
	}
	return out, nil
}

// Element returns one element and where it is used.
func (a *App) Element(ctx context.Context, id string) (forms.Element, []Use, error) {
	e, ok := a.seed.Library.Find(id)
	if !ok {
		return e, nil, errs.E(errs.NotFound, "forms.no_such_element", "没有这个数据元", nil)
	}
	uses, err := a.uses(ctx)
	if err != nil {
		return e, nil, err
	}
	places := uses[id]
	if places == nil {
		places = []Use{}
	}
	return e, places, nil
}
