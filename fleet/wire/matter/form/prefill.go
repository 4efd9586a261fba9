package form

import (
	"fmt"

	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Prefill returns the values that the card knows, by the fields' Source (免填). A value the card does not carry is left out, so
// that the form asks for it or refuses, as its schema says.
func Prefill(f matter.Form, p wire.Person) map[string]any {
	values := map[string]any{}
	for _, g := range f.Groups {
		for _, field := range g.Fields {
			if v := fromCard(field.Source, p); v != "" {
				values[field.Name] = v
			}
		}
	}
	return values
}

// Differs returns the locked fields whose values are not what the card says. The centre asks it of every submission: a locked
// field was never typed, so a difference is no slip.
func Differs(f matter.Form, values map[string]any, p wire.Person) []FieldError {
	var errs []FieldError
	for _, g := range f.Groups {
		for _, field := range g.Fields {
			if field.Widget != "readonly" || field.Source == "" {
				continue
			}
			given, there := values[field.Name]
			if there && fmt.Sprint(given) != fromCard(field.Source, p) {
				errs = append(errs, FieldError{field.Name, field.Label + "和身份证上的不一样，请把身份证再放一次"})
			}
		}
	}
	return errs
}

// Sources are the words that a field's Source may be.
func Sources() []string {
	return []string{"idcard.name", "idcard.id_number", "idcard.sex", "idcard.birth", "idcard.address", "idcard.nation"}
}

func fromCard(source string, p wire.Person) string {
	switch source {
	case "idcard.name":
		return p.Name
	case "idcard.id_number":
		return p.IDNumber
	case "idcard.sex":
		return map[string]string{"male": "男", "female": "女"}[p.Sex]
	case "idcard.birth":
		return p.Birth
	case "idcard.address":
		return p.Address
	case "idcard.nation":
		return Nation(p.Nation)
	}
	return ""
}
