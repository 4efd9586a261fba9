package paper

import (
	"math"

	"tongban/central/kernel/paper/sheet"
)

// Seal is a round seal drawn from the body's name (印章): ring, star, name along the ring, purpose below the star. It is a picture, not a
// signature; what makes the paper checkable is the verify code. A sample seal says so below the star.
type Seal struct {
	Name    string // 绵阳市涪城区样例行政审批局
	Purpose string // 行政许可专用章
	Sample  bool   // adds 样章
}

// draw centres the seal at (x, y).
func (s Seal) draw(p *painter, x, y float64) {
	const outer, ringWidth = sealSize / 2, 1.0
	ring := &sheet.Path{Stroke: &red, Width: ringWidth, Role: sheet.RoleSeal}
	ring.Circle(x, y, outer-ringWidth/2)
	star := &sheet.Path{Fill: &red, Role: sheet.RoleSeal}
	star.Star(x, y-1.6, 4.8)
	p.page.Items = append(p.page.Items, ring, star)
	s.arc(p, x, y)
	s.level(p, s.Purpose, x, y+11.4, 3.5, 24)
	if s.Sample {
		s.level(p, "样章", x, y+6.6, 2.6, 14)
	}
}

// arc sets the name along the upper part of the ring. The angle between characters shrinks with their number, and so does their size,
// so that a name of 25 characters still leaves the lower quarter free.
func (s Seal) arc(p *painter, x, y float64) {
	const radius = 16.9 // of the characters' tops
	runes := clean(s.Name)
	if len(runes) == 0 {
		return
	}
	const widest = 1.3 * math.Pi // 234 degrees
	step := min(0.275, widest/float64(len(runes)))
	size := min(3.7, step*radius*0.92)
	start := -step * float64(len(runes)-1) / 2
	path := &sheet.Path{Fill: &red, Role: sheet.RoleSeal}
	for i, r := range runes {
		outline, err := p.engine.faces.Bold.Outline(r)
		if err != nil {
			var ok bool
			if outline, ok = p.engine.fallback.Outline(r); !ok {
				continue
			}
		}
		angle := start + step*float64(i)
		sin, cos := math.Sincos(angle)
		// The origin of the glyph: half its width to the left of the ray, its foot size*0.88 below the top circle.
		foot := radius - 0.88*size
		half := p.engine.faces.Bold.Advance(r) * size / 2
		path.Glyph(outline, x+foot*sin-half*cos, y-foot*cos-half*sin, size, angle)
	}
	p.page.Items = append(p.page.Items, path)
}

// level sets a word horizontally around x with its foot at y.
func (s Seal) level(p *painter, word string, x, y, size, room float64) {
	width := 0.0
	runes := clean(word)
	for _, r := range runes {
		width += p.engine.faces.Bold.Advance(r)
	}
	if width == 0 {
		return
	}
	size = min(size, room/width)
	path := &sheet.Path{Fill: &red, Role: sheet.RoleSeal}
	at := x - width*size/2
	for _, r := range runes {
		if outline, err := p.engine.faces.Bold.Outline(r); err == nil {
			path.Glyph(outline, at, y, size, 0)
		}
		at += p.engine.faces.Bold.Advance(r) * size
	}
	p.page.Items = append(p.page.Items, path)
}
