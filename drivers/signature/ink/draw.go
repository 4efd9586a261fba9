// Package ink turns handwriting (笔迹) into pictures, and into the records of ISO/IEC 19794-7 and back.
package ink

import (
	"image"
	"image/png"
	"io"
	"math"

	"tongban/drivers"
)

// Widths of the pen in thousandths of the picture's width, at no and at full pressure.
const (
	thin  = 4.9
	thick = 10.2
)

// MaxWidth bounds a picture, and with its form how much memory a signature takes.
const MaxWidth = 4000

// Draw makes black strokes on white, width pixels wide, the height as the area asks; nil where there is no area to draw. Pressure makes
// a stroke thicker. Edges are soft, so that the picture can be printed small.
func Draw(i drivers.Ink, width int) *image.Gray {
	height := int(math.Round(float64(width) * i.Height / i.Width))
	if width < 1 || width > MaxWidth || height < 1 || height > MaxWidth {
		return nil
	}
	img := image.NewGray(image.Rect(0, 0, width, height))
	for n := range img.Pix {
		img.Pix[n] = 255
	}
	d := drawing{img: img, scale: float64(width) / i.Width, unit: float64(width) / 1000}
	for _, s := range i.Strokes {
		for n, p := range s {
			d.line(s[max(n-1, 0)], p)
		}
	}
	return img
}

// drawing lays ink on a picture.
type drawing struct {
	img         *image.Gray
	scale, unit float64
}

// piece bounds a segment in pixels: what is looked at around a long slanting one would be most of the picture.
const piece = 32

// line lays one segment, or several where the pen went fast.
func (d drawing) line(a, b drivers.InkPoint) {
	far := math.Hypot(b.X-a.X, b.Y-a.Y) * d.scale / piece
	if !(far < 4*MaxWidth) { // also what is no number
		return
	}
	n := int(far) + 1
	from := a
	for k := 1; k <= n; k++ {
		t := float64(k) / float64(n)
		to := drivers.InkPoint{X: a.X + (b.X-a.X)*t, Y: a.Y + (b.Y-a.Y)*t, Pressure: a.Pressure + (b.Pressure-a.Pressure)*t}
		d.segment(from, to)
		from = to
	}
}

// segment darkens each pixel by how near it is to the line between two points: one look at each pixel around it, whatever the
// width, and nothing is allocated.
func (d drawing) segment(a, b drivers.InkPoint) {
	ax, ay, bx, by := a.X*d.scale, a.Y*d.scale, b.X*d.scale, b.Y*d.scale
	ra, rb := d.radius(a.Pressure), d.radius(b.Pressure)
	if !(math.Abs(ax)+math.Abs(ay)+math.Abs(bx)+math.Abs(by) < 1e6) { // also what is no number
		return
	}
	reach := max(ra, rb) + 1
	box := image.Rect(int(min(ax, bx)-reach), int(min(ay, by)-reach), int(max(ax, bx)+reach)+2, int(max(ay, by)+reach)+2).Intersect(d.img.Rect)
	dx, dy := bx-ax, by-ay
	length := dx*dx + dy*dy
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := d.img.Pix[y*d.img.Stride:]
		for x := box.Min.X; x < box.Max.X; x++ {
			px, py := float64(x)+0.5-ax, float64(y)+0.5-ay
			t := 0.0
			if length > 0 {
				t = min(max((px*dx+py*dy)/length, 0), 1)
			}
			cover := ra + (rb-ra)*t + 0.5 - math.Hypot(px-t*dx, py-t*dy)
			if cover <= 0 {
				continue
			}
			if v := uint8(255 * (1 - min(cover, 1))); v < row[x] {
				row[x] = v
			}
		}
	}
}

func (d drawing) radius(pressure float64) float64 {
	if !(pressure >= 0) {
		pressure = 0
	}
	return max((thin+(thick-thin)*min(pressure, 1))*d.unit/2, 0.5)
}

// PNG writes the picture of Draw. Its buffers are not kept for the next picture: they hold what was written.
func PNG(w io.Writer, i drivers.Ink, width int) error {
	img := Draw(i, width)
	if img == nil {
		return ErrRange
	}
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, img)
}
