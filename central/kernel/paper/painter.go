package paper

import (
	"fmt"

	"tongban/central/kernel/paper/sheet"
)

// painter puts set lines and rules on one page.
type painter struct {
	engine *Engine
	page   *sheet.Page
}

// look is how a line is drawn.
type look struct {
	size     float64
	color    sheet.Color
	embolden float64
	spaced   bool
}

// baseline is where the foot of characters stands in a line box: Chinese characters sit centred in it, 0.88 em above and 0.12 below.
func baseline(top float64, m measure) float64 { return top + (m.line-em(m.size))/2 + 0.88*em(m.size) }

// line draws a set line with its start at x.
func (p *painter) line(l line, x, baseline float64, k look) {
	for i := 0; i < len(l.glyphs); {
		face := p.engine.faces.Regular
		if l.glyphs[i].bold {
			face = p.engine.faces.Bold
		}
		has := face.Has(l.glyphs[i].r)
		t := &sheet.Text{
			X: x + l.at[i], Y: baseline, Size: k.size, Bold: l.glyphs[i].bold, Embolden: k.embolden, Color: k.color, Spaced: k.spaced, Invisible: !has,
		}
		start := i
		for ; i < len(l.glyphs) && l.glyphs[i].bold == t.Bold && face.Has(l.glyphs[i].r) == has; i++ {
			t.Runes = append(t.Runes, l.glyphs[i].r)
			t.At = append(t.At, l.at[i]-l.at[start])
			t.Width = l.at[i] - l.at[start] + l.ink(i)
			if !has {
				p.rare(l.glyphs[i], x+l.at[i], baseline, k)
			}
		}
		if !has && t.Embolden > 0 {
			t.Embolden = 0
		}
		p.page.Items = append(p.page.Items, t)
	}
}

// rare draws a character that the embedded face lacks: from a font of the system, thickened where bold is wanted, else as a box with
// its number.
func (p *painter) rare(g glyph, x, baseline float64, k look) {
	r, size := g.r, em(k.size)
	if outline, ok := p.engine.fallback.Outline(r); ok {
		path := &sheet.Path{Fill: &k.color}
		if g.bold {
			path.Stroke, path.Width = &k.color, 0.022*size
		}
		path.Glyph(outline, x, baseline, size, 0)
		p.page.Items = append(p.page.Items, path)
		return
	}
	box := &sheet.Path{Stroke: &k.color, Width: 0.03 * size}
	box.Rect(x+0.05*size, baseline-0.82*size, 0.9*size, 0.88*size)
	p.page.Items = append(p.page.Items, box)
	code := fmt.Sprintf("%04X", r)
	half := (len(code) + 1) / 2
	for i, part := range []string{code[:half], code[half:]} {
		path := &sheet.Path{Fill: &k.color}
		for j, c := range part {
			if outline, err := p.engine.faces.Regular.Outline(c); err == nil {
				path.Glyph(outline, x+(0.14+0.25*float64(j))*size, baseline-(0.44-0.38*float64(i))*size, 0.42*size, 0)
			}
		}
		p.page.Items = append(p.page.Items, path)
	}
}

// text sets s on one line, shrunk where it is wider than room, and draws it with its start at x.
func (p *painter) text(t Text, x, top, room float64, m measure, k look) {
	k.size = m.size
	l := p.fit(t, room, &k.size)
	p.line(l, x, baseline(top, m), k)
}

// textRight is text that ends at x.
func (p *painter) textRight(t Text, x, top, room float64, m measure, k look) {
	k.size = m.size
	l := p.fit(t, room, &k.size)
	p.line(l, x-l.width, baseline(top, m), k)
}

// textCentre is text around the middle x.
func (p *painter) textCentre(t Text, x, top, room float64, m measure, k look) {
	k.size = m.size
	l := p.fit(t, room, &k.size)
	p.line(l, x-l.width/2, baseline(top, m), k)
}

// fit sets the text on one line and lowers the size until it fits.
func (p *painter) fit(t Text, room float64, size *float64) line {
	l := p.engine.one(t, *size)
	if l.width > room && l.width > 0 {
		*size *= room / l.width
		l = p.engine.one(t, *size)
	}
	return l
}

// one sets text on a single line, line feeds read as spaces.
func (e *Engine) one(t Text, size float64) line {
	flat := make(Text, len(t))
	for i, run := range t {
		flat[i] = run
		for j, c := range flat[i].Text {
			if c == '\n' {
				flat[i].Text = flat[i].Text[:j] + " " + flat[i].Text[j+1:]
			}
		}
	}
	return e.setLines(flat, size, frame{width: 1e6})[0]
}

// hline draws a horizontal rule whose middle is at y.
func (p *painter) hline(x, y, width, thick float64) {
	path := &sheet.Path{Stroke: &rule, Width: thick}
	if thick <= thinRule {
		path.Stroke = &faint
	}
	path.MoveTo(x, y)
	path.LineTo(x+width, y)
	p.page.Items = append(p.page.Items, path)
}

func (p *painter) fill(x, y, w, h float64, c sheet.Color) {
	path := &sheet.Path{Fill: &c}
	path.Rect(x, y, w, h)
	p.page.Items = append(p.page.Items, path)
}

func (p *painter) frame(x, y, w, h, thick float64, c sheet.Color) {
	path := &sheet.Path{Stroke: &c, Width: thick}
	path.Rect(x, y, w, h)
	p.page.Items = append(p.page.Items, path)
}
