package app

import (
	"encoding/json"
	"maps"
	"slices"

	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// widgets the kiosk can draw.
var widgets = []string{"text", "phone", "digits", "date", "choice", "district", "readonly"}

// Keywords of JSON Schema that forms use. The others could refuse a value without a field to say so at.
var (
	formKeywords     = []string{"type", "additionalProperties", "properties", "required", "if", "then", "else", "allOf"}
	propertyKeywords = []string{"type", "title", "enum", "const", "minLength", "maxLength", "pattern", "x-message", "format",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
)

// fixed formats bound the length of a value by themselves.
var fixed = []string{"cn-id", "cn-cert", "cn-mobile", "cn-uscc", "cn-date", "bank-card"}

func (l *linter) form() {
	f := l.it.Form
	l.refuse(f.ID == "" || f.Title == "", "form wants id and title")
	if err := form.Compile(f); err != nil {
		l.refuse(true, "%v", err)
		return
	}
	var schema map[string]any
	if err := json.Unmarshal(f.Schema, &schema); err != nil {
		l.refuse(true, "schema of form is no object: %v", err)
		return
	}
	for _, k := range slices.Sorted(maps.Keys(schema)) {
		l.refuse(!slices.Contains(formKeywords, k), "schema: keyword %s is not used in forms", k)
	}
	l.refuse(schema["type"] != "object" || schema["additionalProperties"] != false, "schema: want type object and additionalProperties false")
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p, _ := properties[name].(map[string]any)
		l.property(name, p)
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		s, _ := name.(string)
		l.refuse(properties[s] == nil, "schema: requires %q, which is no property", s)
	}
	l.groups(properties)
}

func (l *linter) property(name string, p map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(p)) {
		l.refuse(!slices.Contains(propertyKeywords, k), "schema: property %s: keyword %s is not used in forms", name, k)
	}
	format, _ := p["format"].(string)
	l.refuse(format != "" && !slices.Contains(form.Formats(), format), "schema: property %s: no format %q", name, format)
	l.refuse(p["pattern"] != nil && p["x-message"] == nil, "schema: property %s: a pattern wants x-message, the sentence for a wrong value", name)
	switch p["type"] {
	case "string":
		bounded := p["maxLength"] != nil || p["enum"] != nil || p["const"] != nil || slices.Contains(fixed, format)
		l.refuse(!bounded, "schema: property %s: how long may it be? maxLength", name)
	case "integer", "number":
		l.refuse(p["minimum"] == nil || p["maximum"] == nil, "schema: property %s: want minimum and maximum", name)
	case "boolean":
	default:
		l.refuse(true, "schema: property %s: type %v is none", name, p["type"])
	}
}

func (l *linter) groups(properties map[string]any) {
	it := l.it
	var ids, fields []string
	for _, g := range it.Form.Groups {
		where := "group " + g.ID
		ids = append(ids, g.ID)
		l.refuse(g.ID == "" || g.Title == "" || runes(g.Title) > maxTitle, "%s: id and a title of at most %d characters are wanted", where, maxTitle)
		l.cond(g.When, where, len(it.Questions))
		typed := 0
		for _, f := range g.Fields {
			fields = append(fields, f.Name)
			if f.Widget != "readonly" {
				typed++
			}
			l.field(f, properties)
		}
		l.refuse(len(g.Fields) == 0 || typed > 2, "%s: %d fields to fill in, one screen holds one or two", where, typed)
	}
	l.refuse(len(ids) == 0, "form has no groups")
	l.refuse(repeated(ids), "a group's id stands twice")
	l.refuse(repeated(fields), "a field stands on two screens")
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		l.refuse(!slices.Contains(fields, name), "schema: property %s stands on no screen", name)
	}
}

func (l *linter) field(f matter.Field, properties map[string]any) {
	l.refuse(properties[f.Name] == nil, "field %s is no property of the schema", f.Name)
	l.refuse(f.Label == "", "field %s has no label", f.Name)
	l.refuse(!slices.Contains(widgets, f.Widget), "field %s: no widget %q", f.Name, f.Widget)
	l.refuse(f.Source != "" && !slices.Contains(form.Sources(), f.Source), "field %s: no source %q", f.Name, f.Source)
	l.refuse(f.Widget == "readonly" && f.Source == "", "field %s: locked, but comes from nowhere", f.Name)
	chosen := f.Widget == "choice" || f.Widget == "district"
	l.refuse(chosen != (len(f.Options) > 0), "field %s: options and widget %s do not fit", f.Name, f.Widget)
	l.refuse(f.Widget == "choice" && len(f.Options) > 5, "field %s: %d options, a screen holds 5", f.Name, len(f.Options))
	p, _ := properties[f.Name].(map[string]any)
	values, _ := p["enum"].([]any)
	for _, o := range f.Options {
		l.refuse(!slices.Contains(values, any(o.Value)), "field %s: option %q is not in the schema's enum", f.Name, o.Value)
	}
}
