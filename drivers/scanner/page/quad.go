package page

import (
	"image"
	"math"
	"slices"
)

type point struct{ x, y float64 }

func (p point) sub(q point) point            { return point{p.x - q.x, p.y - q.y} }
func (p point) add(q point) point            { return point{p.x + q.x, p.y + q.y} }
func (p point) times(k float64) point        { return point{p.x * k, p.y * k} }
func (p point) cross(q point) float64        { return p.x*q.y - p.y*q.x }
func (p point) dot(q point) float64          { return p.x*q.x + p.y*q.y }
func (p point) length() float64              { return math.Hypot(p.x, p.y) }
func (p point) towards(q point) point        { d := q.sub(p); return d.times(1 / max(d.length(), 1e-9)) }
func (p point) mix(q point, t float64) point { return p.add(q.sub(p).times(t)) }

// quad is four corners: top left, top right, bottom right, bottom left.
type quad [4]point

// scale goes from block coordinates of a shrunken picture to pixels: the middle of a block is the middle of its pixels.
func (q quad) scale(f float64) quad {
	for i := range q {
		q[i] = point{(q[i].x+0.5)*f - 0.5, (q[i].y+0.5)*f - 0.5}
	}
	return q
}

// points rounds to whole pixels within the picture.
func (q quad) points(w, h int) [4]image.Point {
	var out [4]image.Point
	for i, p := range q {
		out[i] = image.Pt(max(0, min(w-1, int(math.Round(p.x)))), max(0, min(h-1, int(math.Round(p.y)))))
	}
	return out
}

func (q quad) centre() point { return q[0].add(q[1]).add(q[2]).add(q[3]).times(0.25) }

// inset moves the corners towards the middle by a share of the way.
func (q quad) inset(share float64) quad {
	c := q.centre()
	for i := range q {
		q[i] = q[i].mix(c, share)
	}
	return q
}

// ordered turns corners that go round clockwise so that the first is the one nearest to the top left of the picture.
func ordered(q quad) quad {
	first := 0
	for i := range q {
		if q[i].x+q[i].y < q[first].x+q[first].y {
			first = i
		}
	}
	return quad{q[first], q[(first+1)%4], q[(first+2)%4], q[(first+3)%4]}
}

// rim is the outer pixels of the patch, row by row.
func (p patch) rim() []point {
	var out []point
	for y := range p.left {
		if p.left[y] >= 0 {
			out = append(out, point{float64(p.left[y]), float64(y)}, point{float64(p.right[y]), float64(y)})
		}
	}
	return out
}

// convexHull is Andrew's monotone chain; the result goes round clockwise as seen on the screen.
func convexHull(pts []point) []point {
	slices.SortFunc(pts, func(a, b point) int {
		if a.x != b.x {
			return int(math.Copysign(1, a.x-b.x))
		}
		return int(a.y - b.y)
	})
	half := func(pts []point) []point {
		var h []point
		for _, p := range pts {
			for len(h) > 1 && h[len(h)-1].sub(h[len(h)-2]).cross(p.sub(h[len(h)-2])) <= 0 {
				h = h[:len(h)-1]
			}
			h = append(h, p)
		}
		return h[:max(0, len(h)-1)]
	}
	if len(pts) < 3 {
		return pts
	}
	lower := half(pts)
	slices.Reverse(pts)
	return append(lower, half(pts)...)
}

// maxHull bounds the search for corners, which grows with the cube; a page's hull has far fewer.
const maxHull = 96

// largestQuad is the largest quadrilateral whose corners are corners of the hull.
func largestQuad(hull []point) (quad, bool) {
	if len(hull) > maxHull {
		thin := make([]point, 0, maxHull)
		for i := range maxHull {
			thin = append(thin, hull[i*len(hull)/maxHull])
		}
		hull = thin
	}
	n := len(hull)
	best, out := 0.0, quad{}
	for i := range n {
		for k := i + 2; k < n; k++ {
			d := hull[k].sub(hull[i])
			far := func(from, to int) (float64, point) {
				top, at := 0.0, hull[i]
				for j := from; j < to; j++ {
					if a := math.Abs(d.cross(hull[j%n].sub(hull[i]))); a > top {
						top, at = a, hull[j%n]
					}
				}
				return top, at
			}
			a, p := far(i+1, k)
			b, q := far(k+1, n+i)
			if a > 0 && b > 0 && a+b > best {
				best, out = a+b, quad{hull[i], p, hull[k], q}
			}
		}
	}
	return ordered(out), best > 0
}

// line is a point and a direction of length 1.
type line struct{ p, d point }

func (l line) distance(p point) float64 { return math.Abs(l.d.cross(p.sub(l.p))) }

func (l line) meet(m line) (point, bool) {
	c := l.d.cross(m.d)
	if math.Abs(c) < 0.2 { // sides of a page never meet at less than 12 degrees
		return point{}, false
	}
	return l.p.add(l.d.times(m.p.sub(l.p).cross(m.d) / c)), true
}

// fitLine is the line of least squared distance; points off it by far are left away twice.
func fitLine(pts []point) (line, bool) {
	for round := 0; ; round++ {
		if len(pts) < 8 {
			return line{}, false
		}
		var c point
		for _, p := range pts {
			c = c.add(p)
		}
		c = c.times(1 / float64(len(pts)))
		var xx, xy, yy float64
		for _, p := range pts {
			d := p.sub(c)
			xx, xy, yy = xx+d.x*d.x, xy+d.x*d.y, yy+d.y*d.y
		}
		sin, cos := math.Sincos(math.Atan2(2*xy, xx-yy) / 2)
		l := line{c, point{cos, sin}}
		if round == 2 {
			return l, true
		}
		off := make([]float64, len(pts))
		for i, p := range pts {
			off[i] = l.distance(p)
		}
		slices.Sort(off)
		limit := max(0.5, 2.5*off[len(off)/2])
		pts = slices.DeleteFunc(slices.Clone(pts), func(p point) bool { return l.distance(p) > limit })
	}
}
