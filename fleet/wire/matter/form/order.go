package form

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tongban/fleet/wire/matter"
)

// place is where a fault stands on the form: field, line, column.
type place struct{ field, line, column int }

// ordered sorts by the form's own order, unknown names last, and keeps the first sentence of each field. Which that is, where
// a value breaks several rules, follows from the order in which rules are looked at, and is the same in the browser.
func ordered(f matter.Form, errs []FieldError) []FieldError {
	places := map[string]place{}
	for _, g := range f.Groups {
		for _, field := range g.Fields {
			at := len(places) + 1
			places[field.Name] = place{field: at}
			for i, c := range field.Columns {
				places[field.Name+"/"+c.Name] = place{at, 0, i + 1}
			}
		}
	}
	slices.SortStableFunc(errs, func(a, b FieldError) int {
		p, q := placeOf(places, a.Field), placeOf(places, b.Field)
		return cmp.Or(cmp.Compare(p.field, q.field), cmp.Compare(p.line, q.line), cmp.Compare(p.column, q.column), strings.Compare(a.Field, b.Field))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(errs, func(e FieldError) bool {
		again := seen[e.Field]
		seen[e.Field] = true
		return again
	})
}

func placeOf(places map[string]place, path string) place {
	parts := strings.Split(path, "/")
	if len(parts) < 3 {
		if at, ok := places[path]; ok {
			return at
		}
		return place{field: last}
	}
	at, ok := places[parts[0]+"/"+parts[2]]
	if !ok {
		at = place{field: cmp.Or(places[parts[0]].field, last), column: last}
	}
	line, err := strconv.Atoi(parts[1])
	if err == nil {
		at.line = line + 1
	}
	return at
}

// last is behind everything that a form has.
const last = 1 << 20
