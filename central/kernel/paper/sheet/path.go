package sheet

import (
	"math"

	"tongban/central/kernel/paper/typeface"
)

// Op is a path command.
type Op byte

// Path commands.
const (
	Move  Op = 'm'
	Line  Op = 'l'
	Cube  Op = 'c'
	Close Op = 'h'
)

func (o Op) points() int {
	switch o {
	case Move, Line:
		return 1
	case Cube:
		return 3
	}
	return 0
}

// Point is a position in millimetres.
type Point struct{ X, Y float64 }

// Segment is one command with its points.
type Segment struct {
	Op     Op
	Points [3]Point
}

// Used returns the points the command takes.
func (s Segment) Used() []Point { return s.Points[:s.Op.points()] }

// MoveTo, LineTo, CubeTo and End append to the path.
func (p *Path) MoveTo(x, y float64) { p.add(Move, Point{x, y}) }

// LineTo draws a straight line.
func (p *Path) LineTo(x, y float64) { p.add(Line, Point{x, y}) }

// CubeTo draws a cubic curve.
func (p *Path) CubeTo(a, b, c Point) { p.add(Cube, a, b, c) }

// End closes the current figure.
func (p *Path) End() { p.add(Close) }

func (p *Path) add(op Op, points ...Point) {
	s := Segment{Op: op}
	copy(s.Points[:], points)
	p.Segments = append(p.Segments, s)
}

// Rect appends a rectangle.
func (p *Path) Rect(x, y, w, h float64) {
	p.MoveTo(x, y)
	p.LineTo(x+w, y)
	p.LineTo(x+w, y+h)
	p.LineTo(x, y+h)
	p.End()
}

// Circle appends a circle of four cubic curves; the error is below 0.03 % of the radius.
func (p *Path) Circle(x, y, r float64) {
	const k = 0.5522847498
	p.MoveTo(x+r, y)
	p.CubeTo(Point{x + r, y + k*r}, Point{x + k*r, y + r}, Point{x, y + r})
	p.CubeTo(Point{x - k*r, y + r}, Point{x - r, y + k*r}, Point{x - r, y})
	p.CubeTo(Point{x - r, y - k*r}, Point{x - k*r, y - r}, Point{x, y - r})
	p.CubeTo(Point{x + k*r, y - r}, Point{x + r, y - k*r}, Point{x + r, y})
	p.End()
}

// Star appends a five-pointed star with one point upward.
func (p *Path) Star(x, y, r float64) {
	inner := r * math.Sin(math.Pi/10) / math.Sin(7*math.Pi/10)
	for i := range 10 {
		radius := r
		if i%2 == 1 {
			radius = inner
		}
		angle := -math.Pi/2 + float64(i)*math.Pi/5
		px, py := x+radius*math.Cos(angle), y+radius*math.Sin(angle)
		if i == 0 {
			p.MoveTo(px, py)
		} else {
			p.LineTo(px, py)
		}
	}
	p.End()
}

// Glyph appends a character's outline with its origin at (x, y), em millimetres tall, turned clockwise by the angle (radians).
func (p *Path) Glyph(o typeface.Outline, x, y, em, angle float64) {
	sin, cos := math.Sincos(angle)
	at := func(q typeface.Point) Point {
		dx, dy := q.X*em, -q.Y*em
		return Point{x + dx*cos - dy*sin, y + dx*sin + dy*cos}
	}
	var last Point
	for _, s := range o {
		switch s.Op {
		case typeface.Move:
			last = at(s.Points[0])
			p.MoveTo(last.X, last.Y)
		case typeface.Line:
			last = at(s.Points[0])
			p.LineTo(last.X, last.Y)
		case typeface.Quad: // raised to a cubic, which both page formats know
			c, end := at(s.Points[0]), at(s.Points[1])
			p.CubeTo(between(last, c, 2.0/3), between(end, c, 2.0/3), end)
			last = end
		case typeface.Cube:
			last = at(s.Points[2])
			p.CubeTo(at(s.Points[0]), at(s.Points[1]), last)
		case typeface.Close:
			p.End()
		}
	}
}

func between(a, b Point, t float64) Point {
	return Point{a.X + (b.X-a.X)*t, a.Y + (b.Y-a.Y)*t}
}
