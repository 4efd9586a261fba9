package paper

import "tongban/central/kernel/paper/sheet"

// CellKind is what one day of the clock strip means; on paper it is told by shape alone.
type CellKind string

// Kinds of cell. They have the values of the calendar's cells, so that a strip can be copied over without a table.
const (
	CellUsed      CellKind = "used"      // full
	CellToday     CellKind = "today"     // empty on paper: the reader's today is another day
	CellLeft      CellKind = "left"      // empty
	CellSuspended CellKind = "suspended" // hatched
	CellBeyond    CellKind = "beyond"    // grey: up to the statutory day
	CellOver      CellKind = "over"      // full
)

// Cell is one day. Month starts are marked where a strip is drawn as a bar.
type Cell struct {
	Kind       CellKind
	MonthStart bool
}

// Mark names a cell: Above is a date, Below its meaning.
type Mark struct {
	Cell         int // index; negative counts from the end
	Above, Below string
}

// Strip is the clock drawn as one cell a day (时限条): where counting starts, what is promised, what the law allows.
type Strip struct {
	Cells []Cell
	Marks []Mark
}

// Cells returns n cells of one kind.
func Cells(kind CellKind, n int) []Cell {
	cells := make([]Cell, n)
	for i := range cells {
		cells[i].Kind = kind
	}
	return cells
}

const (
	cellHeight = 4.2
	cellGap    = 0.6
	barCells   = 52 // above this many, cells would be thinner than 3 mm
)

// pitch is the width of one cell with its gap.
func (b Strip) pitch() float64 {
	n := float64(max(len(b.Cells), 1))
	switch {
	case n <= 5:
		return 13.8
	case n <= 20:
		return max(7.4, min(13.8, 74/n))
	}
	return textWidth / n
}

func (b Strip) units(l *layout) []unit {
	if len(b.Cells) == 0 {
		return nil
	}
	m := l.style.small
	return []unit{{
		before: 0.9, height: 2*m.line + cellHeight + 0.6, keepNext: true,
		draw: func(p *painter, y float64, _ standing) {
			cellTop := y + m.line + 0.3
			if len(b.Cells) > barCells {
				b.bar(p, cellTop)
			} else {
				b.cells(p, cellTop)
			}
			b.marks(p, y, m)
		},
	}}
}

func (b Strip) cells(p *painter, y float64) {
	pitch := b.pitch()
	width := pitch - cellGap
	if pitch < 4 {
		width = pitch - 0.4
	}
	for i, c := range b.Cells {
		x := left + 0.3 + float64(i)*pitch
		switch c.Kind {
		case CellUsed, CellOver:
			p.fill(x, y, width, cellHeight, rule)
		case CellBeyond:
			p.fill(x, y, width, cellHeight, later)
			p.frame(x, y, width, cellHeight, 0.15, sheet.Grey(0.55))
			continue
		case CellSuspended:
			p.hatch(x, y, width, cellHeight)
		}
		p.frame(x, y, width, cellHeight, 0.3, rule)
	}
}

// bar draws a long limit as one bar with a tick at each month.
func (b Strip) bar(p *painter, y float64) {
	pitch := b.pitch()
	for i := 0; i < len(b.Cells); {
		j := i
		for j < len(b.Cells) && shade(b.Cells[j].Kind) == shade(b.Cells[i].Kind) {
			j++
		}
		x, width := left+0.3+float64(i)*pitch, float64(j-i)*pitch
		switch shade(b.Cells[i].Kind) {
		case CellUsed:
			p.fill(x, y, width, cellHeight, rule)
		case CellBeyond:
			p.fill(x, y, width, cellHeight, later)
		case CellSuspended:
			p.hatch(x, y, width, cellHeight)
		}
		i = j
	}
	p.frame(left+0.3, y, float64(len(b.Cells))*pitch-0.6, cellHeight, 0.3, rule)
	for i, c := range b.Cells {
		if c.MonthStart && i > 0 {
			p.fill(left+0.3+float64(i)*pitch, y-0.8, 0.2, cellHeight+1.6, rule)
		}
	}
}

func shade(k CellKind) CellKind {
	switch k {
	case CellOver:
		return CellUsed
	case CellToday:
		return CellLeft
	}
	return k
}

// hatch fills a cell with strokes from lower left to upper right, cut off at its edges.
func (p *painter) hatch(x, y, w, h float64) {
	path := &sheet.Path{Stroke: &rule, Width: 0.2}
	for d := 0.9; d < w+h; d += 1.1 {
		x0, y0 := x+max(d-h, 0), y+min(d, h)
		x1, y1 := x+min(d, w), y+max(d-w, 0)
		path.MoveTo(x0, y0)
		path.LineTo(x1, y1)
	}
	p.page.Items = append(p.page.Items, path)
}

// marks writes the names of cells, dates above and meanings below. A name ends at the right edge of its cell, the first cell's starts
// at the left edge. Names that would touch move apart, to the left first, because the end of the strip is the more important one.
func (b Strip) marks(p *painter, y float64, m measure) {
	var above, below []Text
	for _, mark := range b.Marks {
		above = append(above, Strong(mark.Above))
		below = append(below, Plain(mark.Below))
	}
	b.names(p, above, y, m)
	b.names(p, below, y+m.line+cellHeight+0.6, m)
}

func (b Strip) names(p *painter, names []Text, y float64, m measure) {
	const apart = 3.0
	x, width := make([]float64, len(names)), make([]float64, len(names))
	for i, name := range names {
		width[i] = p.engine.width(name, m.size)
		cell := b.Marks[i].Cell
		if cell < 0 {
			cell += len(b.Cells)
		}
		x[i] = left + 0.3
		if cell > 0 || i > 0 {
			x[i] = left + 0.3 + float64(cell+1)*b.pitch() - cellGap - width[i]
		}
		x[i] = max(x[i], left+0.3)
	}
	for i := len(names) - 2; i >= 0; i-- {
		x[i] = min(x[i], x[i+1]-apart-width[i])
	}
	for i, name := range names {
		if i == 0 {
			x[i] = max(x[i], left+0.3)
		} else {
			x[i] = max(x[i], x[i-1]+width[i-1]+apart)
		}
		if name.String() != "" {
			p.text(name, x[i], y, right-x[i], m, look{color: ink})
		}
	}
}
