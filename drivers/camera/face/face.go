// Package face is the built-in comparison of faces and judgement of liveness (人脸比对与活体检测基线): plain arithmetic on pictures, without a
// trained model. It is a baseline that shows the road and fills the gap until a licensed algorithm is put behind drivers.FaceJudge.
//
// What it cannot do, and why no decision may rest on it:
//   - It does not find a face. Whoever stands aside of the guide, or nobody at all, is compared all the same.
//   - Compare tells drawn faces apart whose features differ by a few points of the picture; TestErrorRates prints with which error rates. Nothing is known
//     of its rates on people: age, glasses, masks, make-up and light change more than what it looks at. Nor have its rates been
//     looked at by sex, age or colour of skin.
//   - Alive looks at three numbers of two pictures. It takes away a switched-on screen and a flat print without relief in infrared, as they are drawn in the
//     tests; a mask, a bent print in infrared ink or a doll it does not know.
//
// Every answer says drivers.BaselineOnly.
package face

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"tongban/drivers"
)

// Judge is the baseline. The zero value is ready.
type Judge struct{}

var _ drivers.FaceJudge = Judge{}

// ErrPicture marks pictures that are too small to be looked at.
var ErrPicture = errors.New("picture is too small for a face")

// AlikeAt is the threshold of Compare, where both kinds of error were equally frequent on drawn faces.
const AlikeAt = 0.90

// Compare implements drivers.FaceJudge.
func (Judge) Compare(a, b image.Image) (drivers.Comparison, error) {
	x, err := guide(a)
	if err != nil {
		return drivers.Comparison{}, err
	}
	y, err := guide(b)
	if err != nil {
		return drivers.Comparison{}, err
	}
	// The same face is not at the same place twice: the best of a few places and sizes counts.
	best, left := -1.0, detail(x.zoomed(1))
	for _, size := range []float64{0.92, 0.96, 1, 1.04, 1.08} {
		right := detail(y.zoomed(size))
		for dy := -maxShift; dy <= maxShift; dy++ {
			for dx := -maxShift; dx <= maxShift; dx++ {
				best = math.Max(best, likeness(left, right, dx, dy))
			}
		}
	}
	score := math.Round(1000*math.Max(0, best)) / 1000
	return drivers.Comparison{Score: score, Alike: score >= AlikeAt, Caution: drivers.BaselineOnly}, nil
}

// Limits of a living face in infrared, from drawn ones.
const (
	leastReflection = 60
	leastRelief     = 0.07
	leastLikeness   = 0.25
)

// Alive implements drivers.FaceJudge: skin throws infrared light back, a screen does not; a face has relief in it, a print has little;
// and both eyes of the camera see the edges of the same thing.
func (Judge) Alive(visible, infrared image.Image) (drivers.Liveness, error) {
	v, err := guide(visible)
	if err != nil {
		return drivers.Liveness{}, err
	}
	i, err := guide(infrared)
	if err != nil {
		return drivers.Liveness{}, err
	}
	mean, spread := i.zoomed(1).inner()
	out := drivers.Liveness{Reflection: math.Round(mean), Caution: drivers.BaselineOnly}
	if mean > 1 {
		out.Relief = math.Round(1000*spread/mean) / 1000
	}
	best, left := -1.0, detail(v.zoomed(1))
	right := detail(i.zoomed(1))
	for dy := -maxShift; dy <= maxShift; dy++ {
		for dx := -maxShift; dx <= maxShift; dx++ { // the eyes sit beside each other
			best = math.Max(best, likeness(left, right, dx, dy))
		}
	}
	out.Likeness = math.Round(1000*best) / 1000
	switch {
	case out.Reflection < leastReflection:
		out.Why = "dark in infrared: a screen, or nobody"
	case out.Relief < leastRelief:
		out.Why = "flat in infrared: a print"
	case out.Likeness < leastLikeness:
		out.Why = "the streams show different things"
	default:
		out.Alive, out.Why = true, "bright and in relief in infrared, and the same in both streams"
	}
	return out, nil
}

// Size of the grid that a face is looked at in, and how far it may be from where it was.
const (
	gridW, gridH = 48, 64
	maxShift     = 4
	leastSide    = 96
)

// plane is the grey values of the guide and what is around it.
type plane struct {
	w, h int
	v    []float64
}

// guideShare is how much of the picture's height the guide on the screen takes; its width is three quarters of that.
const guideShare = 0.8

// guide cuts the guide with a margin out of a picture, at twice the grid.
func guide(img image.Image) (plane, error) {
	b := img.Bounds()
	if b.Dx() < leastSide || b.Dy() < leastSide {
		return plane{}, fmt.Errorf("%w: %d×%d", ErrPicture, b.Dx(), b.Dy())
	}
	const margin = 1.15
	h := margin * guideShare * float64(b.Dy())
	w := h * gridW / gridH
	p := plane{w: 2 * gridW, h: 2 * gridH, v: make([]float64, 4*gridW*gridH)}
	x0, y0 := float64(b.Min.X)+(float64(b.Dx())-w)/2, float64(b.Min.Y)+(float64(b.Dy())-h)/2
	for y := range p.h {
		for x := range p.w {
			p.v[y*p.w+x] = mean(img, x0+w*float64(x)/float64(p.w), y0+h*float64(y)/float64(p.h), w/float64(p.w), h/float64(p.h))
		}
	}
	return p, nil
}

// mean is the grey of a small area, by a few points of it.
func mean(img image.Image, x, y, w, h float64) float64 {
	sum := 0.0
	const n = 3
	b := img.Bounds()
	for i := range n {
		for j := range n {
			px := min(max(int(x+w*(float64(i)+0.5)/n), b.Min.X), b.Max.X-1)
			py := min(max(int(y+h*(float64(j)+0.5)/n), b.Min.Y), b.Max.Y-1)
			sum += grey(img, px, py)
		}
	}
	return sum / (n * n)
}

func grey(img image.Image, x, y int) float64 {
	switch m := img.(type) {
	case *image.Gray:
		return float64(m.GrayAt(x, y).Y)
	case *image.YCbCr:
		return float64(m.Y[m.YOffset(x, y)])
	}
	g, ok := color.GrayModel.Convert(img.At(x, y)).(color.Gray)
	if !ok {
		return 0
	}
	return float64(g.Y)
}

// zoomed is the middle of the guide at the grid's size, enlarged by size.
func (p plane) zoomed(size float64) plane {
	const margin = 1.15
	out := plane{w: gridW, h: gridH, v: make([]float64, gridW*gridH)}
	stepX, stepY := float64(p.w)/margin/size/gridW, float64(p.h)/margin/size/gridH
	for y := range gridH {
		for x := range gridW {
			out.v[y*gridW+x] = p.at(float64(p.w)/2+(float64(x)+0.5-gridW/2)*stepX-0.5, float64(p.h)/2+(float64(y)+0.5-gridH/2)*stepY-0.5)
		}
	}
	return out
}

// at is the value between points.
func (p plane) at(x, y float64) float64 {
	x, y = min(max(x, 0), float64(p.w)-1.001), min(max(y, 0), float64(p.h)-1.001)
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	top := p.v[j*p.w+i]*(1-fx) + p.v[j*p.w+i+1]*fx
	low := p.v[(j+1)*p.w+i]*(1-fx) + p.v[(j+1)*p.w+i+1]*fx
	return top*(1-fy) + low*fy
}

// inner is mean and spread of the face's middle, where neither hair nor background is.
func (p plane) inner() (mean, spread float64) {
	n := 0.0
	sum, squares := 0.0, 0.0
	for y := range p.h {
		for x := range p.w {
			u, v := (float64(x)+0.5)/float64(p.w)*2-1, (float64(y)+0.5)/float64(p.h)*2-1
			if u*u/0.3+v*v/0.3 > 1 {
				continue
			}
			g := p.v[y*p.w+x]
			sum, squares, n = sum+g, squares+g*g, n+1
		}
	}
	mean = sum / n
	return mean, math.Sqrt(math.Max(0, squares/n-mean*mean))
}

// detail leaves what is between a fine and a coarse look, at equal strength everywhere: light from one side goes with it.
func detail(p plane) plane {
	fine, coarse := p.blurred(1), p.blurred(6)
	out := plane{w: p.w, h: p.h, v: make([]float64, len(p.v))}
	for i := range p.v {
		out.v[i] = fine.v[i] - coarse.v[i]
	}
	strength := plane{w: p.w, h: p.h, v: make([]float64, len(p.v))}
	for i, d := range out.v {
		strength.v[i] = d * d
	}
	strength = strength.blurred(12)
	for i := range out.v {
		out.v[i] /= math.Sqrt(strength.v[i]) + 4 // noise must not become a feature
	}
	return out
}

// blurred is the mean over a square around each point.
func (p plane) blurred(r int) plane {
	rows := plane{w: p.w, h: p.h, v: make([]float64, len(p.v))}
	out := plane{w: p.w, h: p.h, v: make([]float64, len(p.v))}
	for y := range p.h {
		for x := range p.w {
			rows.v[y*p.w+x] = average(x, p.w, r, func(i int) float64 { return p.v[y*p.w+i] })
		}
	}
	for y := range p.h {
		for x := range p.w {
			out.v[y*p.w+x] = average(y, p.h, r, func(i int) float64 { return rows.v[i*p.w+x] })
		}
	}
	return out
}

func average(at, n, r int, v func(int) float64) float64 {
	sum, count := 0.0, 0
	for i := max(0, at-r); i <= min(n-1, at+r); i++ {
		sum += v(i)
		count++
	}
	return sum / float64(count)
}

// likeness is the correlation of two faces, one shifted, within the oval of the guide.
func likeness(a, b plane, dx, dy int) float64 {
	var ab, aa, bb float64
	for y := range a.h {
		j := y + dy
		if j < 0 || j >= b.h {
			continue
		}
		for x := range a.w {
			i := x + dx
			u, v := (float64(x)+0.5)/float64(a.w)*2-1, (float64(y)+0.5)/float64(a.h)*2-1
			if i < 0 || i >= b.w || u*u+v*v > 0.9 {
				continue
			}
			p, q := a.v[y*a.w+x], b.v[j*b.w+i]
			ab, aa, bb = ab+p*q, aa+p*p, bb+q*q
		}
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}
