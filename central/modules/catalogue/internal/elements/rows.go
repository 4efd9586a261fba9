package elements

import (
	"reflect"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// rows takes one table out of an entry as rows, and puts it back.
type rows struct {
	row  reflect.Type
	take func(en *catalogue.Entry) []any // pointers to rows
	put  func(en *catalogue.Entry, rows []any)
}

// paper is one material with what offices record about it, as one row of a spreadsheet.
type paper struct {
	matter.Material
	Trait catalogue.Trait `json:"trait"`
}

// choice is one option with its situation; a spreadsheet repeats the situation for each.
type choice struct {
	Question matter.Question `json:"question"`
	Option   matter.Option   `json:"option"`
}

var tables = map[string]rows{
	"materials":  {reflect.TypeFor[paper](), takePapers, putPapers},
	"situations": {reflect.TypeFor[choice](), takeChoices, putChoices},
	"steps":      of(func(en *catalogue.Entry, _ bool) *[]catalogue.Step { return &en.Steps }),
	"fees":       of(func(en *catalogue.Entry, _ bool) *[]catalogue.Fee { return &en.Fees }),
	"points":     of(func(en *catalogue.Entry, _ bool) *[]matter.Point { return &en.Points }),
	"faq":        of(func(en *catalogue.Entry, _ bool) *[]catalogue.Faq { return &en.Faq }),
	"terms":      ofSmart(func(s *catalogue.Smart) *[]catalogue.SmartTerm { return &s.Conditions }),
	"readings":   ofSmart(func(s *catalogue.Smart) *[]catalogue.SmartElement { return &s.Elements }),
	"rules":      ofSmart(func(s *catalogue.Smart) *[]catalogue.SmartRule { return &s.Rules }),
	"shares":     ofSmart(func(s *catalogue.Smart) *[]catalogue.SmartShare { return &s.Shares }),
}

// of is a table that is one slice of the entry; list may return nil when it is only asked for and the entry has no such part.
func of[T any](list func(en *catalogue.Entry, fill bool) *[]T) rows {
	return rows{
		row: reflect.TypeFor[T](),
		take: func(en *catalogue.Entry) []any {
			at := list(en, false)
			if at == nil {
				return nil
			}
			out := make([]any, len(*at))
			for i := range *at {
				row := (*at)[i]
				out[i] = &row
			}
			return out
		},
		put: func(en *catalogue.Entry, rows []any) {
			at := list(en, len(rows) > 0)
			if at == nil {
				return
			}
			*at = nil
			for _, r := range rows {
				if row, ok := r.(*T); ok {
					*at = append(*at, *row)
				}
			}
		},
	}
}

func ofSmart[T any](list func(*catalogue.Smart) *[]T) rows {
	return of(func(en *catalogue.Entry, fill bool) *[]T {
		if en.Smart == nil {
			if !fill {
				return nil
			}
			en.Smart = &catalogue.Smart{}
		}
		return list(en.Smart)
	})
}

func takePapers(en *catalogue.Entry) []any {
	out := make([]any, len(en.Materials))
	for i, m := range en.Materials {
		p := &paper{Material: m}
		for _, t := range en.Papers {
			if t.Code == m.Code {
				p.Trait = t
			}
		}
		out[i] = p
	}
	return out
}

func putPapers(en *catalogue.Entry, rows []any) {
	en.Materials, en.Papers = nil, nil
	for _, r := range rows {
		p, ok := r.(*paper)
		if !ok {
			continue
		}
		en.Materials = append(en.Materials, p.Material)
		if p.Trait.Code = ""; p.Trait != (catalogue.Trait{}) {
			p.Trait.Code = p.Code
			en.Papers = append(en.Papers, p.Trait)
		}
	}
}

func takeChoices(en *catalogue.Entry) []any {
	var out []any
	for _, q := range en.Questions {
		for _, o := range q.Options {
			row := &choice{Question: q, Option: o}
			row.Question.Options = nil
			out = append(out, row)
		}
	}
	return out
}

func putChoices(en *catalogue.Entry, rows []any) {
	en.Questions = nil
	at := map[string]int{}
	for _, r := range rows {
		c, ok := r.(*choice)
		if !ok {
			continue
		}
		i, known := at[c.Question.ID]
		if !known {
			i = len(en.Questions)
			at[c.Question.ID] = i
			en.Questions = append(en.Questions, c.Question)
		}
		en.Questions[i].Options = append(en.Questions[i].Options, c.Option)
	}
}

// Row is one row of a table as its cells, by element name.
type Row map[string]string

// Rows returns the rows of the table as they stand in cells.
func (s Sub) Rows(en *catalogue.Entry) []Row {
	var out []Row
	for _, r := range s.rows.take(en) {
		row := Row{}
		for _, e := range s.Elements {
			row[e.Name] = e.text(reflect.ValueOf(r))
		}
		out = append(out, row)
	}
	return out
}

// Keys are what tells the rows apart, in their order.
func (s Sub) Keys(en *catalogue.Entry) []string {
	var out []string
	for _, r := range s.rows.take(en) {
		out = append(out, s.key.text(reflect.ValueOf(r)))
	}
	return out
}

// SetRows writes the table from cells. at is told each cell that cannot be taken; where it is told one, the entry is not changed.
func (s Sub) SetRows(en *catalogue.Entry, cells []Row, at func(row int, element Element, err error)) {
	good := true
	var out []any
	for i, row := range cells {
		v := reflect.New(s.rows.row)
		for _, e := range s.Elements {
			if err := e.set(v, row[e.Name]); err != nil {
				good = false
				at(i, e, err)
			}
		}
		out = append(out, v.Interface())
	}
	if good {
		s.rows.put(en, out)
	}
}
