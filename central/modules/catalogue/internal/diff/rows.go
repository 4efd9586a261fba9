package diff

import (
	"fmt"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
)

// naming says how rows of a table are called in sentences: which element names a row, and the words when one comes or goes.
var naming = map[string]struct{ by, noun, gone string }{
	"materials": {"MATERIAL_NAME", "材料", "不再要"},
	"steps":     {"LINK_NAME", "环节", "去掉了"},
	"fees":      {"FEE_NAME", "收费项目", "不再收"},
	"points":    {"POINT_TEXT", "审查要点", "不再看"},
	"faq":       {"QUESTION", "常见问题", "去掉了"},
	"terms":     {"TERM_TEXT", "受理条件", "去掉了"},
	"readings":  {"ELEMENT_NAME", "审查要素", "不再读"},
	"rules":     {"RULE_ID", "审查规则", "去掉了"},
	"shares":    {"SHARE_NAME", "共享接口", "不再用"},
}

// table compares one table row by row, rows being the same when their keys are.
func (d *differ) table(s elements.Sub) {
	key := s.KeyName()
	before, after := byKey(s.WordRows(d.a), key), byKey(s.WordRows(d.b), key)
	for _, k := range after.keys {
		was, known := before.rows[k]
		if !known {
			d.row(s, k, Added, after.rows[k])
			continue
		}
		d.cells(s, k, was, after.rows[k])
	}
	for _, k := range before.keys {
		if _, still := after.rows[k]; !still {
			d.row(s, k, Removed, before.rows[k])
		}
	}
	if d.reordered(before.keys, after.keys) {
		d.say(Change{Element: s.Name, Title: s.Title, Group: s.Group, Path: s.Name, Kind: Changed, Words: s.Title + "的顺序调整了"})
	}
}

func (d *differ) row(s elements.Sub, key, kind string, row elements.Row) {
	n := naming[s.Name]
	name := short(row[n.by])
	c := Change{Element: s.Name + "/" + key, Title: n.noun + "“" + name + "”", Group: s.Group, Path: s.Name + "/" + key, Kind: kind}
	if kind == Added {
		c.After, c.Words = name, "新增"+n.noun+"“"+name+"”"
	} else {
		c.Before, c.Words = name, n.noun+"“"+name+"”"+n.gone
	}
	d.say(c)
}

func (d *differ) cells(s elements.Sub, key string, was, is elements.Row) {
	n := naming[s.Name]
	for _, e := range s.Elements {
		a, b := was[e.Name], is[e.Name]
		if a == b {
			continue
		}
		if e.Kind == elements.When {
			a, b = condWords(d.a, a), condWords(d.b, b)
		}
		words := fmt.Sprintf("%s“%s”的%s：", n.noun, short(was[n.by]), e.Title)
		switch {
		case a == "":
			words += "填上“" + short(b) + "”"
		case b == "":
			words += "“" + short(a) + "”去掉了"
		default:
			words += arrow(a, b)
		}
		d.say(Change{
			Element: s.Name + "/" + key, Title: n.noun + "“" + short(is[n.by]) + "”" + e.Title, Group: s.Group, Path: s.Name + "/" + key + "/" + e.Name,
			Kind: Changed, Before: a, After: b, Words: words,
		})
	}
}

type keyed struct {
	keys []string
	rows map[string]elements.Row
}

func byKey(rows []elements.Row, key string) keyed {
	out := keyed{rows: map[string]elements.Row{}}
	for _, r := range rows {
		k := r[key]
		if _, again := out.rows[k]; again { // two questions of the same words: told apart by their place
			k = fmt.Sprintf("%s#%d", k, len(out.keys)+1)
		}
		out.keys = append(out.keys, k)
		out.rows[k] = r
	}
	return out
}

// reordered reports whether what stands in both stands in another order.
func (d *differ) reordered(before, after []string) bool {
	common := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(k string) bool { return !slices.Contains(other, k) })
	}
	return !slices.Equal(common(before, after), common(after, before))
}

// condWords writes a condition as a person says it, by the texts of the situations of the entry it belongs to.
func condWords(en *catalogue.Entry, text string) string {
	c, err := elements.ParseCond(text)
	if err != nil || c == nil {
		return text
	}
	return Cond(en, c)
}

func join(parts []string, by string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	return "（" + strings.Join(parts, by) + "）"
}
