package paper

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/png" // signatures are PNG
	"math"

	"tongban/central/kernel/paper/pdf"
	"tongban/central/kernel/paper/sheet"
)

// Canvas draws at given places (定位绘制), for papers whose layout somebody has drawn in millimetres: official forms. It uses the
// same fonts, line breaks and file writer as the papers of this package. It is used by one goroutine.
type Canvas struct {
	engine *Engine
	pages  []sheet.Page
	w, h   float64
}

// Canvas begins a document of pages of that size in millimetres.
func (e *Engine) Canvas(width, height float64) *Canvas {
	return &Canvas{engine: e, w: width, h: height}
}

// Page begins a page; what is drawn from now on is on it.
func (c *Canvas) Page() { c.pages = append(c.pages, sheet.Page{Width: c.w, Height: c.h}) }

// Pages is how many pages there are.
func (c *Canvas) Pages() int { return len(c.pages) }

// Back makes page n, counted from 1, the one that is drawn on, for what is known only at the end. The function returns to the last.
func (c *Canvas) Back(n int, draw func(c *Canvas)) {
	draw(&Canvas{engine: c.engine, pages: c.pages[:n:n], w: c.w, h: c.h})
}

func (c *Canvas) painter() *painter {
	return &painter{engine: c.engine, page: &c.pages[len(c.pages)-1]}
}

// Line draws a straight black line of that thickness, its middle on the points.
func (c *Canvas) Line(x1, y1, x2, y2, thick float64) {
	path := &sheet.Path{Stroke: &ink, Width: thick}
	path.MoveTo(x1, y1)
	path.LineTo(x2, y2)
	c.add(path)
}

// Shade fills a rectangle with the light grey of head cells; text over it stays readable on a photocopy.
func (c *Canvas) Shade(x, y, w, h float64) {
	grey := sheet.Grey(0.95)
	path := &sheet.Path{Fill: &grey}
	path.Rect(x, y, w, h)
	c.add(path)
}

// Frame draws the edge of a rectangle.
func (c *Canvas) Frame(x, y, w, h, thick float64) { c.painter().frame(x, y, w, h, thick, ink) }

func (c *Canvas) add(item sheet.Item) {
	page := &c.pages[len(c.pages)-1]
	page.Items = append(page.Items, item)
}

// Setting is how a text is set into its box.
type Setting struct {
	Size  float64 // points
	Least float64 // the smallest size it may be shrunk to; 0 = Size
	Align string  // left, center, right
	Top   bool    // at the top of the box; otherwise in its middle
}

// lineOf is the height of a line of text of that size, in millimetres.
func lineOf(size float64) float64 { return 1.3 * em(size) }

// Text sets t into a box, breaking lines and shrinking it where it must, and reports whether all of it went in. What does not go in
// is left out by whole lines.
func (c *Canvas) Text(x, y, w, h float64, t Text, s Setting) bool {
	if len(c.pages) == 0 || w <= 0 {
		return false
	}
	size, least := s.Size, s.Least
	if least == 0 || least > size {
		least = size
	}
	var lines []line
	for {
		lines = c.engine.setLines(t, size, frame{width: w})
		if fitsInto(lines, w, h, size) || size <= least {
			break
		}
		size = math.Max(least, size-0.5)
	}
	room := int((h + 0.6*lineOf(size) - 0.5*em(size)) / lineOf(size)) // the first and last line may use the blank above and below
	whole := fitsInto(lines, w, h, size)
	if !whole && len(lines) > room {
		lines = lines[:max(room, 0)]
	}
	top := y
	if !s.Top {
		top = y + (h-float64(len(lines))*lineOf(size))/2
	}
	p := c.painter()
	for i, l := range lines {
		at := x
		switch s.Align {
		case "center":
			at = x + (w-l.width)/2
		case "right":
			at = x + w - l.width
		}
		p.line(l, at, baseline(top+float64(i)*lineOf(size), measure{size, lineOf(size)}), look{size: size, color: ink})
	}
	return whole
}

// Fits reports whether Text would get all of t in.
func (c *Canvas) Fits(w, h float64, t Text, s Setting) bool {
	least := s.Least
	if least == 0 || least > s.Size {
		least = s.Size
	}
	return fitsInto(c.engine.setLines(t, least, frame{width: w}), w, h, least)
}

// Height is how tall t gets in that width.
func (c *Canvas) Height(w float64, t Text, size float64) float64 {
	return float64(len(c.engine.setLines(t, size, frame{width: w}))) * lineOf(size)
}

// fitsInto reports whether set lines fit a box.
func fitsInto(lines []line, w, h, size float64) bool {
	for _, l := range lines {
		if l.width > w+0.01 {
			return false
		}
	}
	return float64(len(lines))*lineOf(size) <= h+0.6*lineOf(size)-0.5*em(size)
}

// Width is the width of one line of text in millimetres.
func (c *Canvas) Width(t Text, size float64) float64 { return c.engine.width(t, size) }

// Box draws a check box with its middle line at y, ticked or not, as wide as a character of that size. The mark can be copied as text.
func (c *Canvas) Box(x, y, size float64, ticked bool) {
	side := 0.8 * em(size)
	top := y - side/2
	path := &sheet.Path{Stroke: &ink, Width: 0.05 * em(size)}
	path.Rect(x+0.1*em(size), top, side, side)
	c.add(path)
	mark := '☐'
	if ticked {
		mark = '☑'
		tick := &sheet.Path{Stroke: &ink, Width: 0.11 * em(size)}
		tick.MoveTo(x+0.1*em(size)+0.18*side, top+0.52*side)
		tick.LineTo(x+0.1*em(size)+0.42*side, top+0.78*side)
		tick.LineTo(x+0.1*em(size)+0.86*side, top+0.16*side)
		c.add(tick)
	}
	c.add(&sheet.Text{X: x, Y: top + side, Size: size, Color: ink, Runes: []rune{mark}, At: []float64{0}, Width: em(size), Invisible: true})
}

// QR draws a code into a square; two millimetres of quiet are inside it.
func (c *Canvas) QR(x, y, side float64, content string) error {
	const quiet = 2.0
	return qr(c.painter(), content, x+quiet, y+quiet, side-2*quiet)
}

// Picture draws a PNG into a box, as large as fits, in its middle.
func (c *Canvas) Picture(x, y, w, h float64, png []byte) error {
	head, _, err := image.DecodeConfig(bytes.NewReader(png))
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	if head.Width < 1 || head.Height < 1 || head.Width > 4000 || head.Height > 4000 {
		return fmt.Errorf("a picture of %d × %d pixels", head.Width, head.Height)
	}
	decoded, _, err := image.Decode(bytes.NewReader(png))
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	b := decoded.Bounds()
	out := &sheet.Image{Across: b.Dx(), Down: b.Dy()}
	for py := b.Min.Y; py < b.Max.Y; py++ {
		for px := b.Min.X; px < b.Max.X; px++ {
			r, g, bl, a := decoded.At(px, py).RGBA() // premultiplied, 16 bits
			if a > 0 {
				r, g, bl = r*0xffff/a, g*0xffff/a, bl*0xffff/a
			}
			out.RGB = append(out.RGB, byte(r>>8), byte(g>>8), byte(bl>>8)) // #nosec G115 -- the upper byte of 16 bits
			out.Alpha = append(out.Alpha, byte(a>>8))                      // #nosec G115
		}
	}
	scale := math.Min(w/float64(out.Across), h/float64(out.Down))
	out.W, out.H = scale*float64(out.Across), scale*float64(out.Down)
	out.X, out.Y = x+(w-out.W)/2, y+(h-out.H)/2
	c.add(out)
	return nil
}

// SealPlace marks where a seal goes, by a dashed ring and the word below it; nothing red, so that nobody takes it for one.
func (c *Canvas) SealPlace(x, y, w, h float64, word string) {
	faintest := sheet.Grey(0.6)
	r := math.Min(sealSize, math.Min(w, h)-2) / 2
	if r < 4 {
		return
	}
	const dashes = 36
	for i := range dashes {
		from, to := 2*math.Pi*float64(i)/dashes, 2*math.Pi*(float64(i)+0.5)/dashes
		path := &sheet.Path{Stroke: &faintest, Width: 0.2}
		path.MoveTo(x+w/2+r*math.Cos(from), y+h/2+r*math.Sin(from))
		path.LineTo(x+w/2+r*math.Cos(to), y+h/2+r*math.Sin(to))
		c.add(path)
	}
	m := measure{9, 4}
	c.painter().textCentre(Plain(word), x+w/2, y+h/2-2, 2*r-2, m, look{color: label})
}

// Finish writes the file.
func (c *Canvas) Finish(title, author string) (Output, error) {
	file, err := pdf.Write(c.pages, c.engine.faces, pdf.Info{Title: title, Author: author})
	if err != nil {
		return Output{}, fmt.Errorf("render %s: %w", title, err)
	}
	sum := sha256.Sum256(file)
	return Output{PDF: file, Digest: hex.EncodeToString(sum[:]), Pages: c.pages}, nil
}
