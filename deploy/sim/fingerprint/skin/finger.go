// Package skin grows fingerprints of nobody (合成指纹): a finger is a field of ridge directions in which ridges grow out of noise, and
// an impression is what a sensor sees of it, with shift, turn, stretch, pressure, dry skin and noise. Everything follows from a seed.
package skin

import (
	"math"
	"math/rand/v2"
)

// Size of the skin that a finger has, in pixels at 500 dpi.
const (
	Width  = 340
	Height = 440
)

// Finger is one grown finger (母指纹).
type Finger struct {
	Class Class
	Seed  uint64
	skin  []float32 // Width×Height, ridges below zero
}

const (
	turns   = 24 // directions of the filters, over half a turn
	reach   = 8  // of a filter, in pixels
	side    = 2*reach + 1
	rounds  = 9
	minStep = 7.0 // shortest period of the filters
	periods = 9   // every half pixel
)

// Grow makes the finger of a seed.
func Grow(seed uint64) *Finger {
	r := rand.New(rand.NewPCG(seed, 0x5eed)) //nolint:gosec // made-up skin, no secret
	return grow(r, seed, pick(r))
}

// GrowClass makes the finger of a seed with a given pattern.
func GrowClass(seed uint64, class Class) *Finger {
	r := rand.New(rand.NewPCG(seed, 0x5eed)) //nolint:gosec // made-up skin, no secret
	return grow(r, seed, class)
}

func grow(r *rand.Rand, seed uint64, class Class) *Finger {
	f := &Finger{Class: class, Seed: seed}
	field := newFlow(r, class)
	const all = Width * Height
	which := make([]uint16, all)
	for y := range Height {
		for x := range Width {
			a := math.Mod(field.angle(float64(x), float64(y)), math.Pi)
			if a < 0 {
				a += math.Pi
			}
			t := int(a/math.Pi*turns+0.5) % turns
			p := min(max(int((field.distance(float64(x), float64(y))-minStep)*2+0.5), 0), periods-1)
			which[y*Width+x] = uint16(t*periods + p) //nolint:gosec // small
		}
	}
	bank := filters()
	// the picture lies in a frame of noise as wide as a filter, so that no pixel needs a look at the edge
	const wide = Width + 2*reach
	now, next := make([]float32, wide*(Height+2*reach)), make([]float32, wide*(Height+2*reach))
	for i := range now {
		now[i] = float32(r.NormFloat64() * 0.5)
	}
	copy(next, now)
	for range rounds {
		for y := range Height {
			for x := range Width {
				k := bank[which[y*Width+x]]
				var s float32
				for dy := range side {
					row := now[(y+dy)*wide+x:][:side]
					line := k[dy*side:][:side]
					for i, v := range row {
						s += v * line[i]
					}
				}
				next[(y+reach)*wide+x+reach] = max(-1, min(1, s*3)) // skin is ridge or valley
			}
		}
		now, next = next, now
	}
	f.skin = make([]float32, all)
	for y := range Height {
		copy(f.skin[y*Width:(y+1)*Width], now[(y+reach)*wide+reach:])
	}
	return f
}

// filters are waves under a bell, across the ridge, without an answer to even grey.
func filters() [][]float32 {
	bank := make([][]float32, turns*periods)
	for t := range turns {
		a := float64(t) * math.Pi / turns
		nx, ny := -math.Sin(a), math.Cos(a) // across
		for p := range periods {
			step := minStep + float64(p)/2
			sigma := step * 0.42
			k := make([]float32, side*side)
			var sum, size float64
			var w [side * side]float64
			for y := -reach; y <= reach; y++ {
				for x := -reach; x <= reach; x++ {
					i := (y+reach)*side + x + reach
					w[i] = math.Exp(-float64(x*x+y*y) / (2 * sigma * sigma))
					g := w[i] * math.Cos(2*math.Pi*(float64(x)*nx+float64(y)*ny)/step)
					k[i] = float32(g)
					sum += g
					size += w[i]
				}
			}
			var norm float64
			for i := range k {
				k[i] -= float32(sum * w[i] / size)
				norm += math.Abs(float64(k[i]))
			}
			for i := range k {
				k[i] /= float32(norm)
			}
			bank[t*periods+p] = k
		}
	}
	return bank
}

// at is the skin at a place between pixels, and false outside of it.
func (f *Finger) at(x, y float64) (float64, bool) {
	if x < 0 || y < 0 || x >= Width-1 || y >= Height-1 {
		return 0, false
	}
	x0, y0 := int(x), int(y)
	u, v := x-float64(x0), y-float64(y0)
	i := y0*Width + x0
	top := float64(f.skin[i])*(1-u) + float64(f.skin[i+1])*u
	low := float64(f.skin[i+Width])*(1-u) + float64(f.skin[i+Width+1])*u
	return top*(1-v) + low*v, true
}
