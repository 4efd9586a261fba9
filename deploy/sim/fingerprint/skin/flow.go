package skin

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
)

// Class is the pattern of a finger (纹型).
type Class int

// Classes. Arches have no core; loops one with its delta, whorls two of each.
const (
	Arch Class = iota
	LeftLoop
	RightLoop
	Whorl
)

// String is the class in English.
func (c Class) String() string { return [...]string{"arch", "left loop", "right loop", "whorl"}[c] }

// pick draws a class, about as often as people have it.
func pick(r *rand.Rand) Class {
	switch p := r.Float64(); {
	case p < 0.05:
		return Arch
	case p < 0.37:
		return LeftLoop
	case p < 0.67:
		return RightLoop
	}
	return Whorl
}

// flow is the direction and the distance of ridges at each place: Sherlock and Monro's sum over cores and deltas, bent by a
// few slow waves, so that no two fingers of a class run alike.
type flow struct {
	cores, deltas []complex128
	bulge         float64 // of an arch
	base          float64
	waves         [4]wave
	period        float64
	periodWave    wave
}

// wave is a slow change over the finger.
type wave struct{ kx, ky, phase, size float64 }

func newWave(r *rand.Rand, size float64) wave {
	a, k := r.Float64()*2*math.Pi, (0.5+r.Float64())*2*math.Pi/300
	return wave{kx: k * math.Cos(a), ky: k * math.Sin(a), phase: r.Float64() * 2 * math.Pi, size: size * (0.5 + r.Float64())}
}

func (w wave) at(x, y float64) float64 { return w.size * math.Sin(w.kx*x+w.ky*y+w.phase) }

func newFlow(r *rand.Rand, class Class) *flow {
	f := &flow{period: 8.2 + 1.8*r.Float64(), periodWave: newWave(r, 0.5)}
	for i := range f.waves {
		f.waves[i] = newWave(r, 0.09)
	}
	near := func(x, y, by float64) complex128 {
		return complex(x+by*(2*r.Float64()-1), y+by*(2*r.Float64()-1))
	}
	const cx, cy = Width / 2, Height / 2
	switch class {
	case Arch:
		f.bulge = 0.7 + 0.7*r.Float64()
	case LeftLoop:
		f.cores, f.deltas = []complex128{near(cx, cy-25, 14)}, []complex128{near(cx+95, cy+100, 18)}
		f.base = 0.15
	case RightLoop:
		f.cores, f.deltas = []complex128{near(cx, cy-25, 14)}, []complex128{near(cx-95, cy+100, 18)}
		f.base = -0.15
	case Whorl:
		top := near(cx, cy-25, 12)
		f.cores = []complex128{top, top + complex(16*(2*r.Float64()-1), 25+35*r.Float64())}
		f.deltas = []complex128{near(cx-110, cy+110, 18), near(cx+110, cy+110, 18)}
	}
	return f
}

// angle is the direction of the ridge, modulo half a turn.
func (f *flow) angle(x, y float64) float64 {
	a := f.base
	if f.bulge > 0 {
		u, v := (x-Width/2)/(Width/2), (y-Height/2)/(Height/2)
		a = math.Atan(f.bulge * math.Sin(u*math.Pi) * math.Exp(-v*v*2))
	}
	z := complex(x, y)
	for _, c := range f.cores {
		a += 0.5 * cmplx.Phase((z-c)*complex(0, 1)) // cut below the core, where its loop is open
	}
	for _, d := range f.deltas {
		a -= 0.5 * cmplx.Phase((z-d)*complex(0, 1))
	}
	for _, w := range f.waves {
		a += w.at(x, y)
	}
	return a
}

// distance is the period of the ridges in pixels.
func (f *flow) distance(x, y float64) float64 { return f.period + f.periodWave.at(x, y) }
