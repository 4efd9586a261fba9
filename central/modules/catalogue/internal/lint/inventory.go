package lint

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"tongban/central/kernel/privacy"
	"tongban/fleet/wire/matter"
)

// keeps are the retention rules by which what an item collects ends.
var keeps = []string{"case"}

// classes are the field classes, read once: the list is built in.
var classes = sync.OnceValues(privacy.Load)

// inventory proves that the item says of every piece of personal data why it is collected and how long it is kept
// (字段清单质检).
func (l *linter) inventory() {
	declared, err := classes()
	if err != nil {
		l.say(true, "inventory", "字段分类读不出来", f("field classes: %v", err))
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
	l.say(repeated(seen), "inventory", "字段清单里有一个字段写了两遍", "inventory: a field stands twice")
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
	for _, name := range slices.Compact(slices.Sorted(slices.Values(want))) {
		l.say(!slices.Contains(seen, name), "inventory/"+name, "收了“"+name+"”，却没有写为什么收、留多久", f("inventory: %s is collected and not listed with purpose and retention", name))
	}
}

func (l *linter) datum(d matter.Datum, fields []string, declared privacy.Declared) {
	path := "inventory/" + d.Field
	l.say(!d.Known(fields), path, "字段清单里的“"+d.Field+"”收不到", f("inventory: %q is nothing that can be collected", d.Field))
	_, ok := declared.Find(d.Class)
	l.say(!ok, path, "“"+d.Field+"”的个人信息分类不存在", f("inventory: %s has the unknown class %q", d.Field, d.Class))
	l.say(runes(d.Purpose) < 4, path, "“"+d.Field+"”要写明为什么收", f("inventory: %s says no purpose", d.Field))
	l.say(!slices.Contains(keeps, d.Keep), path, "“"+d.Field+"”要写明留多久", f("inventory: %s is kept by no rule (%q)", d.Field, d.Keep))
}
