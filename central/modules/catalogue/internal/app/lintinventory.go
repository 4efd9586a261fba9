package app

import (
	"encoding/json"
	"maps"
	"slices"

	"tongban/central/kernel/privacy"
	"tongban/fleet/wire/matter"
)

// keeps are the retention rules by which what an item collects ends.
var keeps = []string{"case"}

// inventory proves that the item says of every piece of personal data why it is collected and how long it is kept
// (字段清单质检).
func (l *linter) inventory() {
	declared, err := privacy.Load()
	if err != nil {
		l.refuse(true, "field classes: %v", err)
		return
	}
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(l.it.Form.Schema, &schema); err != nil {
		return // said by form
	}
	fields := slices.Sorted(maps.Keys(schema.Properties))
	var seen []string
	for _, d := range l.it.Inventory {
		seen = append(seen, d.Field)
		l.datum(d, fields, declared)
	}
	l.refuse(repeated(seen), "inventory: a field stands twice")
	want := []string{"applicant.name", "applicant.id_number"}
	for _, name := range fields {
		want = append(want, "form."+name)
	}
	for _, s := range l.it.Signers {
		want = append(want, "signer.name")
		if s.OwnCard {
			want = append(want, "signer.id_number")
		}
	}
	for _, f := range slices.Compact(slices.Sorted(slices.Values(want))) {
		l.refuse(!slices.Contains(seen, f), "inventory: %s is collected and not listed with purpose and retention", f)
	}
}

func (l *linter) datum(d matter.Datum, fields []string, declared privacy.Declared) {
	l.refuse(!d.Known(fields), "inventory: %q is nothing that can be collected", d.Field)
	_, ok := declared.Find(d.Class)
	l.refuse(!ok, "inventory: %s has the unknown class %q", d.Field, d.Class)
	l.refuse(runes(d.Purpose) < 4, "inventory: %s says no purpose", d.Field)
	l.refuse(!slices.Contains(keeps, d.Keep), "inventory: %s is kept by no rule (%q)", d.Field, d.Keep)
}
