// Package face draws invented faces (仿真人脸) for the dual camera: who it is comes from a number, how it was taken from a take. Nobody
// real looks like this; it is enough to see whether streams, comparison and liveness do what they say.
package face

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// Person is an invented face.
type Person struct {
	wide, tall, jaw             float64
	eyeGap, eyeAt, eyeW, eyeH   float64
	browAt, browThick, browTilt float64
	noseLong, noseWide          float64
	mouthAt, mouthW, mouthH     float64
	hairAt, skin, hair, lips    float64
}

// NewPerson makes the person with a number.
func NewPerson(number uint64) Person {
	r := rand.New(rand.NewPCG(number, 510799))
	in := func(least, most float64) float64 { return least + r.Float64()*(most-least) }
	return Person{
		wide: in(0.62, 0.80), tall: in(0.88, 1.0), jaw: in(0.05, 0.35),
		eyeGap: in(0.24, 0.38), eyeAt: in(-0.22, -0.06), eyeW: in(0.11, 0.17), eyeH: in(0.045, 0.085),
		browAt: in(0.11, 0.19), browThick: in(0.018, 0.05), browTilt: in(-0.25, 0.25),
		noseLong: in(0.22, 0.38), noseWide: in(0.07, 0.15),
		mouthAt: in(0.40, 0.56), mouthW: in(0.17, 0.33), mouthH: in(0.03, 0.075),
		hairAt: in(-0.78, -0.50), skin: in(150, 205), hair: in(25, 75), lips: in(0.55, 0.8),
	}
}

// Take is how a picture was taken.
type Take struct {
	Light  float64 // from the left -1 to the right 1
	DX, DY float64 // off the middle, parts of the face
	Size   float64 // 1: fills the guide
	Smile  float64 // 0 to 1
	Seed   uint64  // of the noise
}

// NewTake makes a take with a number, as different as a citizen's visits are.
func NewTake(number uint64) Take {
	r := rand.New(rand.NewPCG(number, 1))
	in := func(x float64) float64 { return (2*r.Float64() - 1) * x }
	return Take{Light: in(0.6), DX: in(0.05), DY: in(0.05), Size: 1 + in(0.05), Smile: r.Float64(), Seed: number + 1}
}

// What stands before the camera.
const (
	Live   = "live"
	Screen = "screen" // a telephone shows the face
	Print  = "print"
	Nobody = "nobody"
)

// material is a point of the face.
type material int

const (
	background material = iota
	skin
	hair
	white
	pupil
	brow
	nose
	lips
)

// How much infrared light comes back from the parts of a face, and from a print of one.
var (
	living  = [...]float64{background: 14, skin: 178, hair: 82, white: 150, pupil: 32, brow: 96, nose: 150, lips: 148}
	printed = [...]float64{background: 196, skin: 196, hair: 186, white: 200, pupil: 184, brow: 187, nose: 194, lips: 192}
)

// at is what is seen at a point of the face, u and v from -1 to 1.
func (p Person) at(u, v, smile float64) material {
	half := p.wide
	if v > 0 {
		half *= 1 - p.jaw*v
	}
	inside := u*u/(half*half)+v*v/(p.tall*p.tall) < 1
	switch {
	case u*u/((p.wide+0.1)*(p.wide+0.1))+(v+0.08)*(v+0.08)/1.08 < 1 && (!inside || v < p.hairAt+0.25*u*u) && v < 0.1:
		return hair
	case !inside:
		return background
	}
	side := math.Abs(u) - p.eyeGap
	switch {
	case side*side/0.0016+(v-p.eyeAt)*(v-p.eyeAt)/0.0016 < 1 && math.Abs(v-p.eyeAt) < p.eyeH:
		return pupil
	case side*side/(p.eyeW*p.eyeW)+(v-p.eyeAt)*(v-p.eyeAt)/(p.eyeH*p.eyeH) < 1:
		return white
	case math.Abs(side) < p.eyeW*1.2 && math.Abs(v-(p.eyeAt-p.browAt)-p.browTilt*side) < p.browThick:
		return brow
	case v > p.eyeAt && v < p.eyeAt+p.noseLong && math.Abs(u) < p.noseWide*(v-p.eyeAt)/p.noseLong && (math.Abs(u) > 0.6*p.noseWide*(v-p.eyeAt)/p.noseLong || v > p.eyeAt+0.88*p.noseLong):
		return nose
	}
	m := v - p.mouthAt + smile*0.25*u*u
	if u*u/(p.mouthW*p.mouthW)+m*m/(p.mouthH*p.mouthH) < 1 {
		return lips
	}
	return skin
}

// place gives the point of the face under a point of the picture; the guide takes four fifths of its height.
func (t Take) place(x, y, w, h int) (u, v float64) {
	unit := 0.4 * float64(h) * t.Size
	return (float64(x)+0.5-float64(w)/2)/unit - t.DX, (float64(y)+0.5-float64(h)/2)/unit - t.DY
}

// Visible is the picture of the visible eye. Of a screen and a print it shows the same as of the person.
func Visible(p Person, t Take, what string, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(t.Seed, 2))
	shades := [...]float64{background: 95, skin: p.skin, hair: p.hair, white: 225, pupil: 25, brow: p.hair + 15, nose: p.skin * 0.85, lips: p.skin * p.lips}
	for y := range h {
		for x := range w {
			u, v := t.place(x, y, w, h)
			m := background
			if what != Nobody {
				m = p.at(u, v, t.Smile)
			}
			g := shades[m]*(1+0.25*t.Light*u) + r.Float64()*8 - 4
			red := g
			if m == skin || m == nose || m == lips {
				red = g + 22
			}
			img.SetRGBA(x, y, color.RGBA{clip(red), clip(g), clip(g - 10), 255})
		}
	}
	return img
}

// Infrared is the picture of the infrared eye, lit by its own lamp.
func Infrared(p Person, t Take, what string, w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(t.Seed, 3))
	for y := range h {
		for x := range w {
			u, v := t.place(x, y, w, h)
			img.SetGray(x, y, color.Gray{Y: clip(p.reflects(u, v, t.Smile, what) + r.Float64()*6 - 3)})
		}
	}
	return img
}

// reflects is how much of the lamp's light comes back.
func (p Person) reflects(u, v, smile float64, what string) float64 {
	m := p.at(u, v, smile)
	switch what {
	case Nobody:
		return 12
	case Screen: // glass: dark, with a sheen
		if math.Abs(u) < 0.9 && math.Abs(v) < 1.2 {
			return 14 + 10*(u+1)
		}
		return 12
	case Print: // paper throws everything back, and the ink hides little
		if math.Abs(u) > 1.1 || math.Abs(v) > 1.3 {
			return 12
		}
		return printed[m]
	}
	g := living[m]
	if m != background { // a head is round: its sides throw less back
		g *= 1 - 0.35*(u*u+0.4*v*v)
	}
	return g
}

func clip(v float64) uint8 { return uint8(max(0, min(255, v))) }
