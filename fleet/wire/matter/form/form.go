// Package form checks what is filled into an official form (表单校验) by the form's JSON Schema, on the terminal and again at the
// centre, and says in Chinese what is missing, field by field. It also fills in what the ID card knows.
package form

import (
	"slices"

	"tongban/fleet/wire/matter"
)

// FieldError is one wrong entry (填写错误). Field is its name; in repeated lines with line and column: staff_rows/0/name. Message tells the person what to do; it never repeats the value.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Check returns what is wrong with values, in the order of the form, at most one sentence a field; nil when nothing is. only
// limits it to the named fields, those of one screen; nil means all. Fields that the form does not have are refused in either
// case, and so is a value of absurd size before any rule looks at it.
//
// Check does not know the answers. With only nil, a field of a group that has a condition may therefore be absent; CheckItem
// is the strict one.
func Check(f matter.Form, values map[string]any, only []string) []FieldError {
	must := map[string]bool{} // groups that are hidden by what was filled in are the schema's own condition
	for _, g := range f.Groups {
		for _, field := range g.Fields {
			if only == nil {
				must[field.Name] = g.When == nil
			} else {
				must[field.Name] = slices.Contains(only, field.Name)
			}
		}
	}
	return check(f, values, func(name string) bool { return only == nil || slices.Contains(only, name) },
		func(name string) bool { return must[name] })
}

// CheckItem checks a whole form for an applicant with these answers: every group that applies has to be filled in, and a value
// in a group that does not apply is refused, because nobody may be made to hand over what is not needed.
func CheckItem(it *matter.Item, answers map[string]string, values map[string]any) []FieldError {
	asked := applying(it, answers, values)
	errs := check(it.Form, values, func(string) bool { return true }, func(name string) bool { return asked[name] })
	for _, g := range it.Form.Groups {
		for _, field := range g.Fields {
			if _, given := values[field.Name]; given && !asked[field.Name] {
				errs = append(errs, FieldError{field.Name, "按您的情况，这一项不用填"})
			}
		}
	}
	return ordered(it.Form, errs)
}

// Keep returns the values that belong to the groups which apply, so that changing an answer, or an entry that other groups
// depend on, drops what is not needed any more.
func Keep(it *matter.Item, answers map[string]string, values map[string]any) map[string]any {
	asked := applying(it, answers, values)
	kept := make(map[string]any, len(values))
	for name, v := range values {
		if asked[name] {
			kept[name] = v
		}
	}
	return kept
}

func applying(it *matter.Item, answers map[string]string, values map[string]any) map[string]bool {
	asked := map[string]bool{}
	for _, g := range matter.Shown(matter.Groups(it, answers), values) {
		for _, field := range g.Fields {
			asked[field.Name] = true
		}
	}
	return asked
}
