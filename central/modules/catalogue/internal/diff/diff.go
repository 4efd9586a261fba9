// Package diff says in Chinese words what differs between two versions of an item (版本差异): element by element by the element
// table, and row by row of materials, situations, points and steps.
package diff

import (
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/fleet/wire/matter"
)

// Kinds of change.
const (
	Changed = "changed"
	Added   = "added"
	Removed = "removed"
)

// Change is one difference. Element is a name of the element table, or the place of a row such as materials/hukou.
type Change struct {
	Element string `json:"element"`
	Title   string `json:"title"`
	Group   string `json:"group"`
	Path    string `json:"path"`
	Kind    string `json:"kind" enum:"changed,added,removed"`
	Before  string `json:"before"`
	After   string `json:"after"`
	Words   string `json:"words"`
}

// Compare returns what b says differently from a, in the order of the element table; never nil. Nothing compares with a new item:
// a is the zero Entry then.
func Compare(t *elements.Table, a, b *catalogue.Entry) []Change {
	d := &differ{t: t, a: a, b: b, out: []Change{}}
	for _, e := range t.Elements {
		d.element(e)
	}
	for _, s := range t.Tables {
		if s.Name == "situations" {
			d.situations()
			continue
		}
		d.table(s)
	}
	d.form()
	d.signers()
	return d.out
}

type differ struct {
	t    *elements.Table
	a, b *catalogue.Entry
	out  []Change
}

func (d *differ) say(c Change) { d.out = append(d.out, c) }

// limits are two elements that people read as one: 3个工作日.
var limits = map[string]struct {
	title string
	of    func(*catalogue.Entry) matter.Limit
}{
	"ANTICIPATE_DAY": {"法定时限", func(e *catalogue.Entry) matter.Limit { return e.Statutory }},
	"PROMISE_DAY":    {"承诺时限", func(e *catalogue.Entry) matter.Limit { return e.Promise }},
}

func (d *differ) element(e elements.Element) {
	if e.Derived || e.Name == "ANTICIPATE_TYPE" || e.Name == "PROMISE_TYPE" {
		return
	}
	if l, ok := limits[e.Name]; ok {
		if was, is := l.of(d.a), l.of(d.b); was != is {
			d.value(e, l.title, LimitText(was), LimitText(is))
		}
		return
	}
	if e.Get(d.a) != e.Get(d.b) {
		d.value(e, e.Title, e.Words(d.a), e.Words(d.b))
	}
}

func (d *differ) value(e elements.Element, title, was, is string) {
	c := Change{Element: e.Name, Title: e.Title, Group: e.Group, Path: e.Path, Kind: Changed, Before: was, After: is}
	c.Words = title + "：" + arrow(was, is)
	switch {
	case was == "":
		c.Kind, c.Words = Added, title+"：填上“"+short(is)+"”"
	case is == "":
		c.Kind, c.Words = Removed, title+"：“"+short(was)+"”去掉了"
	case e.Kind == elements.List || e.Kind == elements.Laws || e.Kind == elements.Paras:
		c.Words = title + "：" + lines(was, is)
	}
	d.say(c)
}

// LimitText is a limit in words.
func LimitText(l matter.Limit) string {
	if l == (matter.Limit{}) {
		return ""
	}
	return l.String()
}

func arrow(was, is string) string { return short(was) + " → " + short(is) }

// lines says which lines of a list came and went.
func lines(was, is string) string {
	before, after := strings.Split(was, "\n"), strings.Split(is, "\n")
	var parts []string
	for _, l := range missing(after, before) {
		parts = append(parts, "新增“"+short(l)+"”")
	}
	for _, l := range missing(before, after) {
		parts = append(parts, "去掉“"+short(l)+"”")
	}
	if len(parts) == 0 {
		return "顺序调整了"
	}
	return strings.Join(parts, "，")
}

// missing returns what of list is not in other.
func missing(list, other []string) []string {
	has := map[string]bool{}
	for _, l := range other {
		has[l] = true
	}
	var out []string
	for _, l := range list {
		if !has[l] {
			out = append(out, l)
		}
	}
	return out
}

// short keeps a sentence readable where a value is long.
func short(s string) string {
	s = strings.ReplaceAll(s, "\n", "；")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
