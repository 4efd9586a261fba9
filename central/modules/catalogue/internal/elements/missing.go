package elements

import (
	"reflect"
	"slices"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// Gap is one element that must be filled in and is not (缺项). Row is the key of the table's row, "" for the entry itself.
type Gap struct {
	Element string `json:"element"`
	Title   string `json:"title"`
	Group   string `json:"group"`
	Table   string `json:"table,omitempty"`
	Row     string `json:"row,omitempty"`
}

// Path is how comments and findings name the place: PROMISE_DAY, or materials/health.
func (g Gap) Path() string {
	if g.Table == "" {
		return g.Element
	}
	if g.Row == "" {
		return g.Table
	}
	return g.Table + "/" + g.Row
}

// FullyWorked reports whether the item is one that is worked out to the last field: one that a citizen can fill in.
func FullyWorked(en *catalogue.Entry) bool {
	return en.Offered(matter.AtKiosk) || en.Offered(matter.AtWeb)
}

func (m Must) of(en *catalogue.Entry) bool {
	switch m {
	case All:
		return true
	case Full:
		return FullyWorked(en)
	case Smart:
		return en.Smart != nil
	}
	return false
}

// Wanted reports whether the element must be filled in by this entry.
func (t *Table) Wanted(e Element, en *catalogue.Entry) bool {
	if e.MustWhen != nil {
		other, ok := t.byName[e.MustWhen.Element]
		if ok && slices.Contains(e.MustWhen.Is, other.Get(en)) {
			return true
		}
	}
	return e.Must.of(en)
}

// Missing returns what an entry of its class must fill in and does not.
func (t *Table) Missing(en *catalogue.Entry) []Gap {
	var out []Gap
	for _, e := range t.Elements {
		if t.Wanted(e, en) && e.Get(en) == "" {
			out = append(out, Gap{Element: e.Name, Title: e.Title, Group: e.Group})
		}
	}
	for _, s := range t.Tables {
		rows := s.rows.take(en)
		if len(rows) == 0 && s.Must.of(en) {
			out = append(out, Gap{Element: s.key.Name, Title: s.Title, Group: s.Group, Table: s.Name})
		}
		for _, r := range rows {
			out = append(out, s.gaps(en, reflect.ValueOf(r))...)
		}
	}
	return out
}

func (s Sub) gaps(en *catalogue.Entry, row reflect.Value) []Gap {
	var out []Gap
	for _, e := range s.Elements {
		wanted := e.Must.of(en)
		if e.MustWhen != nil {
			for _, other := range s.Elements {
				if other.Name == e.MustWhen.Element {
					wanted = wanted || slices.Contains(e.MustWhen.Is, other.text(row))
				}
			}
		}
		if wanted && e.text(row) == "" {
			out = append(out, Gap{Element: e.Name, Title: e.Title, Group: s.Group, Table: s.Name, Row: s.key.text(row)})
		}
	}
	return out
}

// Filled counts what an entry of its class must fill in, and what of that it has, over the entry itself and its rows.
func (t *Table) Filled(en *catalogue.Entry) (filled, wanted int) {
	for _, e := range t.Elements {
		if t.Wanted(e, en) {
			wanted++
			if e.Get(en) != "" {
				filled++
			}
		}
	}
	for _, s := range t.Tables {
		if s.Must.of(en) {
			wanted++
			if len(s.rows.take(en)) > 0 {
				filled++
			}
		}
	}
	return filled, wanted
}

// Misfit is an element whose value its kind cannot have, such as a code that is in no list (不合要求的值).
type Misfit struct {
	Gap
	Words string `json:"words"`
}

// Wrong returns the elements whose values would not be taken from a cell.
func (t *Table) Wrong(en *catalogue.Entry) []Misfit {
	var out []Misfit
	look := func(e Element, of reflect.Value, g Gap) {
		if text := e.text(of); !e.Derived && text != "" {
			if _, err := e.parse(text); err != nil {
				out = append(out, Misfit{Gap: g, Words: err.Error()})
			}
		}
	}
	for _, e := range t.Elements {
		look(e, reflect.ValueOf(en), Gap{Element: e.Name, Title: e.Title, Group: e.Group})
	}
	for _, s := range t.Tables {
		for _, r := range s.rows.take(en) {
			row := reflect.ValueOf(r)
			for _, e := range s.Elements {
				look(e, row, Gap{Element: e.Name, Title: e.Title, Group: s.Group, Table: s.Name, Row: s.key.text(row)})
			}
		}
	}
	return out
}
