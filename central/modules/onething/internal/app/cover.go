package app

import (
	"context"
	"slices"
	"strings"

	"tongban/central/modules/onething"
	"tongban/fleet/wire/matter"
)

// Detail is a theme as staff look at it (主题详情): every field of every official form with what fills it.
type Detail struct {
	Theme     onething.Theme         `json:"theme"`
	Members   []onething.Chosen      `json:"members"`
	Steps     [][]string             `json:"steps"` // when everything is needed
	Critical  matter.Limit           `json:"critical"`
	Papers    []onething.Paper       `json:"papers"` // of all members, whatever the answers
	Cover     []onething.Cover       `json:"cover"`
	Conflicts []matter.MergeConflict `json:"conflicts"`
	Fields    int                    `json:"fields"` // entries of all official forms
	Asked     int                    `json:"asked"`  // entries of the one form
}

// Detail works a theme out in full.
func (a *App) Detail(ctx context.Context, code string) (Detail, error) {
	t, err := a.Theme(ctx, code)
	if err != nil {
		return Detail{}, err
	}
	items, err := a.library(ctx)
	if err != nil {
		return Detail{}, err
	}
	d := Detail{Theme: t, Members: []onething.Chosen{}, Papers: []onething.Paper{}, Cover: []onething.Cover{}, Conflicts: []matter.MergeConflict{}}
	set := papers{same: t.Same, list: d.Papers}
	for _, m := range t.Items {
		it := items[m.Item]
		if it == nil {
			continue
		}
		d.Members = append(d.Members, onething.Chosen{Code: it.Code, Name: it.Name, Office: it.Office, Role: m.Role, Limit: it.Promise.Plain(it.Handling), Maybe: m.When != nil})
		all := []matter.Needed{}
		for _, p := range it.Materials {
			need := matter.Required
			if p.When != nil || p.Exempt != nil {
				need = matter.Undecided
			}
			all = append(all, matter.Needed{Material: p, Need: need})
		}
		set.add(it, all)
	}
	d.Papers = set.list
	d.Steps, d.Critical = order(present(t.Items, items), items)
	if a.Forms == nil {
		return d, nil
	}
	merged, err := a.Forms.Merge(ctx, formsOf(items, every(d.Members)))
	if err != nil {
		return Detail{}, err
	}
	d.Conflicts = append(d.Conflicts, merged.Conflicts...)
	for _, g := range merged.Form.Groups {
		d.Asked += len(g.Fields)
	}
	d.Cover = cover(t, items, merged)
	d.Fields = len(d.Cover)
	return d, nil
}

func present(members []onething.Member, items map[string]*matter.Item) []onething.Member {
	return slices.DeleteFunc(slices.Clone(members), func(m onething.Member) bool { return items[m.Item] == nil })
}

func every(chosen []onething.Chosen) []onething.Chosen {
	out := slices.Clone(chosen)
	for i := range out {
		out[i].Maybe = false
	}
	return out
}

// cover says of every field of every official form what fills it. A field that nothing fills has By "".
func cover(t onething.Theme, items map[string]*matter.Item, merged matter.Merged) []onething.Cover {
	from, shared := map[matter.Mapping]string{}, map[string]bool{}
	for name, places := range merged.Map {
		for _, p := range places {
			from[p] = name
		}
		shared[name] = len(places) > 1
	}
	out := []onething.Cover{}
	for _, m := range t.Items {
		it := items[m.Item]
		if it == nil {
			continue
		}
		for _, g := range it.Form.Groups {
			for _, f := range g.Fields {
				c := onething.Cover{Item: it.Code, Form: it.Form.ID, Field: f.Name, Label: f.Label, Element: f.Element}
				name := from[matter.Mapping{Form: it.Form.ID, Field: f.Name}]
				switch by := passedBy(m, f.Element); {
				case by != "":
					c.By, c.From = "passed", by
				case strings.HasPrefix(f.Source, "idcard."):
					c.By, c.From, c.Shared = "card", f.Source, shared[name]
				case name != "":
					c.By, c.From, c.Shared = "asked", name, shared[name]
				}
				out = append(out, c)
			}
		}
	}
	return out
}

func passedBy(m onething.Member, element string) string {
	if element == "" {
		return ""
	}
	for _, e := range m.After {
		if slices.Contains(e.Pass, element) {
			return e.Item
		}
	}
	return ""
}

// Table is theme, situation, item, material, department, a row each, as the office exports it (一件事清单).
func (a *App) Table(ctx context.Context) ([][]string, error) {
	themes, err := a.Themes(ctx)
	if err != nil {
		return nil, err
	}
	items, err := a.library(ctx)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"主题编码", "主题名称", "牵头部门", "情形", "事项编码", "事项名称", "申请材料", "实施部门", "承诺时限"}}
	for _, t := range themes {
		for _, m := range t.Items {
			it := items[m.Item]
			if it == nil {
				continue
			}
			names := []string{}
			for _, p := range it.Materials {
				names = append(names, p.Name)
			}
			if len(names) == 0 {
				names = []string{"不用材料"}
			}
			for _, name := range names {
				rows = append(rows, []string{t.Code, t.Name, t.Lead, said(t, m.When), it.Code, it.Name, name, it.Office, it.Promise.Plain(it.Handling)})
			}
		}
	}
	return rows, nil
}

// said puts a condition into words: 店里主要做什么？现做的饭菜.
func said(t onething.Theme, c *matter.Cond) string {
	switch {
	case c == nil:
		return "都要"
	case c.Not != nil:
		return "不是（" + said(t, c.Not) + "）"
	case len(c.All) > 0:
		return joined(t, c.All, "，并且")
	case len(c.Any) > 0:
		return joined(t, c.Any, "，或者")
	}
	for _, q := range t.Questions {
		if q.ID != c.Q {
			continue
		}
		labels := []string{}
		for _, o := range q.Options {
			if slices.Contains(c.Is, o.Value) {
				labels = append(labels, o.Label)
			}
		}
		return q.Text + strings.Join(labels, "、")
	}
	return ""
}

func joined(t onething.Theme, all []matter.Cond, by string) string {
	parts := []string{}
	for i := range all {
		parts = append(parts, said(t, &all[i]))
	}
	return strings.Join(parts, by)
}
