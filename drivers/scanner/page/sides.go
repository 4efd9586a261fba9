package page

import "math"

// fit lays a line through the rim of the patch along each side of the rough quadrilateral and lets the lines meet. A side
// that the border of the picture cuts off stays where it is.
func fit(q quad, p patch, g gray, at float64, touch sides) quad {
	var lines [4]line
	for i := range q {
		a, b := q[i], q[(i+1)%4]
		lines[i] = line{a, a.towards(b)}
		if onBorder(a, b, p, touch) {
			continue
		}
		if l, ok := fitLine(rimPoints(q, i, p, g, at)); ok {
			lines[i] = l
		}
	}
	return corners(q, lines, 0.06*max(float64(p.w), float64(p.h)))
}

// corners meets neighbouring lines; a corner that would jump further than reach keeps its old place.
func corners(q quad, lines [4]line, reach float64) quad {
	out := q
	for i := range q {
		if c, ok := lines[(i+3)%4].meet(lines[i]); ok && c.sub(q[i]).length() < reach {
			out[i] = c
		}
	}
	return out
}

func onBorder(a, b point, p patch, t sides) bool {
	w, h := float64(p.w-1), float64(p.h-1)
	near := func(u, v, border float64) bool { return math.Abs(u-border) < 2 && math.Abs(v-border) < 2 }
	return t.left && near(a.x, b.x, 0) || t.right && near(a.x, b.x, w) || t.top && near(a.y, b.y, 0) || t.bottom && near(a.y, b.y, h)
}

// rimPoints collects the rim near the middle nine tenths of side i, to a fraction of a pixel. A side that runs across is
// seen by columns, one that runs down by rows.
func rimPoints(q quad, i int, p patch, g gray, at float64) []point {
	a, b := q[i], q[(i+1)%4]
	d, side := a.towards(b), line{a, a.towards(b)}
	long, c := b.sub(a).length(), q.centre()
	reach := max(2.5, 0.02*long)
	var out []point
	take := func(x, y, sx, sy int) {
		pt := point{float64(x), float64(y)}
		if t := pt.sub(a).dot(d) / max(long, 1e-9); t < 0.05 || t > 0.95 || side.distance(pt) > reach {
			return
		}
		k := crossing(g, x, y, sx, sy, at)
		out = append(out, point{pt.x + k*float64(sx), pt.y + k*float64(sy)})
	}
	mid := a.mix(b, 0.5)
	if math.Abs(d.x) >= math.Abs(d.y) {
		for x, y := range p.top {
			switch {
			case y < 0:
			case mid.y < c.y:
				take(x, y, 0, -1)
			default:
				take(x, p.bottom[x], 0, 1)
			}
		}
		return out
	}
	for y, x := range p.left {
		switch {
		case x < 0:
		case mid.x < c.x:
			take(x, y, -1, 0)
		default:
			take(p.right[y], y, 1, 0)
		}
	}
	return out
}

// crossing is how far outwards from the last bright pixel the brightness falls through the threshold, 0 to 1.
func crossing(g gray, x, y, sx, sy int, at float64) float64 {
	ox, oy := x+sx, y+sy
	if ox < 0 || oy < 0 || ox >= g.w || oy >= g.h {
		return 0
	}
	in, out := float64(g.at(x, y)), float64(g.at(ox, oy))
	if in <= at || out >= at {
		return 0.5
	}
	return (in - at) / (in - out)
}

// sharpen moves the sides to where the brightness of the full picture falls, pixel by pixel instead of block by block.
func sharpen(src planes, q quad) quad {
	f := float64(max(1, (max(src.w, src.h)+findSide-1)/findSide))
	var lines [4]line
	for i := range q {
		a, b := q[i], q[(i+1)%4]
		lines[i] = line{a, a.towards(b)}
		if l, ok := fitLine(edgePoints(src, a, b, q.centre(), 2*f+4)); ok {
			lines[i] = l
		}
	}
	return corners(q, lines, 6*f)
}

// edgePoints looks across the side at many places for the middle between mat and paper.
func edgePoints(src planes, a, b, centre point, reach float64) []point {
	const places = 160
	d := a.towards(b)
	out := point{d.y, -d.x} // outwards
	if out.dot(centre.sub(a)) > 0 {
		out = out.times(-1)
	}
	n := int(2*reach) + 1
	profile := make([]float64, n)
	var pts []point
	for k := range places {
		base := a.mix(b, 0.05+0.9*float64(k)/(places-1))
		low, high, inside := 255.0, 0.0, true
		for j := range profile {
			p := base.add(out.times(float64(j) - reach))
			v, ok := src.light(p, d)
			inside = inside && ok
			profile[j], low, high = v, min(low, v), max(high, v)
		}
		if !inside || high-low < 16 {
			continue
		}
		half := (low + high) / 2
		for j := n - 1; j > 0; j-- { // from outside: print near the rim does not deceive
			if profile[j] < half && profile[j-1] >= half {
				at := float64(j-1) + (profile[j-1]-half)/(profile[j-1]-profile[j])
				pts = append(pts, base.add(out.times(at-reach)))
				break
			}
		}
	}
	return pts
}

// light is the brightness at p, averaged over three pixels along d; false outside the picture.
func (p planes) light(at, d point) (float64, bool) {
	var sum float64
	for k := -1.0; k <= 1; k++ {
		q := at.add(d.times(k * 1.5))
		x, y := int(math.Round(q.x)), int(math.Round(q.y))
		if x < 0 || y < 0 || x >= p.w || y >= p.h {
			return 0, false
		}
		sum += float64(p.y[y*p.ys+x])
	}
	return sum / 3, true
}
