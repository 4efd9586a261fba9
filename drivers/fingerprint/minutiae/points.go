package minutiae

import (
	"math"
	"slices"
)

// spot is a point in the making.
type spot struct {
	at   int
	arms [][]int // lines that leave it, nearest pixel first
	Minutia
	false_ bool
}

const (
	look   = 16 // pixels along a line that tell its direction and whether it is a real one
	margin = 14 // from the rim of the finger, where every ridge ends
)

// points reads endings and forks off the thinned ridges, and drops those that noise, scars and the rim have made.
func (f *field) points(line []uint8) []Minutia {
	rim := f.rim()
	var spots []*spot
	index := map[int]*spot{}
	for i, on := range line {
		if on == 0 {
			continue
		}
		n := crossings(line, f.w, i)
		if n != 1 && n < 3 {
			continue
		}
		s := &spot{at: i, Minutia: Minutia{X: i % f.w, Y: i / f.w, Kind: Ending}}
		if n >= 3 {
			s.Kind = Fork
		}
		spots = append(spots, s)
		index[i] = s
	}
	for _, s := range spots {
		s.arms = f.arms(line, s.at)
	}
	for _, s := range spots {
		f.judge(s, index)
	}
	f.gaps(spots)
	for _, s := range spots {
		s.false_ = s.false_ || rim[s.at]
	}
	crowd(spots)
	var out []Minutia
	for _, s := range spots {
		if s.false_ {
			continue
		}
		b := s.Y/block*f.bw + s.X/block
		s.Minutia.Quality = int(100*min(1, f.clear[b])*min(1, f.strength[b]/40) + 0.5)
		out = append(out, s.Minutia)
	}
	slices.SortStableFunc(out, func(a, b Minutia) int { return b.Quality - a.Quality })
	return out[:min(len(out), Most)]
}

// crossings counts how often one goes from valley to ridge around a pixel: once at an end, three times at a fork.
func crossings(line []uint8, w, i int) int {
	around := ring(w)
	n := 0
	for j, d := range around {
		if line[i+d] == 0 && line[i+around[(j+1)&7]] != 0 {
			n++
		}
	}
	return n
}

// arms follows the lines that leave a pixel, each to its next crossing or as far as look.
func (f *field) arms(line []uint8, at int) [][]int {
	around := ring(f.w)
	var out [][]int
	for j, d := range around {
		first := at + d
		// of two set neighbours side by side the straight one begins the line
		if line[first] == 0 || j&1 == 1 && (line[at+around[(j+1)&7]] != 0 || line[at+around[(j+7)&7]] != 0) {
			continue
		}
		arm := []int{first}
		before, now := at, first
		for len(arm) < look {
			if n := crossings(line, f.w, now); n != 2 {
				break
			}
			next := f.step(line, before, now, at)
			if next < 0 {
				break
			}
			before, now = now, next
			arm = append(arm, now)
		}
		out = append(out, arm)
	}
	return out
}

// step is the next pixel of a line, or -1.
func (f *field) step(line []uint8, before, now, start int) int {
	best := -1
	around := ring(f.w)
	for _, j := range [8]int{0, 2, 4, 6, 1, 3, 5, 7} { // straight ones first
		n := now + around[j]
		if line[n] == 0 || n == before || n == start || f.touching(n, before) {
			continue
		}
		best = n
		break
	}
	return best
}

func (f *field) touching(a, b int) bool {
	dx, dy := a%f.w-b%f.w, a/f.w-b/f.w
	return dx >= -1 && dx <= 1 && dy >= -1 && dy <= 1
}

// heading is the direction from a pixel to the middle of a line's far part.
func (f *field) heading(from int, arm []int) float64 {
	to := arm[min(len(arm)-1, 11)]
	return turn(math.Atan2(float64(from/f.w-to/f.w), float64(to%f.w-from%f.w)))
}

// judge gives a point its angle and finds short spurs, islands and bridges.
func (f *field) judge(s *spot, index map[int]*spot) {
	reached := func(arm []int) *spot {
		if len(arm) >= look {
			return nil
		}
		return index[arm[len(arm)-1]]
	}
	const short = 8
	if s.Kind == Ending {
		if len(s.arms) != 1 {
			s.false_ = true
			return
		}
		arm := s.arms[0]
		s.Angle = f.heading(s.at, arm)
		o := reached(arm)
		switch {
		case o == nil:
			s.false_ = len(arm) < look/2 // ends in a knot
		case o.Kind == Ending: // an island
			s.false_, o.false_ = true, true
		case len(arm) < short+2: // a spur
			s.false_, o.false_ = true, true
		}
		return
	}
	if len(s.arms) != 3 {
		s.false_ = true
		return
	}
	for _, arm := range s.arms {
		if o := reached(arm); o != nil && len(arm) < short { // a bridge, or a pore in the ridge
			s.false_, o.false_ = true, true
		}
	}
	s.Angle = f.between(s)
}

// between is the middle of the two arms that are closest in direction.
func (f *field) between(s *spot) float64 {
	var a [3]float64
	for i, arm := range s.arms {
		a[i] = f.heading(s.at, arm)
	}
	best, out := math.Inf(1), 0.0
	for i := range 3 {
		u, v := a[i], a[(i+1)%3]
		if d := apart(u, v); d < best {
			best = d
			out = math.Atan2(math.Sin(u)+math.Sin(v), math.Cos(u)+math.Cos(v))
		}
	}
	return turn(out)
}

// gaps drops pairs of endings that face each other: a ridge that a scratch or dry skin has broken.
func (f *field) gaps(spots []*spot) {
	for i, a := range spots {
		if a.false_ || a.Kind != Ending {
			continue
		}
		for _, b := range spots[i+1:] {
			if b.Y-a.Y > 12 { // they come from top to bottom
				break
			}
			if b.false_ || b.Kind != Ending {
				continue
			}
			d := math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y))
			if d > 12 || apart(a.Angle, b.Angle+math.Pi) > 0.7 {
				continue
			}
			way := math.Atan2(float64(a.Y-b.Y), float64(b.X-a.X)) // from a to b: back from its ridge
			if d < 4 || apart(way, a.Angle+math.Pi) < 0.7 {
				a.false_, b.false_ = true, true
			}
		}
	}
}

// crowd drops points that stand closer together than ridges do, and whole nests of them.
func crowd(spots []*spot) {
	var drop []*spot
	for i, a := range spots {
		near := 0
		for j, b := range spots {
			if i == j || b.false_ || a.false_ {
				continue
			}
			d := math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y))
			if d < 6 {
				near += 4
			} else if d < 20 {
				near++
			}
		}
		if near >= 4 {
			drop = append(drop, a)
		}
	}
	for _, s := range drop {
		s.false_ = true
	}
}

// rim marks the pixels that are closer than margin to glass, to the edge, or to skin without clear ridges.
func (f *field) rim() []bool {
	out := make([]bool, f.w*f.h)
	bad := make([]bool, len(f.ink))
	for b, on := range f.ink {
		bad[b] = !on || f.clear[b] < 0.2
	}
	const blocks = (margin + block - 1) / block
	for b := range bad {
		x, y := b%f.bw, b/f.bw
		near := x < blocks || y < blocks || x >= f.bw-blocks || y >= f.bh-blocks
		f.around(b, blocks, func(o int) { near = near || bad[o] })
		if near {
			f.each(b, func(i int) { out[i] = true })
		}
	}
	return out
}
