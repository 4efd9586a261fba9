// Package match compares two fingers by their points (指纹比对): one to one, and one to the few that a case knows. It says how alike they are and
// nothing about whom they belong to. Its error rates on made-up fingers are in deploy/docs/measured/fingerprint.txt; on real ones nobody has
// measured it, so that no decision about a person may rest on it alone.
package match

import (
	"math"
	"slices"

	"tongban/drivers/fingerprint/minutiae"
)

// Limits of a comparison.
const (
	fewest = 8 // points, below which a finger says too little

	seeds      = 30   // pairs of like neighbourhoods from which a whole alignment is tried
	nearby     = 7    // neighbours that make a neighbourhood
	slack      = 13.0 // pixels that a point may lie off
	slackAngle = 0.45 // and its angle
	full       = 9.0  // pairs that make half of what many pairs make
)

// Threshold is the score from which two fingers are taken for the same. Of 39 800 comparisons of different made-up fingers none came so high: with 95 %
// certainty fewer than one in 13 000 does (FMR). Of 1200 comparisons of the same finger three stayed below (FNMR 0.25 %).
const Threshold = 0.25

// Score is how alike two fingers are, 0 to 1 (相似度). Templates of other resolutions than 500 dpi, and with too few points, are like nobody's.
func Score(a, b minutiae.Template) float64 {
	if len(a.Points) < fewest || len(b.Points) < fewest || a.DPI != 500 || b.DPI != 500 {
		return 0
	}
	return newFinger(a).against(newFinger(b))
}

// Best compares a finger with a few others: the place of the one most like it, and how much. Without others the place is -1.
func Best(a minutiae.Template, others []minutiae.Template) (place int, score float64) {
	place = -1
	for i, o := range others {
		if s := Score(a, o); place < 0 || s > score {
			place, score = i, s
		}
	}
	return place, score
}

// finger is a template with its neighbourhoods.
type finger struct {
	points []minutiae.Minutia
	near   [][]neighbour
}

// neighbour is a point as seen from another: it does not change when the finger is shifted and turned.
type neighbour struct{ distance, bearing, angle float64 }

func newFinger(t minutiae.Template) *finger {
	f := &finger{points: t.Points, near: make([][]neighbour, len(t.Points))}
	for i, p := range t.Points {
		all := make([]neighbour, 0, len(t.Points)-1)
		for j, q := range t.Points {
			if i == j {
				continue
			}
			dx, dy := float64(q.X-p.X), float64(p.Y-q.Y)
			all = append(all, neighbour{math.Hypot(dx, dy), around(math.Atan2(dy, dx) - p.Angle), around(q.Angle - p.Angle)})
		}
		slices.SortFunc(all, func(a, b neighbour) int {
			switch {
			case a.distance < b.distance:
				return -1
			case a.distance > b.distance:
				return 1
			}
			return 0
		})
		f.near[i] = all[:min(nearby, len(all))]
	}
	return f
}

// around brings an angle into -π to π.
func around(a float64) float64 {
	if !(math.Abs(a) < 8*math.Pi) { // nothing that a picture gives
		return math.Remainder(a, 2*math.Pi)
	}
	for a > math.Pi {
		a -= 2 * math.Pi
	}
	for a < -math.Pi {
		a += 2 * math.Pi
	}
	return a
}

// like is how much two neighbourhoods have in common, 0 to 1.
func like(a, b []neighbour) float64 {
	sum := 0.0
	var used [nearby]bool
	for _, p := range a {
		best, at := 0.0, -1
		for j, q := range b {
			if used[j] {
				continue
			}
			d := math.Abs(p.distance-q.distance) / (5 + 0.08*p.distance)
			t := math.Abs(around(p.bearing-q.bearing)) * min(p.distance, 40) / 9 // far ones turn more exactly
			r := math.Abs(around(p.angle-q.angle)) / 0.5
			if d >= 1 || t >= 1 || r >= 1 {
				continue
			}
			if s := 1 - (d*d+t*t+r*r)/3; s > best {
				best, at = s, j
			}
		}
		if at >= 0 {
			used[at] = true
			sum += best
		}
	}
	return sum / float64(max(1, min(len(a), len(b))))
}

// seed is a pair from which an alignment begins.
type seed struct {
	a, b int
	like float64
}

// against tries the likeliest alignments and keeps the best.
func (f *finger) against(o *finger) float64 {
	var tries []seed
	alike := make([]float64, len(f.points)*len(o.points))
	for i := range f.points {
		for j := range o.points {
			l := like(f.near[i], o.near[j])
			alike[i*len(o.points)+j] = l
			if l > 0.15 {
				tries = append(tries, seed{i, j, l})
			}
		}
	}
	slices.SortFunc(tries, func(a, b seed) int {
		switch {
		case a.like > b.like:
			return -1
		case a.like < b.like:
			return 1
		}
		return (a.a-b.a)*1000 + a.b - b.b
	})
	best := 0.0
	for _, s := range tries[:min(seeds, len(tries))] {
		best = max(best, f.aligned(o, s, alike))
	}
	return best
}
