package camera

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"sync"

	xdraw "golang.org/x/image/draw"
)

// studio draws what the camera sees and remembers it.
type studio struct {
	mu     sync.Mutex
	pages  map[string][]*image.RGBA // by sheet: full size, half, quarter
	photos map[string][]byte
	order  []string
}

func newStudio() *studio {
	return &studio{pages: map[string][]*image.RGBA{}, photos: map[string][]byte{}}
}

// keepBytes bounds the remembered pictures.
const keepPhotos = 24

// page draws a sheet once, with smaller copies for small pictures.
func (s *studio) page(sh sheet) []*image.RGBA {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pages[sh.key]; p != nil {
		return p
	}
	full := drawPage(sh)
	p := []*image.RGBA{full}
	for n := 2; n <= 4; n *= 2 {
		small := image.NewRGBA(image.Rect(0, 0, pageW/n, pageH/n))
		xdraw.ApproxBiLinear.Scale(small, small.Rect, p[len(p)-1], p[len(p)-1].Rect, draw.Src, nil)
		p = append(p, small)
	}
	s.pages[sh.key] = p
	return p
}

// shoot returns the JPEG of a window of the field.
func (s *studio) shoot(key, effect string, sh shot) ([]byte, error) {
	if effect == "empty" {
		key = "none"
	}
	name := fmt.Sprint(key, effect, sh)
	s.mu.Lock()
	b := s.photos[name]
	s.mu.Unlock()
	if b != nil {
		return b, nil
	}
	what, err := sheetByKey(key)
	if err != nil {
		return nil, err
	}
	img := s.expose(what, effect, sh)
	var out bytes.Buffer
	var pic image.Image = img
	if sh.gray {
		g := image.NewGray(img.Rect)
		draw.Draw(g, g.Rect, img, image.Point{}, draw.Src)
		pic = g
	}
	if err := jpeg.Encode(&out, pic, &jpeg.Options{Quality: 86}); err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.photos[name] = out.Bytes()
	if s.order = append(s.order, name); len(s.order) > keepPhotos {
		delete(s.photos, s.order[0])
		s.order = s.order[1:]
	}
	return out.Bytes(), nil
}

// expose projects the sheet into the field of view.
func (s *studio) expose(sh sheet, effect string, t shot) *image.RGBA {
	if effect == "blurred" {
		return s.blurred(sh, t)
	}
	w, h := t.pixels()
	return s.project(sh, effect, view{x: float64(t.x), y: float64(t.y), perDot: 300 / float64(t.res), w: w, h: h})
}

// view is a part of the table, in 1/300 inch, and the size of its picture.
type view struct {
	x, y, perDot float64
	w, h         int
}

func (s *studio) project(sh sheet, effect string, t view) *image.RGBA {
	w, h := t.w, t.h
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	var tex *image.RGBA
	var m homography
	if sh.key != "none" {
		m = place(sh.angle, effect == "cutoff")
		level := 0
		if scale := 1.5 / t.perDot; scale <= 0.3 {
			level = 2
		} else if scale <= 0.6 {
			level = 1
		}
		tex = s.page(sh)[level]
		if effect == "blank" {
			tex = blankPage
		}
	}
	gain, lift := 1.0, 0.0
	switch effect {
	case "dark":
		gain = 0.22
	case "bright":
		gain, lift = 1.5, 70
	}
	seed := uint32(len(sh.key))*2654435761 + 1
	for y := range h {
		row := img.Pix[y*img.Stride:]
		fy := t.y + (float64(y)+0.5)*t.perDot
		for x := range w {
			fx := t.x + (float64(x)+0.5)*t.perDot
			r, g, b := mat(fx, fy)
			if tex != nil {
				if u, v := m.apply(fx, fy); u >= 0 && u < 1 && v >= 0 && v < 1 {
					r, g, b = sample(tex, u, v)
				} else if u > -0.012 && u < 1.02 && v > -0.012 && v < 1.02 {
					r, g, b = r*0.6, g*0.6, b*0.6 // the sheet's own shadow
				}
			}
			light := gain * (0.90 + 0.10*(1-math.Abs(fx-fieldW/2)/fieldW-math.Abs(fy-fieldH/2)/fieldH))
			seed ^= seed << 13
			seed ^= seed >> 17
			seed ^= seed << 5
			n := float64(seed&7) - 3.5
			row[x*4], row[x*4+1], row[x*4+2], row[x*4+3] = clip(r*light+lift+n), clip(g*light+lift+n), clip(b*light+lift+n), 255
		}
	}
	return img
}

// blurred takes a small picture and enlarges it.
func (s *studio) blurred(sh sheet, t shot) *image.RGBA {
	small := t
	small.res = max(9, min(18, t.res/4))
	src := s.expose(sh, "", small)
	w, h := t.pixels()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.ApproxBiLinear.Scale(dst, dst.Rect, src, src.Rect, draw.Src, nil)
	return dst
}

var blankPage = func() *image.RGBA {
	p := image.NewRGBA(image.Rect(0, 0, 8, 8))
	draw.Draw(p, p.Rect, image.NewUniform(paper), image.Point{}, draw.Src)
	return p
}()

func mat(x, y float64) (r, g, b float64) {
	v := 3 * math.Sin(x/37) * math.Sin(y/53)
	return 38 + v, 44 + v, 46 + v
}

func sample(t *image.RGBA, u, v float64) (r, g, b float64) {
	w, h := t.Rect.Dx(), t.Rect.Dy()
	x, y := u*float64(w)-0.5, v*float64(h)-0.5
	x0, y0 := max(0, int(x)), max(0, int(y))
	x1, y1 := min(w-1, x0+1), min(h-1, y0+1)
	fx, fy := max(0, x-float64(x0)), max(0, y-float64(y0))
	a, c, d, e := t.Pix[y0*t.Stride+x0*4:], t.Pix[y0*t.Stride+x1*4:], t.Pix[y1*t.Stride+x0*4:], t.Pix[y1*t.Stride+x1*4:]
	mix := func(i int) float64 {
		top := float64(a[i]) + (float64(c[i])-float64(a[i]))*fx
		low := float64(d[i]) + (float64(e[i])-float64(d[i]))*fx
		return top + (low-top)*fy
	}
	return mix(0), mix(1), mix(2)
}

func clip(v float64) uint8 { return uint8(max(0, min(255, v))) }
