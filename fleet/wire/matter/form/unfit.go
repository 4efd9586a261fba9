package form

import (
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Unfit says what an item wants of its applicant's document that this document does not have (证件不合), as a part of a sentence:
// 要用居民身份证办, 证件上要有民族. It is "" where the document does. Entries taken from a document cannot be typed, so a form that a
// document does not satisfy is a road without an end, and nobody shall find that out on its third page. Groups that hang on answers
// or on other entries are left for their time.
func Unfit(it *matter.Item, p wire.Person) string {
	locked := map[string]matter.Field{}
	var names []string
	for _, g := range it.Form.Groups {
		if g.When != nil || g.Show != nil {
			continue
		}
		for _, f := range g.Fields {
			if f.Widget == "readonly" && f.Source != "" {
				locked[f.Name], names = f, append(names, f.Name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	for _, wrong := range Check(it.Form, Prefill(it.Form, p), names) {
		switch f, ok := locked[wrong.Field]; {
		case ok && f.Source == "idcard.id_number":
			return "要用居民身份证办"
		case ok:
			return "证件上要有" + f.Label
		}
	}
	return ""
}
