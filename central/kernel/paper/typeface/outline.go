package typeface

import (
	"fmt"

	"github.com/tdewolff/font"
)

// Op is one command of an outline.
type Op byte

// Outline commands with the number of points they take.
const (
	Move  Op = 'M' // 1
	Line  Op = 'L' // 1
	Quad  Op = 'Q' // 2
	Cube  Op = 'C' // 3
	Close Op = 'Z' // 0
)

// Point is a position in em, y upward from the baseline.
type Point struct{ X, Y float64 }

// Segment is one command with its points; the unused ones are zero.
type Segment struct {
	Op     Op
	Points [3]Point
}

// Outline is the shape of one character.
type Outline []Segment

// Outline returns the shape of the character; empty for a space. It fails for a character the face lacks.
func (f *Face) Outline(r rune) (Outline, error) {
	id := f.glyph(r)
	if id == 0 {
		return nil, fmt.Errorf("outline %U: not in %s", r, f.name)
	}
	var o Outline
	if err := f.sfnt.GlyphPath((*pen)(&o), id, 0, 0, 0, 1/f.units, font.NoHinting); err != nil {
		return nil, fmt.Errorf("outline %U: %w", r, err)
	}
	return o, nil
}

// pen collects what the font library draws.
type pen Outline

func (p *pen) add(op Op, points ...Point) {
	s := Segment{Op: op}
	copy(s.Points[:], points)
	*p = append(*p, s)
}

func (p *pen) MoveTo(x, y float64)       { p.add(Move, Point{x, y}) }
func (p *pen) LineTo(x, y float64)       { p.add(Line, Point{x, y}) }
func (p *pen) QuadTo(a, b, x, y float64) { p.add(Quad, Point{a, b}, Point{x, y}) }
func (p *pen) Close()                    { p.add(Close) }
func (p *pen) CubeTo(a, b, c, d, x, y float64) {
	p.add(Cube, Point{a, b}, Point{c, d}, Point{x, y})
}
