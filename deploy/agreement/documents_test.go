package agreement

import (
	"encoding/json"
	"math/rand/v2"
	"strings"

	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/mattertest"
)

// rule is what the generator needs of a property.
type rule struct {
	Type      string          `json:"type"`
	Format    string          `json:"format"`
	Pattern   string          `json:"pattern"`
	Enum      []string        `json:"enum"`
	MinLength int             `json:"minLength"`
	MaxLength int             `json:"maxLength"`
	MinItems  int             `json:"minItems"`
	MaxItems  int             `json:"maxItems"`
	Items     *rule           `json:"items"`
	Inner     map[string]rule `json:"properties"`
}

func rulesOf(f matter.Form) map[string]rule {
	var s rule
	_ = json.Unmarshal(f.Schema, &s) // it was compiled before
	return s.Inner
}

// good fills a form in as somebody would, with different choices each time.
func good(r *rand.Rand, f matter.Form) map[string]any {
	rules := rulesOf(f)
	values := map[string]any{}
	for i := range f.Groups {
		for _, g := range matter.Shown(f.Groups[:i+1], values) {
			if g.ID != f.Groups[i].ID || g.When != nil && r.IntN(3) == 0 {
				continue
			}
			for _, field := range g.Fields {
				values[field.Name] = right(r, f, field, rules[field.Name])
			}
		}
	}
	return values
}

func right(r *rand.Rand, f matter.Form, field matter.Field, p rule) any {
	switch field.Widget {
	case "multi":
		n := p.MinItems
		if most := min(p.MaxItems, len(p.Items.Enum)); most > n {
			n += r.IntN(most - n + 1)
		}
		var out []any
		for _, i := range r.Perm(len(p.Items.Enum))[:min(max(n, 1), len(p.Items.Enum))] {
			out = append(out, p.Items.Enum[i])
		}
		return out
	case "rows":
		n := max(p.MinItems, 1)
		if p.MaxItems > n {
			n += r.IntN(p.MaxItems - n + 1)
		}
		out := make([]any, n)
		for i := range out {
			line := map[string]any{}
			for _, c := range field.Columns {
				line[c.Name] = text(r, p.Items.Inner[c.Name], mattertest.Good(matter.Form{Schema: schemaOf(c.Name, p.Items.Inner[c.Name])}, c))
			}
			out[i] = line
		}
		return out
	}
	if field.Widget == "readonly" && p.Format == "" && len(p.Enum) == 0 {
		return text(r, p, "四川省绵阳市涪城区样例路18号1栋1单元101")
	}
	return text(r, p, mattertest.Good(f, field))
}

func schemaOf(name string, p rule) json.RawMessage {
	b, _ := json.Marshal(map[string]any{"properties": map[string]any{name: p}})
	return b
}

// text varies a right value: another option, another length.
func text(r *rand.Rand, p rule, usual any) any {
	switch {
	case len(p.Enum) > 0:
		return p.Enum[r.IntN(len(p.Enum))]
	case p.Format == "" && p.Pattern == "" && p.MaxLength > 0:
		n := max(p.MinLength, 1)
		if p.MaxLength > n {
			n += r.IntN(min(p.MaxLength-n, 60) + 1)
		}
		letters := []rune("绵阳市涪城区样例路号栋单元0123456789𠮷abcXYZ（）·")
		var b strings.Builder
		for range n {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	return usual
}

// oneScreen names the fields of one group.
func oneScreen(r *rand.Rand, f matter.Form) []string {
	var names []string
	for _, field := range f.Groups[r.IntN(len(f.Groups))].Fields {
		names = append(names, field.Name)
	}
	return names
}

// wrongs are values that fit hardly any rule, and some that fit one by accident.
var wrongs = []any{
	"", "  ", "\u3000", nil, "x", "1", "0", "字", "139 0000 0026", "12900000026", "139000000261", "510799198512310027", "51079919851331002X", "510799198502300026",
	"92510799MA99DEM19O", "92510799MA99DEM19", "6222020200112233447", "62220202", "62220202001122334455667", "2026-02-30", "2026-2-3", "1850-01-01", "20260101",
	"张", "张3明", "Zhang San", "普明\x00路", "普明\u202e路", "\u200b", strings.Repeat("长", 3000), strings.Repeat("𠮷", 45), 7.0, 1.5, true, []any{}, []any{"x"},
	[]any{[]any{"x"}}, map[string]any{"a": "b"}, "no such option", "510799198512310026", "13908162150", "2026-09-01", "A@b", "川B1234", "0816-12",
}

// spoil plants one to four faults.
func spoil(r *rand.Rand, f matter.Form, values map[string]any) {
	rules := rulesOf(f)
	var names []string
	for _, g := range f.Groups {
		for _, field := range g.Fields {
			names = append(names, field.Name)
		}
	}
	for range 1 + r.IntN(4) {
		at := names[r.IntN(len(names))]
		switch list, isList := values[at].([]any); {
		case isList && len(list) > 0 && r.IntN(3) > 0:
			values[at] = spoiltList(r, rules[at], list)
		case r.IntN(6) == 0:
			delete(values, at)
		case r.IntN(12) == 0:
			values["extra"] = wrongs[r.IntN(len(wrongs))]
		case r.IntN(4) == 0:
			if s, ok := values[at].(string); ok {
				values[at] = nearly(r, rules[at], s)
				continue
			}
			fallthrough
		default:
			values[at] = wrongs[r.IntN(len(wrongs))]
		}
	}
}

// nearly changes a right text by one character, or makes it just too long or too short.
func nearly(r *rand.Rand, p rule, s string) string {
	runes := []rune(s)
	switch {
	case len(runes) == 0:
		return "x"
	case p.MaxLength > 0 && r.IntN(3) == 0:
		return strings.Repeat("多", p.MaxLength+r.IntN(3)-1)
	case r.IntN(2) == 0:
		return string(runes[:len(runes)-1])
	}
	i := r.IntN(len(runes))
	runes[i] = []rune("0X9字a\u202e ")[r.IntN(7)]
	return string(runes)
}

func spoiltList(r *rand.Rand, p rule, list []any) any {
	out := append([]any{}, list...)
	switch r.IntN(6) {
	case 0:
		return []any{}
	case 1:
		return append(out, out...)
	case 2:
		return append(out, wrongs[r.IntN(len(wrongs))])
	case 3:
		for len(out) <= min(p.MaxItems, 100) {
			out = append(out, out[0])
		}
		return out
	}
	i := r.IntN(len(out))
	line, ok := out[i].(map[string]any)
	if !ok {
		out[i] = wrongs[r.IntN(len(wrongs))]
		return out
	}
	changed := map[string]any{}
	for k, v := range line {
		if r.IntN(3) > 0 {
			changed[k] = v
		}
		if r.IntN(4) == 0 {
			changed[k] = wrongs[r.IntN(len(wrongs))]
		}
	}
	if r.IntN(5) == 0 {
		changed["nowhere"] = "x"
	}
	out[i] = changed
	return out
}
