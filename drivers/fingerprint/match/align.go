package match

import (
	"math"
	"slices"

	"tongban/drivers/fingerprint/minutiae"
)

// pose turns and shifts one finger's points onto the other's; y runs down, angles up.
type pose struct{ cos, sin, turn, dx, dy float64 }

func (p pose) at(x, y float64) (float64, float64) {
	return x*p.cos + y*p.sin + p.dx, y*p.cos - x*p.sin + p.dy
}

// pair is a point of each finger, taken for the same.
type pair struct {
	a, b   int
	off    float64 // pixels
	turned float64
}

// aligned lays one finger on the other by one pair, sets it straight by all pairs that then fit, and weighs what fits.
func (f *finger) aligned(o *finger, s seed, alike []float64) float64 {
	p, q := f.points[s.a], o.points[s.b]
	turn := around(q.Angle - p.Angle)
	if math.Abs(turn) > math.Pi/3 { // nobody lays a finger down across
		return 0
	}
	at := newPose(turn, float64(p.X), float64(p.Y), float64(q.X), float64(q.Y))
	pairs := f.fit(o, at, slack*1.3, slackAngle*1.2)
	for range 2 {
		if len(pairs) < 3 {
			return 0
		}
		at = f.straighten(o, pairs)
		pairs = f.fit(o, at, slack, slackAngle)
	}
	return f.weigh(o, at, pairs, alike)
}

func newPose(turn, fromX, fromY, toX, toY float64) pose {
	s, c := math.Sincos(turn)
	p := pose{cos: c, sin: s, turn: turn}
	x, y := p.at(fromX, fromY)
	p.dx, p.dy = toX-x, toY-y
	return p
}

// fit pairs points that lie on each other, the closest first, each once.
func (f *finger) fit(o *finger, at pose, reach, angle float64) []pair {
	var all []pair
	for i, p := range f.points {
		x, y := at.at(float64(p.X), float64(p.Y))
		for j, q := range o.points {
			off := math.Hypot(x-float64(q.X), y-float64(q.Y))
			if off > reach {
				continue
			}
			if t := math.Abs(around(p.Angle + at.turn - q.Angle)); t <= angle {
				all = append(all, pair{i, j, off / reach, t / angle})
			}
		}
	}
	slices.SortFunc(all, func(a, b pair) int {
		switch d := a.off + 0.5*a.turned - b.off - 0.5*b.turned; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return (a.a-b.a)*1000 + a.b - b.b
	})
	usedA, usedB := make([]bool, len(f.points)), make([]bool, len(o.points))
	out := all[:0]
	for _, p := range all {
		if usedA[p.a] || usedB[p.b] {
			continue
		}
		usedA[p.a], usedB[p.b] = true, true
		out = append(out, p)
	}
	return out
}

// straighten is the turn and shift with the least squares of what is left between the pairs.
func (f *finger) straighten(o *finger, pairs []pair) pose {
	var ax, ay, bx, by float64
	for _, p := range pairs {
		a, b := f.points[p.a], o.points[p.b]
		ax, ay, bx, by = ax+float64(a.X), ay+float64(a.Y), bx+float64(b.X), by+float64(b.Y)
	}
	n := float64(len(pairs))
	ax, ay, bx, by = ax/n, ay/n, bx/n, by/n
	var dot, cross float64
	for _, p := range pairs {
		a, b := f.points[p.a], o.points[p.b]
		ux, uy, vx, vy := float64(a.X)-ax, float64(a.Y)-ay, float64(b.X)-bx, float64(b.Y)-by
		dot += ux*vx + uy*vy
		cross += uy*vx - ux*vy
	}
	return newPose(math.Atan2(cross, dot), ax, ay, bx, by)
}

// weigh is the share of points that found their like where both fingers were seen, weighted by how well, and less where they are few.
func (f *finger) weigh(o *finger, at pose, pairs []pair, alike []float64) float64 {
	sum := 0.0
	for _, p := range pairs {
		w := 1 - 0.5*(p.off*p.off+p.turned*p.turned)
		sum += w * min(1, 0.35+1.3*alike[p.a*len(o.points)+p.b])
	}
	back := newPose(-at.turn, at.dx, at.dy, 0, 0)
	seenA := seen(len(f.points), func(i int) (float64, float64) { return at.at(float64(f.points[i].X), float64(f.points[i].Y)) }, o)
	seenB := seen(len(o.points), func(j int) (float64, float64) { return back.at(float64(o.points[j].X), float64(o.points[j].Y)) }, f)
	share := sum / math.Sqrt(max(fewest, seenA)*max(fewest, seenB))
	return min(1, min(1, share)*sum/(sum+full)*(1+full/40)) // not a hair above one by rounding
}

// seen counts the points that lie where the other finger was seen: it has a point near by.
func seen(n int, place func(int) (float64, float64), o *finger) float64 {
	const near = 32
	c := 0.0
	for i := range n {
		x, y := place(i)
		if slices.ContainsFunc(o.points, func(q minutiae.Minutia) bool {
			dx, dy := x-float64(q.X), y-float64(q.Y)
			return dx*dx+dy*dy < near*near
		}) {
			c++
		}
	}
	return c
}
