// Package ink draws handwritten signatures (手写签名) from the strokes of a touch screen.
package ink

import (
	"errors"
	"image"
	"image/color"
	"math"
)

// Bounds of a signature: what a hand can draw, and what a page may send.
const (
	maxPoints   = 20_000
	maxBox      = 4000
	minSpanX    = 0.10 // of the box: smaller is a dot or a slip
	minSpanY    = 0.08
	signWidth   = 900 // of the picture in pixels
	thinStroke  = 2.2
	thickStroke = 4.6
)

// What is no signature.
var (
	ErrStrokes = errors.New("these are no strokes of a hand")
	ErrSmall   = errors.New("too small for a signature")
)

// Draw makes black strokes on white, whatever box they were written in. A point is x, y in pixels of the box, milliseconds
// since the first, and pressure from 0 to 1.
func Draw(width, height int, strokes [][][4]float64) (*image.Gray, error) {
	if width < 50 || height < 30 || width > maxBox || height > maxBox {
		return nil, ErrStrokes
	}
	n, x, y, err := span(float64(width), float64(height), strokes)
	if err != nil {
		return nil, err
	}
	// One long and one fair side are enough: 一 is a name too.
	wide, high := x/float64(width), y/float64(height)
	if n < 8 || wide < minSpanX && high < 3*minSpanY || high < minSpanY && wide < 3*minSpanX {
		return nil, ErrSmall
	}
	scale := float64(signWidth) / float64(width)
	img := image.NewGray(image.Rect(0, 0, signWidth, int(float64(height)*scale)))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for _, s := range strokes {
		for i, p := range s {
			segment(img, s[max(i-1, 0)], p, scale)
		}
	}
	return img, nil
}

// span counts the points and measures how far they reach in pixels of the box; points far outside are no hand's.
func span(width, height float64, strokes [][][4]float64) (n int, x, y float64, err error) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	box := [2]float64{width, height}
	for _, s := range strokes {
		if n += len(s); n > maxPoints {
			return 0, 0, 0, ErrStrokes
		}
		for _, p := range s {
			for i := range box {
				if math.IsNaN(p[i]) || p[i] < -box[i] || p[i] > 2*box[i] {
					return 0, 0, 0, ErrStrokes
				}
				lo[i], hi[i] = min(lo[i], p[i]), max(hi[i], p[i])
			}
		}
	}
	return n, hi[0] - lo[0], hi[1] - lo[1], nil
}

// segment lays dots so close that they are a line; pressure makes it thicker.
func segment(img *image.Gray, a, b [4]float64, scale float64) {
	steps := int(math.Hypot(b[0]-a[0], b[1]-a[1])*scale) + 1
	if steps > 3*signWidth {
		return
	}
	for i := range steps + 1 {
		t := float64(i) / float64(steps)
		pressure := min(max(a[3]+(b[3]-a[3])*t, 0), 1)
		dot(img, (a[0]+(b[0]-a[0])*t)*scale, (a[1]+(b[1]-a[1])*t)*scale, thinStroke+(thickStroke-thinStroke)*pressure)
	}
}

// dot draws a disc with a soft rim of one pixel.
func dot(img *image.Gray, x, y, r float64) {
	for py := int(y - r - 1); py <= int(y+r+1); py++ {
		for px := int(x - r - 1); px <= int(x+r+1); px++ {
			if !(image.Point{X: px, Y: py}.In(img.Rect)) {
				continue
			}
			ink := min(max(r+0.5-math.Hypot(float64(px)-x, float64(py)-y), 0), 1)
			if v := uint8(255 * (1 - ink)); v < img.GrayAt(px, py).Y {
				img.SetGray(px, py, color.Gray{Y: v})
			}
		}
	}
}
