package paper

import (
	"math"

	"tongban/central/kernel/paper/sheet"
)

// head draws template and numbers, and on the first page the body's name and the title.
func (l *layout) head(p *painter, firstPage bool) {
	const between = 4.0
	number, template := measure{10.5, 5.55}, measure{9.5, 5.1}
	widest := 0.0
	for _, s := range l.doc.Head.Right {
		widest = max(widest, p.engine.width(Plain(s), number.size))
	}
	widest = min(widest, textWidth/2)
	for i, s := range l.doc.Head.Right {
		p.textRight(Plain(s), right, top+float64(i)*number.line, widest, number, look{color: ink})
	}
	for i, s := range l.doc.Head.Left {
		p.text(Plain(s), left, top+float64(i)*template.line, textWidth-widest-between, template, look{color: label})
	}
	if !firstPage {
		return
	}
	l.spaced(p, Plain(l.doc.Body), measure{16, 8.2}, bodyNameCentre, 0.5, 0.014)
	spacing := 2.1
	if len([]rune(l.doc.Title)) > 7 {
		spacing = 1.05
	}
	l.spaced(p, Strong(l.doc.Title), measure{22, 11}, titleCentre, spacing, 0)
}

// spaced sets a letter-spaced line around the middle of the text, shrunk where it is too long.
func (l *layout) spaced(p *painter, t Text, m measure, centre, spacing, embolden float64) {
	middle := left + textWidth/2
	set := p.engine.one(t, m.size)
	if full := set.width + spacing*float64(len(set.glyphs)-1); full > textWidth {
		m.size *= textWidth / full
		spacing *= textWidth / full
		set = p.engine.one(t, m.size)
	}
	for i := range set.at {
		set.at[i] += spacing * float64(i)
	}
	set.width += spacing * float64(len(set.at)-1)
	p.line(set, middle-set.width/2, baseline(centre-m.line/2, m), look{size: m.size, color: ink, spaced: true, embolden: embolden})
}

// watermark repeats the word across the page, light enough that text over it stays readable on a photocopy. It is drawn as shapes, so
// that it does not mix with the text when that is copied.
func (l *layout) watermark(p *painter) {
	runes := clean(l.doc.Watermark)
	if len(runes) == 0 {
		return
	}
	const angle = -math.Pi / 6 // 30 degrees up
	sin, cos := math.Sincos(angle)
	step := min(6.9, textWidth/cos/float64(len(runes)))
	size := 0.9 * step
	grey := sheet.Grey(0.91)
	path := &sheet.Path{Fill: &grey, Role: sheet.RoleWatermark}
	length := float64(len(runes)) * step
	across := length*cos + 22
	for row := range 6 {
		y0 := 88 + float64(row)*34
		for x0 := left + float64(row%2)*across/2; x0+length*cos <= right; x0 += across {
			if y0+length*sin < flowTopNext || y0 > footLine-4 {
				continue // whole words only
			}
			for i, r := range runes {
				if outline, err := p.engine.faces.Regular.Outline(r); err == nil {
					path.Glyph(outline, x0+float64(i)*step*cos, y0+float64(i)*step*sin, size, angle)
				}
			}
		}
	}
	p.page.Items = append(p.page.Items, path)
}
