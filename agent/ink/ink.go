// Package ink draws handwritten signatures (手写签名) from the strokes of a touch screen or of a signature pad.
package ink

import (
	"errors"
	"image"
	"math"
	"time"

	"tongban/drivers"
	pen "tongban/drivers/signature/ink"
)

// Bounds of a signature: what a hand can draw, and what a page may send.
const (
	maxPoints = 20_000
	maxBox    = 4000
	minSpanX  = 0.10 // of the box: smaller is a dot or a slip
	minSpanY  = 0.08
	signWidth = 900 // of the picture in pixels
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
	return Picture(touched(width, height, strokes))
}

// Picture is Draw for ink of any source, such as a signature pad.
func Picture(i drivers.Ink) (*image.Gray, error) {
	n, x, y, err := span(i)
	if err != nil {
		return nil, err
	}
	// One long and one fair side are enough: 一 is a name too.
	wide, high := x/i.Width, y/i.Height
	if n < 8 || wide < minSpanX && high < 3*minSpanY || high < minSpanY && wide < 3*minSpanX {
		return nil, ErrSmall
	}
	img := pen.Draw(i, signWidth)
	if img == nil {
		return nil, ErrStrokes
	}
	return img, nil
}

// touched is what a page sends as ink.
func touched(width, height int, strokes [][][4]float64) drivers.Ink {
	i := drivers.Ink{Width: float64(width), Height: float64(height)}
	for _, s := range strokes {
		var line drivers.Stroke
		for _, p := range s {
			line = append(line, drivers.InkPoint{X: p[0], Y: p[1], Pressure: p[3], At: time.Duration(p[2]) * time.Millisecond})
		}
		i.Strokes = append(i.Strokes, line)
	}
	return i
}

// Points are ink as a page draws it, in a box of that width.
func Points(i drivers.Ink, width int) (height int, strokes [][][4]float64) {
	scale := float64(width) / max(i.Width, 1)
	strokes = [][][4]float64{}
	for _, s := range i.Strokes {
		line := make([][4]float64, len(s))
		for n, p := range s {
			line[n] = [4]float64{math.Round(p.X * scale), math.Round(p.Y * scale), float64(p.At.Milliseconds()), math.Round(p.Pressure*100) / 100}
		}
		strokes = append(strokes, line)
	}
	return int(math.Round(i.Height * scale)), strokes
}

// span counts the points and measures how far they reach in units of the box; points far outside are no hand's.
func span(ink drivers.Ink) (n int, x, y float64, err error) {
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	box := [2]float64{ink.Width, ink.Height}
	for _, s := range ink.Strokes {
		if n += len(s); n > maxPoints {
			return 0, 0, 0, ErrStrokes
		}
		for _, p := range s {
			for i, v := range [2]float64{p.X, p.Y} {
				if math.IsNaN(v) || v < -box[i] || v > 2*box[i] {
					return 0, 0, 0, ErrStrokes
				}
				lo[i], hi[i] = min(lo[i], v), max(hi[i], v)
			}
		}
	}
	return n, hi[0] - lo[0], hi[1] - lo[1], nil
}
