package form

import (
	"errors"
	"maps"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"tongban/fleet/wire/matter"
)

// Bounds before any rule of a form is looked at: a form has no more entries, counting the cells of repeated lines, and an
// entry no more characters.
const (
	maxEntries = 200
	maxCells   = 2000
	maxRunes   = 2000
)

// check validates values and keeps the faults of the fields that are looked at; an absent field is a fault where it must be there.
func check(f matter.Form, values map[string]any, looked, must func(name string) bool) []FieldError {
	c, err := compiledOf(f)
	if err != nil {
		return []FieldError{{"", "这张表现在用不了，请呼叫工作人员"}}
	}
	if len(values) > maxEntries || cells(values) > maxCells {
		return []FieldError{{"", "填的项太多了，请退出后重新办理"}}
	}

	var errs []FieldError
	doc := make(map[string]any, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		field, known := c.fields[name]
		if !known {
			errs = append(errs, FieldError{name, "表里没有这一项"})
			continue
		}
		v, faults := taken(field, values[name])
		if looked(name) {
			errs = append(errs, faults...)
		}
		if v != nil {
			doc[name] = v
		}
	}
	var invalid *jsonschema.ValidationError
	if err := c.schema.Validate(doc); errors.As(err, &invalid) {
		for _, leaf := range hiddenFirst(leaves(invalid)) {
			errs = append(errs, c.say(leaf, looked, must)...)
		}
	} else if err != nil {
		return []FieldError{{"", "这张表现在核对不了，请呼叫工作人员"}}
	}
	return ordered(f, errs)
}

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

// hiddenFirst brings forward that an entry is not wanted at all; what else is wrong with it matters less.
func hiddenFirst(all []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	slices.SortStableFunc(all, func(a, b *jsonschema.ValidationError) int { return unwanted(a) - unwanted(b) })
	return all
}

func unwanted(e *jsonschema.ValidationError) int {
	if _, ok := e.ErrorKind.(*kind.FalseSchema); ok {
		return 0
	}
	return 1
}

// say puts one fault into words.
func (c *compiled) say(e *jsonschema.ValidationError, looked, must func(name string) bool) []FieldError {
	if _, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
		return nil // said before, by name
	}
	at := e.InstanceLocation
	missing, lacking := e.ErrorKind.(*kind.Required)
	if len(at) == 0 {
		if !lacking { // a rule on the whole, which the catalogue's checks do not let in
			return []FieldError{{"", "填的几项互相对不上，请呼叫工作人员"}}
		}
		var errs []FieldError
		for _, name := range missing.Missing {
			if looked(name) && must(name) {
				errs = append(errs, FieldError{name, c.fields[name].missing()})
			}
		}
		return errs
	}
	if !looked(at[0]) {
		return nil
	}

	field, path := c.fields[at[0]], at[0]
	if field.shape == rows && len(at) > 1 {
		path += "/" + at[1]
		if lacking {
			var errs []FieldError
			for _, name := range missing.Missing {
				errs = append(errs, FieldError{path + "/" + name, field.columns[name].missing()})
			}
			return errs
		}
		if len(at) > 2 {
			field, path = field.columns[at[2]], path+"/"+at[2]
		}
	}
	text, whole := field.message(e.ErrorKind)
	if !whole {
		text = field.label + text
	}
	return []FieldError{{path, text}}
}
