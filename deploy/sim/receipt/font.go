package receipt

import (
	"image"
	"image/draw"
	"os"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// romFont holds the faces by size; it is loaded with the first text.
type romFont struct {
	mu    sync.Mutex
	fonts map[bool]*opentype.Font
	faces map[faceKey]font.Face
}

type faceKey struct {
	bold bool
	px   int
}

var rom = &romFont{fonts: map[bool]*opentype.Font{}, faces: map[faceKey]font.Face{}}

// monoSC is the place of the simplified Chinese face with half-width Latin in the collection.
const monoSC = 7

func (r *romFont) face(bold bool, px int) font.Face {
	k := faceKey{bold, px}
	if f, ok := r.faces[k]; ok {
		return f
	}
	fnt, ok := r.fonts[bold]
	if !ok {
		fnt = load(bold)
		r.fonts[bold] = fnt
	}
	var f font.Face
	if fnt != nil {
		// 0.92 of the cell: the face's own line gap must not stick out of the 24 dots of a character.
		f, _ = opentype.NewFace(fnt, &opentype.FaceOptions{Size: float64(px), DPI: 72, Hinting: font.HintingNone})
	}
	r.faces[k] = f
	return f
}

func load(bold bool) *opentype.Font {
	weight := "Regular"
	if bold {
		weight = "Bold"
	}
	b, err := os.ReadFile(fontPath(weight))
	if err != nil {
		return nil
	}
	c, err := opentype.ParseCollection(b)
	if err != nil || c.NumFonts() <= monoSC {
		return nil
	}
	f, err := c.Font(monoSC)
	if err != nil {
		return nil
	}
	return f
}

// glyph draws r into a cell of w×h dots, black 255 on 0; without a font file it is a box.
func (r *romFont) glyph(c rune, bold bool, w, h int) *image.Alpha {
	r.mu.Lock()
	defer r.mu.Unlock()
	natural := h // full width: square cell
	if isHalf(c) {
		natural = h / 2
	}
	dst := image.NewAlpha(image.Rect(0, 0, natural, h))
	if f := r.face(bold, h); f != nil {
		d := font.Drawer{Dst: dst, Src: image.Opaque, Face: f, Dot: fixed.P(0, h*88/100)}
		d.DrawString(string(c))
	} else if c != ' ' {
		box(dst)
	}
	if natural == w {
		return dst
	}
	out := image.NewAlpha(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.SetAlpha(x, y, dst.AlphaAt(x*natural/w, y))
		}
	}
	return out
}

func box(dst *image.Alpha) {
	in := dst.Rect.Inset(2)
	draw.Draw(dst, in, image.Opaque, image.Point{}, draw.Src)
	draw.Draw(dst, in.Inset(2), image.Transparent, image.Point{}, draw.Src)
}

func isHalf(c rune) bool { return c < 0x80 }

func fontPath(weight string) string {
	return "/usr/share/fonts/opentype/noto/NotoSansCJK-" + weight + ".ttc"
}
