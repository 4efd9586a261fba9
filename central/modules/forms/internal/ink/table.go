package ink

import (
	"fmt"

	"tongban/central/kernel/paper"
	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
)

// box is a place on the page.
type box struct{ x, y, w, h float64 }

// drawn is one row as it stands on the page: repeated rows count once for each line.
type drawn struct {
	row  forms.Row
	y, h float64
	at   int // row of the design
	line int // of a repeated row
}

// table draws shades first, then what stands in the cells, then the lines on top, so that none is covered.
func (s *sheet) table(b forms.Block) error {
	xs := []float64{b.X}
	for _, w := range b.Columns {
		xs = append(xs, xs[len(xs)-1]+w)
	}
	var rows []drawn
	y := b.Y
	for i, r := range b.Rows {
		for line := range max(r.Lines, 1) {
			rows = append(rows, drawn{r, y, r.H, i, line})
			y += r.H
		}
	}
	edge := func(at int) float64 { // the top of a row of the design, or the foot of the table
		for _, r := range rows {
			if r.at == at {
				return r.y
			}
		}
		return y
	}
	for _, r := range rows {
		covered := make([]bool, len(b.Columns))
		for _, c := range r.row.Cells {
			across, down := max(c.ColSpan, 1), max(c.RowSpan, 1)
			at := box{xs[c.Col], r.y, xs[c.Col+across] - xs[c.Col], r.h}
			if down > 1 {
				at.h = edge(r.at+down) - r.y
			}
			for i := c.Col; i < c.Col+across; i++ {
				covered[i] = true
			}
			if err := s.cell(at, b, r, c); err != nil {
				return err
			}
		}
	}
	for _, r := range rows {
		for _, c := range r.row.Cells {
			h := r.h
			if c.RowSpan > 1 {
				h = edge(r.at+c.RowSpan) - r.y
			}
			s.Frame(xs[c.Col], r.y, xs[c.Col+max(c.ColSpan, 1)]-xs[c.Col], h, thin)
		}
	}
	s.gaps(b, xs, rows)
	s.Frame(b.X, b.Y, xs[len(xs)-1]-b.X, y-b.Y, strong)
	s.overflow(b)
	return nil
}

// gaps frames the places of the grid that no cell covers.
func (s *sheet) gaps(b forms.Block, xs []float64, rows []drawn) {
	taken := map[[2]int]bool{}
	for i, r := range b.Rows {
		for _, c := range r.Cells {
			for y := i; y < i+max(c.RowSpan, 1); y++ {
				for x := c.Col; x < c.Col+max(c.ColSpan, 1); x++ {
					taken[[2]int{x, y}] = true
				}
			}
		}
	}
	for _, r := range rows {
		for x := range b.Columns {
			if !taken[[2]int{x, r.at}] {
				s.Frame(xs[x], r.y, b.Columns[x], r.h, thin)
			}
		}
	}
}

func (s *sheet) cell(at box, b forms.Block, r drawn, c forms.Cell) error {
	size := c.Size
	if size == 0 {
		size = usual
	}
	set := paper.Setting{Size: size, Least: smallest, Align: c.Align}
	if c.Head {
		s.Shade(at.x, at.y, at.w, at.h)
	}
	inner := box{at.x + padX, at.y + padY, at.w - 2*padX, at.h - 2*padY}
	switch {
	case c.Signer != "":
		// words stand above, the signature at the lower right
		place := inner
		if c.Text != "" {
			set.Top = true
			s.Text(inner.x, inner.y, inner.w, inner.h, weight(c.Text, c.Bold), set)
			w, h := min(signWide, inner.w), min(signHigh, inner.h)
			place = box{inner.x + inner.w - w, inner.y + inner.h - h, w, h}
		}
		if png := s.ink.Signatures[c.Signer]; png != nil {
			return s.Picture(place.x, place.y, place.w, place.h, png)
		}
	case c.Seal:
		ring := at.h
		if c.Text != "" {
			ring -= 6
		}
		s.SealPlace(at.x, at.y, at.w, ring, s.sealWord())
		s.Text(inner.x, at.y+at.h-5.5, inner.w, 5, weight(c.Text, c.Bold), set)
	case c.Field == "":
		s.Text(inner.x, inner.y, inner.w, inner.h, weight(s.filledIn(c.Text, 0), c.Bold), set)
	case r.row.Repeat != "":
		f, v := s.lineOf(r.row.Repeat, c.Field, r.line)
		if v != nil || s.ink.Values[r.row.Repeat] == nil {
			s.entry(inner, f, v, set)
		}
	default:
		if c.Text != "" { // a label before the entry in one cell
			wide := min(s.Width(paper.Plain(c.Text), size)+1, inner.w/2)
			s.Text(inner.x, inner.y, wide, inner.h, weight(c.Text, c.Bold), paper.Setting{Size: size, Least: smallest})
			inner.x, inner.w = inner.x+wide, inner.w-wide
		}
		s.entry(inner, s.fields[c.Field], s.ink.Values[c.Field], set)
	}
	return nil
}

// lineOf is the column of a repeated row with the value of that line.
func (s *sheet) lineOf(repeat, column string, line int) (matter.Field, any) {
	f := columnOf(s.fields[repeat], column)
	all := linesOf(s.ink.Values[repeat])
	if line >= len(all) {
		return f, nil
	}
	values, _ := all[line].(map[string]any)
	return f, values[column]
}

func columnOf(f matter.Field, name string) matter.Field {
	for _, c := range f.Columns {
		if c.Name == name {
			return c
		}
	}
	return matter.Field{}
}

func linesOf(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []map[string]any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = v[i]
		}
		return out
	}
	return nil
}

// overflow notes the repeated lines that the table has no room for.
func (s *sheet) overflow(b forms.Block) {
	for _, r := range b.Rows {
		all := linesOf(s.ink.Values[r.Repeat])
		if room := max(r.Lines, 1); r.Repeat != "" && len(all) > room {
			s.more = append(s.more, more{s.fields[r.Repeat], b, r, all[room:], room + 1})
		}
	}
}

// continued draws the continuation sheets (续页).
func (s *sheet) continued() {
	const top, foot, head = 34.0, 22.0, 8.0
	begin := func(title string) float64 {
		s.Page()
		s.Text(20, 20, s.w-40, 10, paper.Strong(s.d.Title+"（续页）"), paper.Setting{Size: 14, Align: "center"})
		s.Text(20, top-6, s.w-40, 6, paper.Plain(title), paper.Setting{Size: usual})
		return top
	}
	for _, m := range s.more {
		y := s.h
		for i, line := range m.lines {
			if y+m.row.H > s.h-foot {
				y = begin(fmt.Sprintf("%s（接第%d条）", m.field.Label, m.number+i-1))
				s.rowOf(m, y, head, func(c forms.Cell, at box) {
					s.Shade(at.x, at.y, at.w, at.h)
					s.Text(at.x+padX, at.y, at.w-2*padX, at.h, paper.Plain(columnOf(m.field, c.Field).Label), paper.Setting{Size: usual, Least: smallest, Align: "center"})
				})
				y += head
			}
			values, _ := line.(map[string]any)
			s.rowOf(m, y, m.row.H, func(c forms.Cell, at box) {
				s.entry(box{at.x + padX, at.y + padY, at.w - 2*padX, at.h - 2*padY}, columnOf(m.field, c.Field), values[c.Field], paper.Setting{Size: usual, Least: smallest, Align: c.Align})
			})
			y += m.row.H
		}
	}
	y := s.h
	for _, a := range s.asides {
		text := paper.Join(paper.Strong(a.label+"："), paper.Plain(a.text))
		h := s.Height(s.w-40, text, usual) + 2
		if y+h > s.h-foot {
			y = begin("填写内容较长，接在这里")
		}
		s.Text(20, y, s.w-40, h, text, paper.Setting{Size: usual, Top: true})
		y += h + 2
	}
}

// rowOf draws one line of a continuation sheet in the columns that the table has.
func (s *sheet) rowOf(m more, y, h float64, draw func(c forms.Cell, at box)) {
	for _, c := range m.row.Cells {
		x := m.block.X
		for i := range c.Col {
			x += m.block.Columns[i]
		}
		w := 0.0
		for i := range max(c.ColSpan, 1) {
			w += m.block.Columns[c.Col+i]
		}
		draw(c, box{x, y, w, h})
		s.Frame(x, y, w, h, thin)
	}
}
