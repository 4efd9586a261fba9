package fingerprint

import (
	"image"
	"sync"

	"tongban/deploy/sim/fingerprint/skin"
)

const width, height = 256, 288

// nobody is the one finger that all emulated sensors see: growing it takes a moment, so that it is done once, before a sensor opens.
var nobody = sync.OnceValue(func() *skin.Finger { return skin.Grow(510799) })

// looks is in how many ways the finger is laid down, in turn.
const looks = 3

// look is one way of laying it on a sensor of one size.
type look struct {
	finger        string
	turn          uint64
	width, height int
}

var seen sync.Map // of *image.Gray by look: a sensor is quick

// Picture is the finger as a sensor of the given size sees it the n-th time. It is shared: nobody may write into it.
func Picture(finger string, n uint64, width, height int) *image.Gray {
	l := look{finger, n % looks, width, height}
	if img, ok := seen.Load(l); ok {
		return img.(*image.Gray)
	}
	p := skin.Press{Width: width, Height: height, Noise: 6, Stretch: 2, DX: float64(l.turn)*6 - 6, DY: float64(l.turn)*5 - 5, Turn: float64(l.turn)*0.1 - 0.1}
	switch finger {
	case "dry":
		p.Dry, p.Pressure = 0.55, -0.4
	case "edge":
		p.Area, p.DX = 0.38, 60
	case "none":
		p.Area = 0.01
	}
	img, _ := seen.LoadOrStore(l, nobody().Impression(l.turn+1, p))
	return img.(*image.Gray)
}

// Warm makes the pictures that a sensor of this size will see, so that it answers at once.
func Warm(width, height int) {
	for _, f := range fingers {
		for n := range uint64(looks) {
			Picture(f.key, n, width, height)
		}
	}
}

// draw packs two pixels of four bits into a byte.
func draw(finger string, n uint64) []byte {
	img := Picture(finger, n, width, height)
	out := make([]byte, width*height/2)
	for i := range out {
		out[i] = img.Pix[2*i]&0xF0 | img.Pix[2*i+1]>>4
	}
	return out
}
