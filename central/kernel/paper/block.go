package paper

// Block is one part of the text of a paper: Paragraph, Note, Heading, Table, Facts, Strip or Law.
type Block interface {
	// units cuts the block into the pieces that may go to different pages.
	units(l *layout) []unit
}

// unit is a piece that stays on one page.
type unit struct {
	before   float64 // distance to the unit above; left out at the top of a page
	height   float64
	keepNext bool  // must not be the last on its page
	row      bool  // a table row, which the signature may stand under
	tableEnd bool  // the last row of its table
	repeat   *unit // drawn again above this unit when it opens a page
	draw     func(p *painter, y float64, at standing)
}

// standing says where on its page a unit came to stand.
type standing struct{ first, last bool }

// Paragraph is running text, 14 pt, first line two characters in unless Flush.
type Paragraph struct {
	Text  Text
	Flush bool
}

func (b Paragraph) units(l *layout) []unit {
	f := frame{width: textWidth, justify: true}
	if !b.Flush {
		f.indent = 2 * em(l.style.text.size)
	}
	return l.lines(b.Text, l.style.text, f, 0)
}

// Note is secondary text, 11 pt.
type Note struct{ Text Text }

func (b Note) units(l *layout) []unit {
	return l.lines(b.Text, l.style.note, frame{width: textWidth, justify: true}, 1.8)
}

// Heading names what follows and stays with it.
type Heading struct{ Text string }

func (b Heading) units(l *layout) []unit {
	units := l.lines(Strong(b.Text), l.style.heading, frame{width: textWidth}, 2.9)
	for i := range units {
		units[i].keepNext = true
	}
	return units
}

// lines makes one unit of each set line. The first two and the last two lines of a paragraph stay together.
func (l *layout) lines(t Text, m measure, f frame, before float64) []unit {
	set := l.engine.setLines(t, m.size, f)
	units := make([]unit, len(set))
	for i, s := range set {
		units[i] = unit{
			height:   m.line,
			keepNext: len(set) > 1 && (i == 0 || i == len(set)-2),
			draw: func(p *painter, y float64, _ standing) {
				p.line(s, left, baseline(y, m), look{size: m.size, color: ink})
			},
		}
	}
	units[0].before = before
	return units
}

// Law quotes what the paper rests on: a bar at the left, then law, article, paragraph, item and the sentence.
type Law struct{ Text Text }

func (b Law) units(l *layout) []unit {
	const bar, gap, before = 0.5, 3.2, 3.0
	m := l.style.law
	set := l.engine.setLines(b.Text, m.size, frame{width: textWidth - gap, justify: true})
	units := make([]unit, len(set))
	for i, s := range set {
		units[i] = unit{
			height:   m.line,
			keepNext: i < len(set)-1,
			draw: func(p *painter, y float64, _ standing) {
				p.fill(left, y, bar, m.line+0.01, rule)
				p.line(s, left+gap, baseline(y, m), look{size: m.size, color: ink})
			},
		}
	}
	units[0].before = before
	return units
}
