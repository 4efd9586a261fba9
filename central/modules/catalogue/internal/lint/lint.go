// Package lint says what is wrong with catalogue items before anybody meets it at a counter (事项质检): it proves for each item that every
// way through its situations ends, that nothing is written down in vain or against itself, that its rules name their law and its
// review points what they look at; and over the whole catalogue that codes, themes, forms and the names of materials agree.
package lint

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/central/modules/catalogue/internal/rows"
	"tongban/fleet/wire/matter"
)

// Severity is how bad a finding is.
type Severity string

// The severities: a fault keeps an item from being published, a warning does not.
const (
	Fault   Severity = "fault"
	Warning Severity = "warning"
)

// Finding is one thing that is wrong (质检结果).
type Finding struct {
	Item     string   `json:"item"`    // code of the item, or of the theme
	Name     string   `json:"name"`    // its name
	Rule     string   `json:"rule"`    // which check found it: law, limits, ways …
	Path     string   `json:"path"`    // element name, or materials/health, situations/kind, points/sign, steps/look, form/phone
	Element  string   `json:"element"` // first part of Path
	Severity Severity `json:"severity"`
	Text     string   `json:"text"`  // for whoever mends it: what to do
	Cause    string   `json:"cause"` // for the operator
}

// Error is the operator's form.
func (f Finding) Error() string { return "item " + f.Item + ": " + f.Cause }

// Context is what an item is looked at against (质检范围).
type Context struct {
	Categories  []matter.Category
	Departments []rows.Department
	Forms       map[string]bool // published official forms; nil = not known, so nothing is said
	Themes      []Theme         // one-thing themes that use items
	Same        Names
}

// Theme is as much of a one-thing theme as references are checked by.
type Theme struct {
	Code, Name string
	Items      []string
	Papers     [][2]string // item, material
}

// Check looks at all items, each by itself and all together.
func Check(entries []catalogue.Entry, c Context) []Finding {
	x := newIndex(entries, c)
	var out []Finding
	for i := range entries {
		out = append(out, x.one(&entries[i])...)
	}
	out = append(out, x.places()...)
	out = append(out, x.names()...)
	return append(out, x.themes()...)
}

// One looks at one item as it would stand among the others; entries may hold its present version, which is not counted against it.
func One(en *catalogue.Entry, entries []catalogue.Entry, c Context) []Finding {
	others := slices.DeleteFunc(slices.Clone(entries), func(o catalogue.Entry) bool { return o.Code == en.Code })
	x := newIndex(append(others, *en), c)
	return append(x.one(en), x.usesOf(en)...)
}

// Faults are the findings that keep an item from being published.
func Faults(all []Finding) []Finding {
	return slices.DeleteFunc(slices.Clone(all), func(f Finding) bool { return f.Severity != Fault })
}

// linter collects the findings of one item.
type linter struct {
	x        *index
	table    *elements.Table
	en       *catalogue.Entry
	it       *matter.Item // of the entry
	full     bool         // worked out to the last field
	rule     string
	pairs    map[[2]string]bool // materials that somebody is asked for together; nil = not known
	findings []Finding
}

// say adds a fault where wrong holds. text is for the editor, cause for the operator.
func (l *linter) say(wrong bool, path, text, cause string) {
	if wrong {
		l.add(Fault, path, text, cause)
	}
}

func (l *linter) warn(wrong bool, path, text, cause string) {
	if wrong {
		l.add(Warning, path, text, cause)
	}
}

func (l *linter) add(s Severity, path, text, cause string) {
	l.findings = append(l.findings, Finding{
		Item: l.it.Code, Name: l.it.Name, Rule: l.rule, Path: path, Element: first(path), Severity: s, Text: text, Cause: cause,
	})
}

func first(path string) string {
	for i := range path {
		if path[i] == '/' {
			return path[:i]
		}
	}
	return path
}

// run looks at one item. The ways come last and only over an item that is sound so far: conditions may point nowhere otherwise.
func (l *linter) run() []Finding {
	for _, part := range []struct {
		rule string
		look func()
		full bool // only of items that are worked out to the last field
	}{
		{"must", l.must, false},
		{"codes", l.codes, false},
		{"face", l.face, false},
		{"limits", l.limits, false},
		{"law", l.law, false},
		{"materials", l.materials, false},
		{"references", l.references, false},
		{"screen", l.screen, true},
		{"situations", l.questions, true},
		{"form", l.form, true},
		{"inventory", l.inventory, true},
		{"signers", l.signers, true},
		{"points", l.points, true},
		{"smart", l.smart, false},
	} {
		if l.rule = part.rule; l.full || !part.full {
			part.look()
		}
	}
	if l.full && !slices.ContainsFunc(l.findings, func(f Finding) bool { return f.Severity == Fault && f.Rule != "must" }) {
		l.rule = "ways"
		l.ways()
	}
	l.rule = "same"
	l.sameInside()
	return l.findings
}

// must: what every item of its class says.
func (l *linter) must() {
	for _, g := range l.table.Missing(l.en) {
		what := "“" + g.Title + "”"
		if g.Row != "" {
			what = l.rowName(g) + "的" + what
		}
		l.say(true, g.Path(), what+"还没填，请补上", fmt.Sprintf("%s %s is missing", g.Path(), g.Element))
	}
	for _, e := range l.table.Wrong(l.en) {
		l.say(true, e.Path(), "“"+e.Title+"”不能是这个值："+e.Words, fmt.Sprintf("%s %s holds a value its kind cannot have", e.Path(), e.Element))
	}
}

func (l *linter) rowName(g elements.Gap) string {
	if g.Table == "materials" {
		if m := l.material(g.Row); m != nil && m.Name != "" {
			return "材料“" + m.Name + "”"
		}
	}
	return l.table.GroupTitle(g.Group) + "“" + g.Row + "”"
}

func (l *linter) material(code string) *matter.Material {
	for i := range l.it.Materials {
		if l.it.Materials[i].Code == code {
			return &l.it.Materials[i]
		}
	}
	return nil
}

func runes(s string) int { return utf8.RuneCountInString(s) }

func repeated(list []string) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) != len(list)
}

var f = fmt.Sprintf

// Codes looks only at the numbers and names that items go by, over all of them; imports refuse what it finds.
func Codes(entries []catalogue.Entry, c Context) []Finding {
	x := newIndex(entries, c)
	var out []Finding
	for i := range entries {
		l := &linter{x: x, table: x.table, en: &entries[i], it: &entries[i].Item, rule: "codes"}
		l.codes()
		out = append(out, l.findings...)
	}
	return out
}
