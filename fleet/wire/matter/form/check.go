package form

import (
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"tongban/fleet/wire/matter"
)

// Bounds before any rule of a form is looked at: a form has no more entries, an entry no more characters.
const (
	maxEntries = 200
	maxRunes   = 2000
)

// check validates values and keeps the faults of the fields that are looked at; an absent field is a fault where it must be there.
func check(f matter.Form, values map[string]any, looked, must func(name string) bool) []FieldError {
	c, err := compiledOf(f)
	if err != nil {
		return []FieldError{{"", "这张表现在用不了，请呼叫工作人员"}}
	}
	if len(values) > maxEntries {
		return []FieldError{{"", "填的项太多了，请退出后重新办理"}}
	}

	var errs []FieldError
	doc := make(map[string]any, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field, known := c.fields[name]
		switch v, message := plain(values[name]); {
		case !known:
			errs = append(errs, FieldError{name, "表里没有这一项"})
		case message != "":
			if looked(name) {
				errs = append(errs, FieldError{name, field.label + message})
			}
		case v != nil:
			doc[name] = v
		}
	}
	var invalid *jsonschema.ValidationError
	if err := c.schema.Validate(doc); errors.As(err, &invalid) {
		for _, leaf := range leaves(invalid) {
			errs = append(errs, c.say(leaf, looked, must)...)
		}
	} else if err != nil {
		return []FieldError{{"", "这张表现在核对不了，请呼叫工作人员"}}
	}
	return ordered(f, errs)
}

// plain returns the value as the schema sees it. What is left empty counts as absent. Only flat values are entries.
func plain(v any) (any, string) {
	switch v := v.(type) {
	case nil:
		return nil, ""
	case string:
		if len(v) > 4*maxRunes {
			return nil, "太长了，请写短些"
		}
		if strings.TrimSpace(v) == "" {
			return nil, ""
		}
		if !utf8.ValidString(v) || strings.ContainsFunc(v, unseen) {
			return nil, "里有看不见的字符，请擦掉重新填"
		}
		return v, ""
	case bool:
		return v, ""
	case int:
		return float64(v), ""
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, "不是数字"
		}
		return v, ""
	}
	return nil, "填写的内容不对，请重新填"
}

// unseen are characters that make two entries look alike: control characters, and those that only steer the direction of text.
func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }

// leaves returns the faults without the rules that merely hold others.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// say puts one fault into words.
func (c *compiled) say(e *jsonschema.ValidationError, looked, must func(name string) bool) []FieldError {
	if k, ok := e.ErrorKind.(*kind.Required); ok {
		var errs []FieldError
		for _, name := range k.Missing {
			if looked(name) && must(name) {
				errs = append(errs, FieldError{name, c.missing(c.fields[name])})
			}
		}
		return errs
	}
	if _, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
		return nil // said before, by name
	}
	if len(e.InstanceLocation) == 0 { // a rule on the whole, which the catalogue's checks do not let in
		return []FieldError{{"", "填的几项互相对不上，请呼叫工作人员"}}
	}
	name := e.InstanceLocation[0]
	if !looked(name) {
		return nil
	}
	field := c.fields[name]
	text, whole := c.message(field, e.ErrorKind)
	if !whole {
		text = field.label + text
	}
	return []FieldError{{name, text}}
}

// ordered sorts by the form's own order, unknown names last, and keeps the first sentence of each field.
func ordered(f matter.Form, errs []FieldError) []FieldError {
	place := map[string]int{}
	for _, g := range f.Groups {
		for _, field := range g.Fields {
			place[field.Name] = len(place) - 1000
		}
	}
	slices.SortStableFunc(errs, func(a, b FieldError) int {
		if d := place[a.Field] - place[b.Field]; d != 0 {
			return d
		}
		return strings.Compare(a.Field, b.Field)
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(errs, func(e FieldError) bool {
		again := seen[e.Field]
		seen[e.Field] = true
		return again
	})
}
