package paper

// Table is a ruled table: strong rules above, below the head and below, thin ones between rows, none upright. Its head is repeated
// when it runs on to another page.
type Table struct {
	Columns []Column
	Rows    [][]Text // one text a column; missing ones are empty
	Empty   string   // what stands in the only row when there is none
}

// Column is one column. A width of 0 takes what the others leave; at most one may.
type Column struct {
	Head  string
	Width float64 // millimetres, padding included
	Right bool    // align right, for numbers
}

// Facts is a table without head: what it is, and the fact. Facts without a value are left out.
type Facts [][2]Text

// F is one row of Facts.
func F(name string, value Text) [2]Text { return [2]Text{Plain(name), value} }

const (
	cellSide   = 1.6
	tableAbove = 2.9
	maxRow     = 24 // lines of one cell that stay together; longer rows run on like text
)

func (b Facts) units(l *layout) []unit {
	// Five characters and the padding: 27.5 mm in the usual size.
	name := 5.75*em(l.style.cell.size) + 2*cellSide
	t := &tableLayout{layout: l, widths: []float64{name, textWidth - name}, right: []bool{false, false}}
	for _, fact := range b {
		if fact[1].String() != "" {
			t.add(fact[:], 0)
		}
	}
	return t.finish(nil)
}

func (b Table) units(l *layout) []unit {
	t := &tableLayout{layout: l, widths: b.widths()}
	for _, c := range b.Columns {
		t.right = append(t.right, c.Right)
	}
	for _, row := range b.Rows {
		t.add(row, -1)
	}
	if len(b.Rows) == 0 && b.Empty != "" {
		t.widths, t.right = []float64{textWidth}, []bool{false}
		t.add([]Text{Plain(b.Empty)}, -1)
	}
	return t.finish(b.head(l))
}

func (b Table) widths() []float64 {
	rest := textWidth
	for _, c := range b.Columns {
		rest -= c.Width
	}
	widths := make([]float64, len(b.Columns))
	for i, c := range b.Columns {
		if widths[i] = c.Width; c.Width == 0 {
			widths[i] = rest
		}
	}
	return widths
}

func (b Table) head(l *layout) *unit {
	m := l.style.head
	widths := b.widths()
	height := m.line + 2*l.style.cellPad
	return &unit{height: height, keepNext: true, draw: func(p *painter, y float64, _ standing) {
		p.hline(left, y, textWidth, strongRule)
		x := left
		for i, c := range b.Columns {
			k, room := look{color: label}, widths[i]-2*cellSide
			if c.Right {
				p.textRight(Plain(c.Head), x+widths[i]-cellSide, y+l.style.cellPad, room, m, k)
			} else {
				p.text(Plain(c.Head), x+cellSide, y+l.style.cellPad, room, m, k)
			}
			x += widths[i]
		}
		p.hline(left, y+height, textWidth, thinRule*1.5)
	}}
}

// tableLayout collects the row units of one table.
type tableLayout struct {
	layout *layout
	widths []float64
	right  []bool
	units  []unit
}

// add sets the cells of one row. greyColumn is the column drawn as a label, -1 for none.
func (t *tableLayout) add(cells []Text, greyColumn int) {
	m := t.layout.style.cell
	set := make([][]line, len(t.widths))
	most := 1
	for i, width := range t.widths {
		if i < len(cells) {
			set[i] = t.layout.engine.setLines(cells[i], m.size, frame{width: width - 2*cellSide})
		}
		most = max(most, len(set[i]))
	}
	for from := 0; from < most; from += maxRow {
		to := min(from+maxRow, most)
		t.units = append(t.units, t.part(set, from, to, to == most, greyColumn))
	}
}

// part is lines from..to of a row; only the last part has a rule below.
func (t *tableLayout) part(set [][]line, from, to int, end bool, greyColumn int) unit {
	m, pad := t.layout.style.cell, t.layout.style.cellPad
	height := float64(to-from)*m.line + 2*pad
	return unit{height: height, row: true, draw: func(p *painter, y float64, at standing) {
		if at.first {
			p.hline(left, y, textWidth, strongRule)
		}
		x := left
		for i, lines := range set {
			k := look{size: m.size, color: ink}
			if i == greyColumn {
				k.color = label
			}
			for j := from; j < min(to, len(lines)); j++ {
				at := x + cellSide
				if t.right[i] {
					at = x + t.widths[i] - cellSide - lines[j].width
				}
				p.line(lines[j], at, baseline(y+pad+float64(j-from)*m.line, m), k)
			}
			x += t.widths[i]
		}
		switch {
		case at.last:
			p.hline(left, y+height, textWidth, strongRule)
		case end:
			p.hline(left, y+height, textWidth, thinRule)
		}
	}}
}

// finish joins head and rows.
func (t *tableLayout) finish(head *unit) []unit {
	if len(t.units) == 0 {
		return nil
	}
	rows := t.units
	for i := range rows {
		rows[i].repeat = head
	}
	rows[len(rows)-1].tableEnd = true
	if head != nil {
		opening := *head
		opening.before = tableAbove
		return append([]unit{opening}, rows...)
	}
	rows[0].before = tableAbove
	return rows
}
