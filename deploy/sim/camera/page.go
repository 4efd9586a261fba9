package camera

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// A page is drawn at 200 dpi: A4 is 1654×2339 dots.
const (
	pageW = 1654
	pageH = 2339
)

var (
	ink   = color.RGBA{28, 28, 34, 255}
	red   = color.RGBA{196, 34, 34, 255}
	paper = color.RGBA{247, 246, 241, 255}
)

// pen writes on a page; without a font file it leaves bars, so that the shape of a text is still there.
type pen struct {
	img   *image.RGBA
	faces map[int]font.Face
	bold  map[int]font.Face
}

var (
	fontsOnce sync.Once
	fonts     [2]*opentype.Font
)

func loadFonts() {
	for i, name := range []string{"Regular", "Bold"} {
		b, err := os.ReadFile("/usr/share/fonts/opentype/noto/NotoSansCJK-" + name + ".ttc")
		if err != nil {
			continue
		}
		if c, err := opentype.ParseCollection(b); err == nil && c.NumFonts() > 2 {
			fonts[i], _ = c.Font(2) // simplified Chinese
		}
	}
}

func newPen() *pen {
	fontsOnce.Do(loadFonts)
	p := &pen{img: image.NewRGBA(image.Rect(0, 0, pageW, pageH)), faces: map[int]font.Face{}, bold: map[int]font.Face{}}
	draw.Draw(p.img, p.img.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	return p
}

func (p *pen) face(px int, bold bool) font.Face {
	m, f := p.faces, fonts[0]
	if bold {
		m, f = p.bold, fonts[1]
	}
	if m[px] == nil && f != nil {
		m[px], _ = opentype.NewFace(f, &opentype.FaceOptions{Size: float64(px), DPI: 72})
	}
	return m[px]
}

// text writes s with its baseline at y and returns where it ends.
func (p *pen) text(x, y, px int, bold bool, c color.Color, s string) int {
	f := p.face(px, bold)
	if f == nil {
		n := len([]rune(s)) * px
		draw.Draw(p.img, image.Rect(x, y-px*2/3, x+n, y), image.NewUniform(c), image.Point{}, draw.Over)
		return x + n
	}
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(c), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(s)
	return d.Dot.X.Round()
}

func (p *pen) width(px int, bold bool, s string) int {
	f := p.face(px, bold)
	if f == nil {
		return len([]rune(s)) * px
	}
	return font.MeasureString(f, s).Round()
}

func (p *pen) rule(x0, y0, x1, y1 int) {
	draw.Draw(p.img, image.Rect(x0, y0, max(x1, x0+2), max(y1, y0+2)), image.NewUniform(ink), image.Point{}, draw.Src)
}

// drawPage draws a sheet.
func drawPage(s sheet) *image.RGBA {
	const left, right = 170, pageW - 170
	p := newPen()
	p.text((pageW-p.width(64, true, s.title))/2, 250, 64, true, ink, s.title)
	y := 360
	for _, l := range s.lines {
		switch {
		case strings.HasPrefix(l, "|"):
			p.row(left, right, y, strings.Split(l[1:], "|"))
			y += 96
		case strings.HasPrefix(l, "#"):
			y += 40
			p.text(left, y+40, 40, true, ink, l[1:])
			y += 76
		default:
			p.text(left, y+48, 38, false, ink, l)
			y += 78
		}
	}
	if s.stamp != "" {
		p.stamp(right-230, min(y+60, pageH-400), 190, s.stamp)
	}
	p.text((pageW-120)/2, pageH-110, 26, false, ink, "第1页 共1页")
	return p.img
}

// row draws one row of a four-column table.
func (p *pen) row(left, right, y int, cells []string) {
	w := right - left
	edges := []int{left, left + w*20/100, left + w*55/100, left + w*74/100, right}
	for i, c := range cells {
		if i+1 >= len(edges) {
			break
		}
		px := 32
		for px > 20 && p.width(px, i%2 == 0, c) > edges[i+1]-edges[i]-24 {
			px -= 2
		}
		p.text(edges[i]+14, y+58, px, i%2 == 0, ink, c)
	}
	for _, e := range edges {
		p.rule(e, y, e, y+96)
	}
	p.rule(left, y, right, y)
	p.rule(left, y+96, right+2, y+96)
}

// stamp draws a round red seal with its words along the rim and a star in the middle.
func (p *pen) stamp(cx, cy, r int, words string) {
	p.ring(cx, cy, r, 9)
	runes := []rune(words)
	step := 4.6 / float64(max(8, len(runes)))
	for i, c := range runes {
		a := -math.Pi/2 + (float64(i)-float64(len(runes)-1)/2)*step
		x, y := float64(cx)+math.Cos(a)*float64(r-42), float64(cy)+math.Sin(a)*float64(r-42)
		p.text(int(x)-17, int(y)+13, 34, true, red, string(c))
	}
	p.text(cx-48, cy+36, 96, false, red, "★")
}

func (p *pen) ring(cx, cy, r, thick int) {
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			if d := x*x + y*y; d <= r*r && d >= (r-thick)*(r-thick) {
				p.img.Set(cx+x, cy+y, red)
			}
		}
	}
}
