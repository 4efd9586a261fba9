package skin

import (
	"image"
	"math"
	"math/rand/v2"
)

// Press is how a finger is laid on the glass (按压).
type Press struct {
	Width, Height int     // of the sensor's picture, 256×360 where nothing is said
	DX, DY        float64 // shift in pixels
	Turn          float64 // in radians
	Stretch       float64 // largest elastic shift in pixels
	Pressure      float64 // -1 light, thin ridges, to 1 hard, thick ridges
	Dry           float64 // 0 to 1: share of the ridges that does not touch
	Noise         float64 // grey levels of the sensor
	Worn          float64 // 0 to 1: share of patches without ridges
	Area          float64 // 0 to 1: size of the part that touches; 0 is all of it
	Scratches     int
}

// AnyPress draws a usual way of laying a finger down; strength 1 is a person at a counter, 0 a finger laid down ideally.
func AnyPress(r *rand.Rand, strength float64) Press {
	s := func(most float64) float64 { return strength * most * (2*r.Float64() - 1) }
	return Press{
		DX: s(22), DY: s(26), Turn: s(0.30), Stretch: strength * 7 * r.Float64(), Pressure: s(0.6), Dry: strength * 0.35 * r.Float64(),
		Noise: 4 + strength*14*r.Float64(), Worn: strength * 0.08 * r.Float64(), Area: 1 - strength*0.22*r.Float64(), Scratches: int(strength * 4 * r.Float64()),
	}
}

// line is a scratch or a crease.
type line struct{ x, y, nx, ny, half, length float64 }

func (l line) on(x, y float64) bool {
	dx, dy := x-l.x, y-l.y
	return math.Abs(dx*l.nx+dy*l.ny) < l.half && math.Abs(dx*l.ny-dy*l.nx) < l.length
}

// Impression is what the sensor sees; the same seed gives the same picture. Ridges are dark.
func (f *Finger) Impression(seed uint64, p Press) *image.Gray {
	r := rand.New(rand.NewPCG(f.Seed^seed*0x9e3779b97f4a7c15, seed)) //nolint:gosec // made-up skin, no secret
	if p.Width == 0 {
		p.Width, p.Height = 256, 360
	}
	if p.Area == 0 {
		p.Area = 1
	}
	img := image.NewGray(image.Rect(0, 0, p.Width, p.Height))
	bendX, bendY := bend(r, p), bend(r, p)
	dry, coarse := blotches(r, p.Width, p.Height, 5), blotches(r, p.Width, p.Height, 22)
	lines := make([]line, p.Scratches)
	for i := range lines {
		a := r.Float64() * math.Pi
		lines[i] = line{float64(p.Width) * r.Float64(), float64(p.Height) * r.Float64(), math.Cos(a), math.Sin(a), 1 + 1.5*r.Float64(), 25 + 70*r.Float64()}
	}
	cos, sin := math.Cos(p.Turn), math.Sin(p.Turn)
	cx, cy := float64(p.Width)/2, float64(p.Height)/2
	rx, ry := cx*0.94*p.Area, cy*0.95*p.Area
	ground := 225 + 10*r.Float64()
	depth := 150 + 30*r.Float64()
	for y := range p.Height {
		for x := range p.Width {
			i := y*p.Width + x
			ox, oy := math.Abs(float64(x)-cx)/rx, math.Abs(float64(y)-cy)/ry
			touch := 0.0
			switch out := ox*ox*math.Sqrt(ox) + oy*oy*math.Sqrt(oy); {
			case out < 0.7:
				touch = 1
			case out < 1.16:
				touch = 1 / (1 + math.Exp((out-0.93)*22)) // the rim fades
			}
			ink := 0.0
			if touch > 0 {
				px, py := float64(x)-cx+p.DX+bendX.at(x, y), float64(y)-cy+p.DY+bendY.at(x, y)
				if v, there := f.at(px*cos-py*sin+Width/2, px*sin+py*cos+Height/2); there {
					ink = 1 / (1 + math.Exp(5*(v-0.35*p.Pressure))) // skin below zero is a ridge
				}
			}
			if dry[i] < p.Dry {
				ink *= 0.35
			}
			if coarse[i] < p.Worn {
				ink = 0.25 + 0.2*dry[i]
			}
			for _, l := range lines {
				if l.on(float64(x), float64(y)) {
					ink *= 0.15
				}
			}
			grey := ground - depth*ink*touch + p.Noise*r.NormFloat64()
			img.Pix[y*img.Stride+x] = uint8(max(0, min(255, grey)))
		}
	}
	return img
}

// net is a slow shift, kept at the knots of a net and straight between them.
type net struct {
	knots []float64
	wide  int
}

const mesh = 8

// bend draws an elastic shift in one direction.
func bend(r *rand.Rand, p Press) net {
	a, b := newWave(r, p.Stretch/2), newWave(r, p.Stretch/2)
	n := net{wide: p.Width/mesh + 2}
	for y := range p.Height/mesh + 2 {
		for x := range n.wide {
			u, v := float64(x*mesh), float64(y*mesh)
			n.knots = append(n.knots, a.at(u, v)+b.at(u, v))
		}
	}
	return n
}

func (n net) at(x, y int) float64 {
	i := y/mesh*n.wide + x/mesh
	u, v := float64(x%mesh)/mesh, float64(y%mesh)/mesh
	return (n.knots[i]*(1-u)+n.knots[i+1]*u)*(1-v) + (n.knots[i+n.wide]*(1-u)+n.knots[i+n.wide+1]*u)*v
}

// blotches is a field of even shares 0 to 1 in patches of about the given size.
func blotches(r *rand.Rand, w, h, size int) []float64 {
	nx, ny := w/size+2, h/size+2
	knots := make([]float64, nx*ny)
	for i := range knots {
		knots[i] = r.Float64()
	}
	out := make([]float64, w*h)
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(size), float64(y)/float64(size)
			i := int(v)*nx + int(u)
			u, v = u-math.Floor(u), v-math.Floor(v)
			s := (knots[i]*(1-u)+knots[i+1]*u)*(1-v) + (knots[i+nx]*(1-u)+knots[i+nx+1]*u)*v
			out[y*w+x] = max(0, min(1, 0.5+(s-0.5)*1.5)) // the middle of four is seldom far from a half
		}
	}
	return out
}
