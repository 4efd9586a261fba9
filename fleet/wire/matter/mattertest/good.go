// Package mattertest fills forms as a plausible applicant would (表单样例填写), for tests, emulated citizens and benches.
package mattertest

import (
	"encoding/json"
	"regexp"
	"unicode/utf8"

	"tongban/fleet/wire/matter"
)

// property is what the filler needs of a form's JSON Schema.
type property struct {
	Format    string              `json:"format"`
	Pattern   string              `json:"pattern"`
	Enum      []any               `json:"enum"`
	MaxLength int                 `json:"maxLength"`
	MinItems  int                 `json:"minItems"`
	Items     *property           `json:"items"`
	Inner     map[string]property `json:"properties"`
}

// formats hold one right value each; people and shops carry the unassigned county code 510799.
var formats = map[string]string{
	"cn-mobile": "13908162150", "bank-card": "6222020200112233446", "cn-id": "510799198512310026", "cn-cert": "510799198512310026",
	"cn-uscc": "92510799MA99DEM19P", "cn-name": "张晓岚", "cn-date": "2026-09-01", "date": "2026-09-01",
}

// Good returns a value that the form's rule for the field accepts.
func Good(f matter.Form, field matter.Field) any {
	p := rules(f)[field.Name]
	switch {
	case field.Widget == "multi":
		var all []any
		for _, o := range field.Options[:min(max(p.MinItems, 1), len(field.Options))] {
			all = append(all, o.Value)
		}
		return all
	case field.Widget == "rows":
		line := map[string]any{}
		for _, c := range field.Columns {
			if p.Items != nil {
				line[c.Name] = good(p.Items.Inner[c.Name], c)
			}
		}
		lines := make([]any, min(max(p.MinItems, 1), 100))
		for i := range lines {
			lines[i] = line
		}
		return lines
	}
	return good(p, field)
}

func good(p property, field matter.Field) any {
	if len(field.Options) > 0 {
		return field.Options[0].Value
	}
	if len(p.Enum) > 0 {
		return p.Enum[0]
	}
	if v, ok := formats[p.Format]; ok {
		return v
	}
	if p.Pattern != "" {
		return fitting(p)
	}
	text := []rune("样例路18号1栋1单元101")
	if p.MaxLength > 0 && p.MaxLength < len(text) {
		text = text[:p.MaxLength]
	}
	return string(text)
}

// tries are values of the kinds that patterns of forms ask for: counts, codes, numbers of cards and papers, months.
var tries = []string{
	"2", "25", "60", "100", "1000", "20000", "510799", "20260101", "JK2026001", "A123456789", "SC2026000001", "0816-0000000", "sample@example.cn",
	"sample_wx1", "川B12345", "LSVAA4182E2000001", "2026-09", "50%", "51079919851231002643", "5107992026000001", "12345678901234567890",
}

// fitting finds a value for a pattern; forms whose pattern fits none of the usual kinds are filled by hand.
func fitting(p property) string {
	pattern, err := regexp.Compile(p.Pattern)
	if err != nil {
		return ""
	}
	for _, s := range tries {
		if pattern.MatchString(s) && (p.MaxLength == 0 || utf8.RuneCountInString(s) <= p.MaxLength) {
			return s
		}
	}
	return "2"
}

// Fill answers the fields of a group; what is there already stays, and what can only be read from a card is left alone.
func Fill(f matter.Form, g matter.Group, have map[string]any) map[string]any {
	out := map[string]any{}
	for _, field := range g.Fields {
		if v, ok := have[field.Name]; ok && v != nil && v != "" {
			out[field.Name] = v
			continue
		}
		if field.Widget != "readonly" {
			out[field.Name] = Good(f, field)
		}
	}
	return out
}

func rules(f matter.Form) map[string]property {
	var s struct {
		Properties map[string]property `json:"properties"`
	}
	if json.Unmarshal(f.Schema, &s) != nil {
		return nil // the form's own check says what is wrong with it
	}
	return s.Properties
}
