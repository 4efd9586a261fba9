// Package mattertest fills forms as a plausible applicant would (表单样例填写), for tests, emulated citizens and benches.
package mattertest

import (
	"encoding/json"

	"tongban/fleet/wire/matter"
)

// property is what the filler needs of a form's JSON Schema.
type property struct {
	Format    string `json:"format"`
	Pattern   string `json:"pattern"`
	Enum      []any  `json:"enum"`
	MaxLength int    `json:"maxLength"`
}

// formats hold one right value each; people and shops carry the unassigned county code 510799.
var formats = map[string]string{
	"cn-mobile": "13908162150", "bank-card": "6222020200112233446", "cn-id": "510799198512310026", "cn-cert": "510799198512310026",
	"cn-uscc": "92510799MA99DEM19P", "cn-name": "张晓岚", "cn-date": "2026-09-01", "date": "2026-09-01",
}

// Good returns a value that the form's rule for the field accepts.
func Good(f matter.Form, field matter.Field) any {
	if len(field.Options) > 0 {
		return field.Options[0].Value
	}
	p := rules(f)[field.Name]
	if len(p.Enum) > 0 {
		return p.Enum[0]
	}
	if v, ok := formats[p.Format]; ok {
		return v
	}
	if p.Pattern != "" { // our patterns are whole numbers from 1 up
		return "2"
	}
	text := []rune("样例路18号1栋1单元101")
	if p.MaxLength > 0 && p.MaxLength < len(text) {
		text = text[:p.MaxLength]
	}
	return string(text)
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
