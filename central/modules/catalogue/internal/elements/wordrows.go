package elements

import (
	"reflect"

	"tongban/central/modules/catalogue"
)

// WordRows returns the rows of the table as people read them: values of code lists by their titles. The key stands as it is.
func (s Sub) WordRows(en *catalogue.Entry) []Row {
	var out []Row
	for _, r := range s.rows.take(en) {
		row := Row{}
		for _, e := range s.Elements {
			row[e.Name] = e.words(reflect.ValueOf(r))
		}
		row[s.key.Name] = s.key.text(reflect.ValueOf(r))
		out = append(out, row)
	}
	return out
}

// KeyName is the name of the element that tells the rows apart.
func (s Sub) KeyName() string { return s.key.Name }
