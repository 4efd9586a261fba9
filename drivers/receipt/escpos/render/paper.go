package render

import (
	"image"
	"image/color"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// paper is what has come out, a row of dots at a time.
type paper struct {
	w    int
	rows [][]bool
	cuts []int
}

// maxHeight bounds the drawing: ten metres.
const maxHeight = 80_000

type rowOf struct{ dots []bool }

func (r rowOf) set(x int) {
	if x >= 0 && x < len(r.dots) {
		r.dots[x] = true
	}
}

func (p *paper) height() int { return len(p.rows) }
func (p *paper) cut()        { p.cuts = append(p.cuts, len(p.rows)) }

func (p *paper) row() rowOf {
	dots := make([]bool, p.w)
	if len(p.rows) < maxHeight {
		p.rows = append(p.rows, dots)
	}
	return rowOf{dots}
}

func (p *paper) feed(n int) {
	for range min(n, maxHeight-len(p.rows)) {
		p.row()
	}
}

// image draws black on white, cuts as dotted grey lines.
func (p *paper) image() image.Image {
	img := image.NewPaletted(image.Rect(0, 0, p.w, max(1, len(p.rows))), color.Palette{color.White, color.Black, color.Gray{150}})
	for y, r := range p.rows {
		for x, on := range r {
			if on {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	for _, y := range p.cuts {
		for x := 0; x < p.w && y > 0; x += 4 {
			img.Pix[(y-1)*img.Stride+x] = 2
		}
	}
	return img
}

// glyph is one character on the line, in dots.
type glyph struct {
	r             rune
	w, h          int
	bold, reverse bool
}

// face is a font at any size, nil without a font file.
type face struct {
	font  *opentype.Font
	sizes map[int]font.Face
}

// fontFiles are where systems that the product runs on keep a font with Chinese characters.
var fontFiles = []string{
	"/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
	"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", "/usr/share/fonts/truetype/arphic/uming.ttc",
	`C:\Windows\Fonts\msyh.ttc`, `C:\Windows\Fonts\simsun.ttc`, "/System/Library/Fonts/PingFang.ttc",
}

// systemFont is the first font file that can be read, with its name.
func systemFont() (*face, string) {
	for _, name := range fontFiles {
		b, err := os.ReadFile(name) // #nosec G304 -- the person at the command line names the file
		if err != nil {
			continue
		}
		c, err := opentype.ParseCollection(b)
		if err != nil || c.NumFonts() == 0 {
			continue
		}
		i := 0
		if c.NumFonts() > 2 {
			i = 2 // the simplified Chinese face of Noto's collections; every face has every character
		}
		if f, err := c.Font(i); err == nil {
			return &face{font: f, sizes: map[int]font.Face{}}, name
		}
	}
	return nil, ""
}

func (f *face) at(px int) font.Face {
	if f.sizes[px] == nil {
		f.sizes[px], _ = opentype.NewFace(f.font, &opentype.FaceOptions{Size: float64(px) * 0.92, DPI: 72})
	}
	return f.sizes[px]
}

// draw puts a character into its cell; without a font, a frame of its size.
func (p *paper) draw(f *face, g glyph, x, y int) {
	mask := image.NewAlpha(image.Rect(0, 0, g.w, g.h))
	if f == nil {
		frame(mask, g.r)
	} else {
		full := g.h // a character is drawn square and squeezed to its cell where that is narrower or wider
		d := font.Drawer{Dst: mask, Src: image.Opaque, Face: f.at(full), Dot: fixed.P(0, full*85/100)}
		if adv := d.MeasureString(string(g.r)).Round(); adv < g.w {
			d.Dot.X = fixed.I((g.w - adv) / 2)
		}
		d.DrawString(string(g.r))
	}
	for j := range g.h {
		if y+j >= len(p.rows) {
			return
		}
		for i := range g.w {
			on := mask.AlphaAt(i, j).A >= 100 || g.bold && i > 0 && mask.AlphaAt(i-1, j).A >= 100
			if on != g.reverse && x+i < p.w {
				p.rows[y+j][x+i] = true
			}
		}
	}
}

func frame(m *image.Alpha, r rune) {
	if r == ' ' || r == '　' {
		return
	}
	b := m.Rect.Inset(3)
	for x := b.Min.X; x < b.Max.X; x++ {
		for y := b.Min.Y; y < b.Max.Y; y++ {
			if x < b.Min.X+2 || x >= b.Max.X-2 || y < b.Min.Y+2 || y >= b.Max.Y-2 {
				m.SetAlpha(x, y, color.Alpha{255})
			}
		}
	}
}
