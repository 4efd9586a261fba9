package slip

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// margin on both sides in dots: 1 mm.
const margin = 8

// align is the place of a line.
type align int

const (
	left align = iota
	centre
)

// run is a piece of text in one weight.
type run struct {
	text string
	w    weight
}

// canvas is paper that grows downwards; one picture dot is one printer dot.
type canvas struct {
	*Renderer
	img *image.Gray
	y   int
}

func (r *Renderer) paper(dots int) *canvas {
	c := &canvas{Renderer: r, img: image.NewGray(image.Rect(0, 0, dots, 256))}
	draw.Draw(c.img, c.img.Bounds(), image.White, image.Point{}, draw.Src)
	return c
}

func (c *canvas) width() int { return c.img.Rect.Dx() }

// need makes the paper at least so long.
func (c *canvas) need(bottom int) {
	if bottom <= c.img.Rect.Dy() {
		return
	}
	long := image.NewGray(image.Rect(0, 0, c.width(), bottom+512))
	draw.Draw(long, long.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(long, c.img.Bounds(), c.img, image.Point{}, draw.Src)
	c.img = long
}

func (c *canvas) space(dots int) { c.y += dots; c.need(c.y) }

// finish cuts the paper to what is used and makes every dot black or white: there is no grey on a thermal head.
func (c *canvas) finish() *image.Gray {
	out := image.NewGray(image.Rect(0, 0, c.width(), c.y))
	for y := range c.y {
		for x := range c.width() {
			v := byte(255)
			if c.img.GrayAt(x, y).Y < 160 { // a little more black: heat bleeds less than ink
				v = 0
			}
			out.Pix[y*out.Stride+x] = v
		}
	}
	return out
}

// rule draws a dashed line, two dots thick.
func (c *canvas) rule() {
	c.need(c.y + 2)
	for x := margin; x < c.width()-margin; x++ {
		if (x-margin)%8 < 5 {
			c.img.SetGray(x, c.y, color.Gray{})
			c.img.SetGray(x, c.y+1, color.Gray{})
		}
	}
	c.y += 2
}

// bar writes white on a black bar over the whole width.
func (c *canvas) bar(text string, size, height int) {
	c.need(c.y + height)
	draw.Draw(c.img, image.Rect(0, c.y, c.width(), c.y+height), image.Black, image.Point{}, draw.Src)
	x := (c.width() - c.measure([]run{{text, bold}}, size)) / 2
	c.write(x, c.y+(height+size*3/4)/2, []run{{text, bold}}, size, image.White)
	c.y += height
}

// line writes one line of the given height that is known to fit.
func (c *canvas) line(runs []run, size, height, x int, a align) {
	c.need(c.y + height)
	if a == centre {
		x = (c.width() - c.measure(runs, size)) / 2
	}
	c.write(x, c.y+(height+size*3/4)/2, runs, size, image.Black)
	c.y += height
}

// block writes text broken into lines between x and the right margin.
func (c *canvas) block(runs []run, size, height, x int, a align) {
	for _, l := range c.wrap(runs, size, c.width()-margin-x) {
		c.line(l, size, height, x, a)
	}
}

func (c *canvas) write(x, baseline int, runs []run, size int, ink image.Image) {
	at := fixed.P(x, baseline)
	for _, r := range runs {
		for _, ch := range r.text {
			d := font.Drawer{Dst: c.img, Src: ink, Face: c.typeOf(r.w).face(size, ch), Dot: at}
			d.DrawString(string(ch))
			at = d.Dot
		}
	}
}

// measure is the width in dots.
func (r *Renderer) measure(runs []run, size int) int {
	var w fixed.Int26_6
	for _, x := range runs {
		for _, ch := range x.text {
			if adv, ok := r.typeOf(x.w).face(size, ch).GlyphAdvance(ch); ok {
				w += adv
			}
		}
	}
	return w.Ceil()
}

// qr draws the code with whole dots per module, at least five, and four modules of white around it. An even number at an
// even place lets a printer be told four dots at once, and a serial line keep ahead of the paper.
func (c *canvas) qr(text string) error {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return err
	}
	q.DisableBorder = true
	bits := q.Bitmap()
	n := len(bits)
	module := min(6, (c.width()-2*margin)/(n+8))
	side := n * module
	c.space(4 * module)
	c.need(c.y + side)
	x0 := (c.width() - side) / 2 &^ 1
	for y, row := range bits {
		for x, dark := range row {
			if dark {
				draw.Draw(c.img, image.Rect(x0+x*module, c.y+y*module, x0+(x+1)*module, c.y+(y+1)*module), image.Black, image.Point{}, draw.Src)
			}
		}
	}
	c.y += side
	c.space(4 * module)
	return nil
}
