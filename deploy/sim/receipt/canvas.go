package receipt

import (
	"image"
	"image/color"
)

// strip is a growing band of paper, one byte per dot: 0 white, 1 black.
type strip struct {
	w    int
	rows [][]byte
}

func newStrip(w, h int) *strip {
	s := &strip{w: w}
	s.grow(h)
	return s
}

func (s *strip) grow(h int) {
	for len(s.rows) < h {
		s.rows = append(s.rows, make([]byte, s.w))
	}
}

func (s *strip) height() int { return len(s.rows) }

func (s *strip) set(x, y int) {
	if x >= 0 && x < s.w && y >= 0 && y < len(s.rows) {
		s.rows[y][x] = 1
	}
}

func (s *strip) blank() bool {
	for _, r := range s.rows {
		for _, d := range r {
			if d != 0 {
				return false
			}
		}
	}
	return true
}

// picture is the strip as a two-colour image.
func (s *strip) picture() *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, s.w, max(1, len(s.rows))), color.Palette{color.White, color.Black})
	for y, r := range s.rows {
		copy(img.Pix[y*img.Stride:], r)
	}
	return img
}

// fromBits unpacks dots of xBytes bytes per line.
func fromBits(data []byte, xBytes, h, sx, sy int) *strip {
	s := newStrip(xBytes*8*sx, h*sy)
	for y := range h {
		for x := range xBytes * 8 {
			if data[y*xBytes+x/8]&(0x80>>(x%8)) == 0 {
				continue
			}
			for dy := range sy {
				for dx := range sx {
					s.rows[y*sy+dy][x*sx+dx] = 1
				}
			}
		}
	}
	return s
}
