package lint

import (
	"slices"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/rows"
	"tongban/fleet/wire/matter"
)

type department = rows.Department

// index is the whole catalogue as one item is looked at against it.
type index struct {
	c       Context
	table   *elements.Table
	err     error
	entries []catalogue.Entry
	byCode  map[string][]string // code → codes
	byName  map[string][]string
	byTask  map[string][]string
}

func newIndex(entries []catalogue.Entry, c Context) *index {
	x := &index{c: c, entries: entries, byCode: map[string][]string{}, byName: map[string][]string{}, byTask: map[string][]string{}}
	x.table, x.err = elements.Shipped()
	for _, en := range entries {
		x.byCode[en.Code] = append(x.byCode[en.Code], en.Code)
		x.byName[en.Name] = append(x.byName[en.Name], en.Code)
		if en.TaskCode != "" {
			x.byTask[en.TaskCode+en.National.HandleItem] = append(x.byTask[en.TaskCode+en.National.HandleItem], en.Code)
		}
	}
	return x
}

// other is the name of another item among codes.
func (x *index) other(codes []string, not string) string {
	for _, en := range x.entries {
		if en.Code != not && slices.Contains(codes, en.Code) {
			return en.Name
		}
	}
	return not
}

func (x *index) one(en *catalogue.Entry) []Finding {
	if x.err != nil {
		return []Finding{{Item: en.Code, Name: en.Name, Rule: "must", Severity: Fault, Text: "要素表读不出来", Cause: x.err.Error()}}
	}
	l := &linter{x: x, table: x.table, en: en, it: &en.Item, full: elements.FullyWorked(en)}
	return l.run()
}

// places: no two items want the same place on the home screen.
func (x *index) places() []Finding {
	var out []Finding
	at := map[int]string{}
	for _, en := range x.entries {
		if en.Frequent == 0 {
			continue
		}
		if first := at[en.Frequent]; first != "" {
			out = append(out, Finding{Item: en.Code, Name: en.Name, Rule: "face", Path: "FREQUENT", Element: "FREQUENT", Severity: Fault,
				Text: "“大家常办”的这个位置已经给了别的事项", Cause: f("place %d of the frequent ones is taken by %s", en.Frequent, first)})
		}
		at[en.Frequent] = en.Code
	}
	if len(x.entries) == 0 {
		out = append(out, Finding{Rule: "face", Severity: Fault, Text: "一个事项也没有", Cause: "the seed has no items"})
	}
	return out
}

// themes: every item and material that a one-thing theme uses is there.
func (x *index) themes() []Finding {
	var out []Finding
	say := func(t Theme, text, cause string) {
		out = append(out, Finding{Item: t.Code, Name: t.Name, Rule: "references", Path: "themes/" + t.Code, Element: "themes", Severity: Fault, Text: text, Cause: cause})
	}
	for _, t := range x.c.Themes {
		for _, code := range t.Items {
			if x.find(code) == nil {
				say(t, "主题“"+t.Name+"”用的事项“"+code+"”不在目录里，请换成在用的事项", f("theme %s uses item %q, which is none", t.Code, code))
			}
		}
		for _, p := range t.Papers {
			if en := x.find(p[0]); en != nil && !slices.ContainsFunc(en.Materials, func(m matter.Material) bool { return m.Code == p[1] }) {
				say(t, "主题“"+t.Name+"”合并的材料“"+p[1]+"”在事项“"+en.Name+"”里没有", f("theme %s merges material %s of %s, which is none", t.Code, p[1], p[0]))
			}
		}
	}
	return out
}

// usesOf are the themes that this item breaks.
func (x *index) usesOf(en *catalogue.Entry) []Finding {
	return slices.DeleteFunc(x.themes(), func(f Finding) bool {
		return !slices.ContainsFunc(x.c.Themes, func(t Theme) bool { return t.Code == f.Item && slices.Contains(t.Items, en.Code) })
	})
}

func (x *index) find(code string) *catalogue.Entry {
	i := slices.IndexFunc(x.entries, func(en catalogue.Entry) bool { return en.Code == code })
	if i < 0 {
		return nil
	}
	return &x.entries[i]
}
