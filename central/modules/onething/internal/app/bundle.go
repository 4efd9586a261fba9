package app

import (
	"context"
	"slices"
	"strings"

	"tongban/central/modules/onething"
	"tongban/fleet/wire/matter"
)

// asker is the theme as the guide knows items: a question changes something when it changes which items are needed. Each
// member stands as a material, which has the three values and the conditions already.
func asker(t onething.Theme) *matter.Item {
	it := &matter.Item{Questions: t.Questions}
	for _, m := range t.Items {
		it.Materials = append(it.Materials, matter.Material{Code: m.Item, When: m.When})
	}
	// A question that answers one of an item's matters even where no item hangs on it.
	for _, m := range t.Items {
		for _, g := range m.Given {
			if g.From == "" {
				continue
			}
			for _, o := range optionsOf(t, g.From) {
				it.Materials = append(it.Materials, matter.Material{Code: m.Item + "." + g.Question + "." + o,
					When: &matter.Cond{All: both(m.When, &matter.Cond{Q: g.From, Is: []string{o}})}})
			}
		}
	}
	return it
}

func both(a, b *matter.Cond) []matter.Cond {
	if a == nil {
		return []matter.Cond{*b}
	}
	return []matter.Cond{*a, *b}
}

func optionsOf(t onething.Theme, id string) []string {
	var out []string
	for _, q := range t.Questions {
		if q.ID == id {
			for _, o := range q.Options {
				out = append(out, o.Value)
			}
		}
	}
	return out
}

// Bundle implements onething.Service.
func (a *App) Bundle(ctx context.Context, code string, answers map[string]string) (onething.Bundle, error) {
	t, err := a.Theme(ctx, code)
	if err != nil {
		return onething.Bundle{}, err
	}
	items, err := a.library(ctx)
	if err != nil {
		return onething.Bundle{}, err
	}
	b := compute(t, items, answers)
	if a.Forms == nil || b.Stop != "" {
		return b, nil
	}
	if b.Form, err = a.Forms.Merge(ctx, formsOf(items, b.Items)); err != nil {
		return onething.Bundle{}, err
	}
	return b, nil
}

func formsOf(items map[string]*matter.Item, chosen []onething.Chosen) []string {
	ids := []string{}
	for _, c := range chosen {
		if it := items[c.Code]; !c.Maybe && it != nil && it.Form.ID != "" && !slices.Contains(ids, it.Form.ID) {
			ids = append(ids, it.Form.ID)
		}
	}
	return ids
}

// compute is Bundle without the form.
func compute(t onething.Theme, items map[string]*matter.Item, answers map[string]string) onething.Bundle {
	b := onething.Bundle{Items: []onething.Chosen{}, Steps: [][]string{}, Papers: []onething.Paper{}, Fees: []string{},
		Form: matter.Merged{Map: map[string][]matter.Mapping{}, Conflicts: []matter.MergeConflict{}}}
	guide := asker(t)
	q, _, _, settled, stop := matter.Next(guide, answers)
	if stop != "" {
		b.Stop = stop
		return b
	}
	if q != nil {
		b.Ask = &onething.Ask{ID: q.ID, Q: *q}
	}
	needed := map[string]string{}
	for _, n := range matter.Materials(guide, answers) {
		needed[n.Code] = n.Need
	}
	set := papers{same: t.Same}
	sure := []onething.Member{}
	for _, m := range t.Items {
		need, in := needed[m.Item]
		it := items[m.Item]
		if !in || it == nil {
			continue
		}
		maybe := need == matter.Undecided
		b.Items = append(b.Items, onething.Chosen{Code: it.Code, Name: it.Name, Office: it.Office, Role: m.Role, Limit: it.Promise.Plain(it.Handling), Maybe: maybe})
		if maybe {
			continue
		}
		sure = append(sure, m)
		if it.Fee != "" && it.Fee != "不收费" {
			b.Fees = append(b.Fees, it.Name+"："+it.Fee)
		}
		own := given(t, m, answers)
		next, _, _, done, halt := matter.Next(it, own)
		if settled && halt != "" && b.Stop == "" {
			b.Stop = it.Name + "：" + halt
		}
		if b.Ask == nil && next != nil {
			b.Ask = &onething.Ask{ID: it.Code + "." + next.ID, Item: it.Code, Q: *next}
		}
		settled = settled && done
		set.add(it, matter.Materials(it, own))
	}
	b.Papers = set.list
	b.Settled = settled && b.Ask == nil && b.Stop == ""
	b.Steps, b.Limit = order(sure, items)
	return b
}

// given is what an item's own questions are answered with: by the theme's answers first, then by what was asked under the
// item's name.
func given(t onething.Theme, m onething.Member, answers map[string]string) map[string]string {
	own := map[string]string{}
	for id, v := range answers {
		if q, ok := strings.CutPrefix(id, m.Item+"."); ok {
			own[q] = v
		}
	}
	kept := matter.Prune(asker(t), answers)
	for _, g := range m.Given {
		switch v, said := kept[g.From]; {
		case g.From == "":
			own[g.Question] = g.Value
		case said && g.Map == nil:
			own[g.Question] = v
		case said && g.Map[v] != "":
			own[g.Question] = g.Map[v]
		}
	}
	return own
}

// order puts items into steps by what they wait for, and adds up the longest way through, in working days. An edge from an
// item that this applicant does not need holds nobody up.
func order(members []onething.Member, items map[string]*matter.Item) ([][]string, matter.Limit) {
	steps := [][]string{}
	level, ends := map[string]int{}, map[string]int{}
	in := map[string]bool{}
	for _, m := range members {
		in[m.Item] = true
	}
	longest := 0
	for len(level) < len(members) {
		placed := 0
		for _, m := range members {
			if _, done := level[m.Item]; done {
				continue
			}
			at, from, waits := 0, 0, false
			for _, e := range m.After {
				if !in[e.Item] {
					continue
				}
				l, done := level[e.Item]
				if !done {
					waits = true
					break
				}
				at, from = max(at, l+1), max(from, ends[e.Item])
			}
			if waits {
				continue
			}
			level[m.Item], ends[m.Item] = at, from+workdays(items[m.Item].Promise)
			longest = max(longest, ends[m.Item])
			for len(steps) <= at {
				steps = append(steps, []string{})
			}
			steps[at] = append(steps[at], m.Item)
			placed++
		}
		if placed == 0 {
			break // a ring, which Lint does not let in
		}
	}
	return steps, matter.Limit{Days: longest, Unit: matter.Working}
}

// workdays makes limits comparable: natural days count five in seven, rounded up.
func workdays(l matter.Limit) int {
	if l.Unit == matter.Natural {
		return (l.Days*5 + 6) / 7
	}
	return l.Days
}
