package minutiae

import (
	"math"
	"slices"
)

// Ridges are 5 to 14 pixels apart at 500 dpi; nine is what nothing better is known for.
const (
	closest, widest = 5, 14
	ordinary        = 9
)

// periods measures how far ridges are apart: the grey along a line across them swings once a ridge.
func (f *field) periods() {
	const half, thick = 20, 3 // a strip of 41 by 7 pixels
	raw := make([]float32, len(f.ink))
	var row [2*half + 1]float64
	for b, on := range f.ink {
		if !on || f.clear[b] < 0.4 {
			continue
		}
		cx, cy := float64(b%f.bw*block+block/2), float64(b/f.bw*block+block/2)
		s, c := math.Sincos(f.along[b])
		for u := -half; u <= half; u++ {
			sum, n := 0.0, 0.0
			for v := -thick; v <= thick; v++ {
				x, y := int(cx+float64(v)*c+float64(u)*s+0.5), int(cy-float64(v)*s+float64(u)*c+0.5)
				if x >= 0 && y >= 0 && x < f.w && y < f.h {
					sum += float64(f.grey[y*f.w+x])
					n++
				}
			}
			row[u+half] = sum / max(n, 1)
		}
		raw[b] = float32(swing(row[:]))
	}
	for b := range raw {
		var near []float32
		f.around(b, 3, func(o int) {
			if raw[o] > 0 {
				near = append(near, raw[o])
			}
		})
		f.period[b] = ordinary
		if len(near) > 0 {
			slices.Sort(near)
			f.period[b] = near[len(near)/2]
		}
	}
}

// swing is the shift at which a row is most like itself, zero where it is like itself nowhere.
func swing(row []float64) float64 {
	var likes [widest + 2]float64
	like := func(d int) float64 {
		s, a, b := 0.0, 0.0, 0.0
		for i := 0; i+d < len(row); i++ {
			s += row[i] * row[i+d]
			a += row[i] * row[i]
			b += row[i+d] * row[i+d]
		}
		return s / (math.Sqrt(a*b) + 1e-9)
	}
	for d := range likes {
		likes[d] = like(d)
	}
	for d := closest; d <= widest; d++ { // the first peak: later ones are its multiples
		l, m, r := likes[d-1], likes[d], likes[d+1]
		if m > 0.3 && m >= l && m > r {
			return float64(d) + (l-r)/(2*(l-2*m+r)) // top of the parabola
		}
	}
	return 0
}

// Filters of the enhancement.
const (
	angles = 24
	reach  = 7
	side   = 2*reach + 1
	tempo  = widest - closest + 1
)

// bank is a wave under a bell for each direction and period, as thin along the ridge as forks need.
var bank = filters()

func filters() [][]float32 {
	out := make([][]float32, angles*tempo)
	for t := range angles {
		s, c := math.Sincos(float64(t) * math.Pi / angles)
		for p := range tempo {
			step := float64(p + closest)
			across, along := step*0.42, 4.0
			k := make([]float32, side*side)
			var bell [side * side]float64
			var sum, size float64
			for y := -reach; y <= reach; y++ {
				for x := -reach; x <= reach; x++ {
					u, v := float64(x)*s+float64(y)*c, float64(x)*c-float64(y)*s // across and along
					i := (y+reach)*side + x + reach
					bell[i] = math.Exp(-u*u/(2*across*across) - v*v/(2*along*along))
					g := bell[i] * math.Cos(2*math.Pi*u/step)
					k[i] = float32(g)
					sum += g
					size += bell[i]
				}
			}
			for i := range k {
				k[i] -= float32(sum * bell[i] / size)
			}
			out[t*tempo+p] = k
		}
	}
	return out
}

// enhance filters each pixel in the direction and period of its block and returns what is ridge: one, else zero.
func (f *field) enhance() []uint8 {
	wide := f.w + 2*reach
	in := make([]float32, wide*(f.h+2*reach)) // a frame of even grey, so that no pixel looks at the edge
	for y := range f.h {
		copy(in[(y+reach)*wide+reach:], f.grey[y*f.w:(y+1)*f.w])
	}
	out := make([]uint8, f.w*f.h)
	for b, on := range f.ink {
		if !on {
			continue
		}
		t := int(f.along[b]/math.Pi*angles+0.5) % angles
		p := min(max(int(f.period[b]+0.5)-closest, 0), tempo-1)
		k := bank[t*tempo+p]
		f.each(b, func(i int) {
			at := i/f.w*wide + i%f.w
			var s float32
			for dy := range side {
				row, line := in[at+dy*wide:][:side], k[dy*side:][:side]
				for j, v := range row {
					s += v * line[j]
				}
			}
			if s < 0 { // dark
				out[i] = 1
			}
		})
	}
	return out
}
