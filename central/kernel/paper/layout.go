package paper

import (
	"fmt"

	"tongban/central/kernel/paper/sheet"
)

// layout is the work on one document.
type layout struct {
	engine *Engine
	doc    Document
	style  style
}

func (l *layout) run() ([]sheet.Page, error) {
	parts := l.parts()
	pages := make([]sheet.Page, len(parts))
	for i, part := range parts {
		pages[i] = sheet.Page{Width: sheet.A4Width, Height: sheet.A4Height}
		p := &painter{engine: l.engine, page: &pages[i]}
		l.watermark(p)
		l.head(p, i == 0)
		l.flow(p, part, i == 0)
		if i == len(parts)-1 {
			l.sign(p)
		}
		if err := l.foot(p, i+1, len(parts)); err != nil {
			return nil, fmt.Errorf("lay out %s: %w", l.doc.Title, err)
		}
	}
	return pages, nil
}

// parts deals the text out to pages. One page is the rule: text that misses it by little is set tighter rather than continued.
func (l *layout) parts() [][]unit {
	normal := l.style
	for step := range tightest + 1 {
		l.style = normal.tighter(step)
		units := l.units()
		if height(units) <= signTop-flowTop {
			return [][]unit{units}
		}
	}
	l.style = normal
	return paginate(l.units())
}

func (l *layout) units() []unit {
	var units []unit
	for i, b := range l.doc.Blocks {
		part := b.units(l)
		if _, note := b.(Note); note && i > 0 && len(part) > 0 {
			if _, named := l.doc.Blocks[i-1].(Heading); named {
				part[0].before = 0.3
			}
		}
		units = append(units, part...)
	}
	for i := range units {
		units[i].before *= l.style.spacing
	}
	return units
}

// flow draws the units of one page from the top down.
func (l *layout) flow(p *painter, units []unit, firstPage bool) {
	y := flowStart(firstPage)
	for i, u := range units {
		if i > 0 {
			y += u.before
		} else if u.repeat != nil {
			u.repeat.draw(p, y, standing{})
			y += u.repeat.height
		}
		at := standing{last: u.tableEnd || i == len(units)-1}
		at.first = u.row && u.repeat == nil && (i == 0 || !units[i-1].row || units[i-1].tableEnd)
		u.draw(p, y, at)
		y += u.height
	}
}

func flowStart(firstPage bool) float64 {
	if firstPage {
		return flowTop
	}
	return flowTopNext
}
