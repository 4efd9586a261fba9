package minutiae

import (
	"image"
	"math"
	"slices"
)

const block = 8 // side of the squares that the picture is measured in

// field is a picture and what is known of its blocks.
type field struct {
	w, h   int
	grey   []float32 // evened: mean 0, deviation about 1 within the finger
	bw, bh int

	ink      []bool    // the block shows ridges
	strength []float32 // deviation of its grey
	along    []float64 // direction of its ridges, 0 to π, counter-clockwise from the right
	clear    []float32 // 0 to 1: how much its grey and that around it runs in one direction
	sharp    []float32 // the same of the block alone: it falls first when skin is dry or worn
	period   []float32 // of its ridges, in pixels
}

func newField(img *image.Gray, w, h int) *field {
	f := &field{w: w, h: h, bw: (w + block - 1) / block, bh: (h + block - 1) / block, grey: make([]float32, w*h)}
	for y := range h {
		row := img.Pix[(y)*img.Stride:][:w]
		for x, v := range row {
			f.grey[y*w+x] = float32(v)
		}
	}
	n := f.bw * f.bh
	f.ink, f.strength, f.along = make([]bool, n), make([]float32, n), make([]float64, n)
	f.clear, f.sharp, f.period = make([]float32, n), make([]float32, n), make([]float32, n)
	return f
}

// each calls do for the pixels of one block.
func (f *field) each(b int, do func(i int)) {
	x0, y0 := b%f.bw*block, b/f.bw*block
	for y := y0; y < min(y0+block, f.h); y++ {
		for x := x0; x < min(x0+block, f.w); x++ {
			do(y*f.w + x)
		}
	}
}

// lowest is the deviation of grey, of 255, below which a block is glass and not skin.
const lowest = 14

// segment tells skin from glass by contrast, evens the grey, and closes gaps in the skin.
func (f *field) segment() {
	n := len(f.ink)
	mean := make([]float32, n)
	for b := range n {
		var s, s2, c float64
		f.each(b, func(i int) { v := float64(f.grey[i]); s += v; s2 += v * v; c++ })
		m := s / c
		mean[b], f.strength[b] = float32(m), float32(math.Sqrt(max(0, s2/c-m*m)))
	}
	order := slices.Clone(f.strength)
	slices.Sort(order)
	limit := max(lowest, 0.35*order[n*9/10]) // beside the clearest tenth
	for b := range n {
		f.ink[b] = f.strength[b] >= limit
	}
	f.ink = f.vote(f.vote(f.ink, 5), 5)
	mean, dev := f.smooth(mean, 1), f.smooth(f.strength, 1)
	for b := range n {
		m, d := mean[b], max(dev[b], lowest/2)
		f.each(b, func(i int) { f.grey[i] = max(-3, min(3, (f.grey[i]-m)/d)) })
	}
}

// vote lets a block be what most of it and its eight neighbours are; outside of the picture is glass.
func (f *field) vote(in []bool, most int) []bool {
	out := make([]bool, len(in))
	for b := range in {
		c := 0
		f.around(b, 1, func(o int) {
			if in[o] {
				c++
			}
		})
		out[b] = c >= most
	}
	return out
}

// around calls do for the blocks within r of b, itself too.
func (f *field) around(b, r int, do func(o int)) {
	x, y := b%f.bw, b/f.bw
	for v := max(0, y-r); v <= min(f.bh-1, y+r); v++ {
		for u := max(0, x-r); u <= min(f.bw-1, x+r); u++ {
			do(v*f.bw + u)
		}
	}
}

// smooth is the mean of the blocks within r.
func (f *field) smooth(in []float32, r int) []float32 {
	out := make([]float32, len(in))
	for b := range in {
		var s, c float32
		f.around(b, r, func(o int) { s += in[o]; c++ })
		out[b] = s / c
	}
	return out
}

// orient finds the direction of the ridges by the squared gradient, in which opposite slopes of a ridge agree.
func (f *field) orient() {
	n := len(f.ink)
	xx, xy, all := make([]float32, n), make([]float32, n), make([]float32, n)
	for y := 1; y < f.h-1; y++ {
		for x := 1; x < f.w-1; x++ {
			b := y/block*f.bw + x/block
			if !f.ink[b] {
				continue
			}
			i := y*f.w + x
			g, w := f.grey, f.w
			gx := g[i-w+1] + 2*g[i+1] + g[i+w+1] - g[i-w-1] - 2*g[i-1] - g[i+w-1]
			gy := g[i+w-1] + 2*g[i+w] + g[i+w+1] - g[i-w-1] - 2*g[i-w] - g[i-w+1]
			xx[b] += gx*gx - gy*gy
			xy[b] += 2 * gx * gy
			all[b] += gx*gx + gy*gy
		}
	}
	nx, ny, na := f.smooth(xx, 1), f.smooth(xy, 1), f.smooth(all, 1)
	sx, sy := f.smooth(nx, 1), f.smooth(ny, 1)
	for b := range n {
		// the gradient stands across the ridge; rows run down, angles up
		a := 0.5*math.Atan2(-float64(sy[b]), float64(sx[b])) + math.Pi/2
		f.along[b] = math.Mod(a+math.Pi, math.Pi)
		if all[b] > 0 {
			f.sharp[b] = float32(math.Hypot(float64(xx[b]), float64(xy[b]))) / all[b]
		}
		if na[b] > 0 {
			f.clear[b] = float32(math.Hypot(float64(nx[b]), float64(ny[b]))) / na[b]
		}
	}
}

func (f *field) inked() int {
	c := 0
	for _, on := range f.ink {
		if on {
			c++
		}
	}
	return c
}

// area is the share of the picture that shows ridges, in percent.
func (f *field) area() int {
	c := 0
	for b, on := range f.ink {
		if on && f.clear[b] > 0.25 {
			c++
		}
	}
	return c * 100 / len(f.ink)
}

// usual is the area of a finger that is laid down well, in blocks: about 200 by 250 pixels.
const usual = 200 * 250 / block / block

// score: area, clearness and contrast multiply, as whichever is the worst of them spoils the picture.
func (f *field) score() int {
	var ink, good, sum, deep float64
	for b, on := range f.ink {
		if !on {
			continue
		}
		ink++
		c := float64(f.sharp[b])
		sum += c
		deep += float64(f.strength[b])
		if c > 0.5 {
			good++
		}
	}
	if ink == 0 {
		return 0
	}
	area := min(1, good/usual)
	clearness := min(1, max(0, (sum/ink-0.35)/0.55))
	contrast := min(1, deep/ink/50)
	return int(100*area*clearness*contrast + 0.5)
}
