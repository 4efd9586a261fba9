package page

import (
	"image"
	"image/color"
	"image/draw"
)

// planes is a picture as brightness and, where it has any, colour at half or full resolution. A decoded JPEG is taken as
// it is, without a copy.
type planes struct {
	w, h   int
	y      []byte
	ys     int // bytes a row
	cb, cr []byte
	cs     int
	dx, dy uint // colour is 1<<dx by 1<<dy pixels wide
}

func planesOf(img image.Image) planes {
	switch m := img.(type) {
	case *image.YCbCr:
		if p, ok := fromYCbCr(m); ok {
			return p
		}
	case *image.Gray:
		return planes{w: m.Rect.Dx(), h: m.Rect.Dy(), y: m.Pix, ys: m.Stride}
	case *image.RGBA:
		return fromRGBA(m)
	}
	rgba := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
	return fromRGBA(rgba)
}

func fromYCbCr(m *image.YCbCr) (planes, bool) {
	p := planes{w: m.Rect.Dx(), h: m.Rect.Dy(), y: m.Y, ys: m.YStride, cb: m.Cb, cr: m.Cr, cs: m.CStride}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio444:
	case image.YCbCrSubsampleRatio422:
		p.dx = 1
	case image.YCbCrSubsampleRatio420:
		p.dx, p.dy = 1, 1
	case image.YCbCrSubsampleRatio440:
		p.dy = 1
	default:
		return planes{}, false
	}
	return p, m.Rect.Min == image.Point{}
}

func fromRGBA(m *image.RGBA) planes {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	p := planes{w: w, h: h, y: make([]byte, w*h), ys: w, cb: make([]byte, w*h), cr: make([]byte, w*h), cs: w}
	for y := range h {
		row, at := m.Pix[y*m.Stride:], y*w
		for x := range w {
			p.y[at+x], p.cb[at+x], p.cr[at+x] = color.RGBToYCbCr(row[x*4], row[x*4+1], row[x*4+2])
		}
	}
	return p
}

// gray is a small picture of one channel.
type gray struct {
	w, h int
	pix  []byte
}

func (g gray) at(x, y int) byte { return g.pix[y*g.w+x] }

// shrink averages blocks of f×f pixels of the brightness.
func (p planes) shrink(f int) gray {
	if f == 1 && p.ys == p.w {
		return gray{p.w, p.h, p.y[:p.w*p.h]}
	}
	g := gray{w: p.w / f, h: p.h / f}
	g.pix = make([]byte, g.w*g.h)
	sum := make([]uint32, g.w)
	for y := range g.h {
		clear(sum)
		for k := range f {
			row := p.y[(y*f+k)*p.ys:]
			for x := range g.w {
				var s uint32
				for _, v := range row[x*f : x*f+f] {
					s += uint32(v)
				}
				sum[x] += s
			}
		}
		for x, s := range sum {
			g.pix[y*g.w+x] = byte(s / uint32(f*f)) // #nosec G115 -- an average or an index within the picture, bounded by its size
		}
	}
	return g
}

// value is shrink for the brightest of red, green and blue, which shows a dark red cover on a dark grey mat.
func (p planes) value(f int) gray {
	g := p.shrink(f)
	if p.cb == nil {
		return g
	}
	if f == 1 {
		g.pix = append([]byte(nil), g.pix...)
	}
	for y := range g.h {
		cy := min(y*f+f/2, p.h-1) >> p.dy * p.cs
		for x := range g.w {
			c := cy + min(x*f+f/2, p.w-1)>>p.dx
			r, gr, b := color.YCbCrToRGB(g.pix[y*g.w+x], p.cb[c], p.cr[c])
			g.pix[y*g.w+x] = max(r, gr, b)
		}
	}
	return g
}
