package diff

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/fleet/wire/matter"
)

// Cond writes a condition as a person says it: “店面是租的还是自己的”答“租的”.
func Cond(en *catalogue.Entry, c *matter.Cond) string {
	if c == nil {
		return "总是"
	}
	every := func(parts []matter.Cond) []string {
		out := make([]string, len(parts))
		for i := range parts {
			out[i] = Cond(en, &parts[i])
		}
		return out
	}
	switch {
	case len(c.All) > 0:
		return join(every(c.All), "并且")
	case len(c.Any) > 0:
		return join(every(c.Any), "或者")
	case c.Not != nil:
		return "不是（" + Cond(en, c.Not) + "）"
	}
	text, labels := c.Q, slices.Clone(c.Is)
	for _, q := range en.Questions {
		if q.ID != c.Q {
			continue
		}
		text = q.Text
		for i, v := range labels {
			if o := slices.IndexFunc(q.Options, func(o matter.Option) bool { return o.Value == v }); o >= 0 {
				labels[i] = q.Options[o].Label
			}
		}
	}
	return "“" + text + "”答“" + strings.Join(labels, "”或“") + "”"
}

func (d *differ) situation(id, kind, title, was, is, words string) {
	d.say(Change{Element: "situations/" + id, Title: title, Group: "situation", Path: "situations/" + id, Kind: kind, Before: was, After: is, Words: words})
}

// situations compares the questions and their options.
func (d *differ) situations() {
	find := func(list []matter.Question, id string) *matter.Question {
		if i := slices.IndexFunc(list, func(q matter.Question) bool { return q.ID == id }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	var before, after []string
	for i := range d.b.Questions {
		q := &d.b.Questions[i]
		after = append(after, q.ID)
		if old := find(d.a.Questions, q.ID); old != nil {
			d.question(old, q)
			continue
		}
		d.situation(q.ID, Added, "情形“"+short(q.Text)+"”", "", q.Text, "新增情形“"+short(q.Text)+"”："+options(q))
	}
	for i := range d.a.Questions {
		q := &d.a.Questions[i]
		before = append(before, q.ID)
		if find(d.b.Questions, q.ID) == nil {
			d.situation(q.ID, Removed, "情形“"+short(q.Text)+"”", q.Text, "", "情形“"+short(q.Text)+"”不再问")
		}
	}
	if d.reordered(before, after) {
		d.say(Change{Element: "situations", Title: "情形", Group: "situation", Path: "situations", Kind: Changed, Words: "情形的顺序调整了"})
	}
}

func options(q *matter.Question) string {
	var out []string
	for _, o := range q.Options {
		out = append(out, o.Label)
	}
	return strings.Join(out, "、")
}

func (d *differ) question(was, is *matter.Question) {
	title := "情形“" + short(is.Text) + "”"
	one := func(what, a, b string) {
		switch {
		case a == b:
		case a == "":
			d.situation(is.ID, Changed, title+what, a, b, title+"的"+what+"：填上“"+short(b)+"”")
		case b == "":
			d.situation(is.ID, Changed, title+what, a, b, title+"的"+what+"：“"+short(a)+"”去掉了")
		default:
			d.situation(is.ID, Changed, title+what, a, b, title+"的"+what+"："+arrow(a, b))
		}
	}
	one("问法", was.Text, is.Text)
	one("为什么问", was.Why, is.Why)
	one("依据", was.Law, is.Law)
	if elements.CondText(was.When) != elements.CondText(is.When) {
		one("什么时候问", Cond(d.a, was.When), Cond(d.b, is.When))
	}
	for _, o := range is.Options {
		i := slices.IndexFunc(was.Options, func(old matter.Option) bool { return old.Value == o.Value })
		if i < 0 {
			d.situation(is.ID, Added, title+"选项", "", o.Label, title+"新增选项“"+short(o.Label)+"”")
			continue
		}
		old := was.Options[i]
		one("选项", old.Label, o.Label)
		one("选项“"+short(o.Label)+"”的说明", old.Hint, o.Hint)
		one("选项“"+short(o.Label)+"”到此为止的话", old.Stop, o.Stop)
	}
	for _, o := range was.Options {
		if !slices.ContainsFunc(is.Options, func(n matter.Option) bool { return n.Value == o.Value }) {
			d.situation(is.ID, Removed, title+"选项", o.Label, "", title+"去掉选项“"+short(o.Label)+"”")
		}
	}
}

// form compares the forms by their fields; how they look on paper is the forms' own business.
func (d *differ) form() {
	say := func(kind, was, is, words string) {
		d.say(Change{Element: "form", Title: "表单", Group: "show", Path: "form", Kind: kind, Before: was, After: is, Words: words})
	}
	labels := func(f matter.Form) (names []string, label map[string]string) {
		label = map[string]string{}
		for _, g := range f.Groups {
			for _, x := range g.Fields {
				names, label[x.Name] = append(names, x.Name), x.Label
			}
		}
		return names, label
	}
	a, b := d.a.Form, d.b.Form
	was, wasLabel := labels(a)
	is, isLabel := labels(b)
	n := len(d.out)
	for _, f := range missing(is, was) {
		say(Added, "", isLabel[f], "表单新增“"+short(isLabel[f])+"”")
	}
	for _, f := range missing(was, is) {
		say(Removed, wasLabel[f], "", "表单去掉“"+short(wasLabel[f])+"”")
	}
	a.Version, b.Version = 0, 0
	if len(d.out) == n && !same(a, b) {
		say(Changed, a.Title, b.Title, "表单“"+b.Title+"”的内容改了")
	}
	if !same(d.a.Inventory, d.b.Inventory) {
		d.say(Change{Element: "form", Title: "个人信息清单", Group: "show", Path: "inventory", Kind: Changed, Words: "个人信息清单改了"})
	}
}

func (d *differ) signers() {
	role := func(list []matter.Signer, role string) *matter.Signer {
		if i := slices.IndexFunc(list, func(s matter.Signer) bool { return s.Role == role }); i >= 0 {
			return &list[i]
		}
		return nil
	}
	say := func(s *matter.Signer, kind, words string) {
		d.say(Change{Element: "signers/" + s.Role, Title: "签名人“" + s.Label + "”", Group: "show", Path: "signers/" + s.Role, Kind: kind, Words: words})
	}
	for i := range d.b.Signers {
		s := &d.b.Signers[i]
		switch old := role(d.a.Signers, s.Role); {
		case old == nil:
			say(s, Added, "新增签名人“"+s.Label+"”")
		case !same(*old, *s):
			say(s, Changed, "签名人“"+s.Label+"”的内容改了")
		}
	}
	for i := range d.a.Signers {
		if s := &d.a.Signers[i]; role(d.b.Signers, s.Role) == nil {
			say(s, Removed, "签名人“"+s.Label+"”不用签了")
		}
	}
}

func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
