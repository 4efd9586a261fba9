package page

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"math"

	"tongban/drivers"
)

// Margins around what is printed on a small paper below a white lid, in parts of the picture's shorter side.
const (
	glassMargin = 0.03
	glassWhole  = 0.55 // what is printed on this much of the glass is a whole sheet: its own margins are kept
)

// Glass judges what a flatbed scanner gives (平板扫描件). A paper below a dark lid is found and straightened as on a mat. Below a white lid
// its rim cannot be seen: then it is the whole glass, or, of a small paper, what is printed with a margin around it. It cannot be cut
// off: what does not lie on the glass no scanner has seen.
func Glass(raw []byte) (drivers.Page, error) {
	img, err := decode(raw)
	if err != nil {
		return drivers.Page{}, err
	}
	src := planesOf(img)
	if p, _ := examine(src); p.Verdict == drivers.PageGood {
		return Straighten(raw)
	}
	q := rect(0, 0, float64(src.w-1), float64(src.h-1))
	m := measure(src, found{quad: q})
	p := drivers.Page{Verdict: m.verdict(false), Sharpness: round(m.sharpness), Light: math.Round(m.light)}
	if p.Verdict == drivers.PageEmpty {
		p.Verdict = drivers.PageNone // an empty glass, or a paper with its print to the lid
	}
	if small, ok := printed(src); ok && p.Verdict == drivers.PageGood {
		q = small
	}
	p.Corners = q.points(src.w, src.h)
	flat := warp(src, q)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, flat, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return drivers.Page{}, fmt.Errorf("encode page: %w", err)
	}
	p.JPEG, p.Width, p.Height = out.Bytes(), flat.Rect.Dx(), flat.Rect.Dy()
	return p, nil
}

// printed is where something stands on the glass, with its margin; false when that is most of it.
func printed(src planes) (quad, bool) {
	k := max(1, max(src.w, src.h)/findSide)
	g := src.shrink(k)
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for y := range g.h {
		for x, v := range g.pix[y*g.w : (y+1)*g.w] {
			if int(v) < glassInk {
				lo.x, lo.y = min(lo.x, float64(x)), min(lo.y, float64(y))
				hi.x, hi.y = max(hi.x, float64(x)), max(hi.y, float64(y))
			}
		}
	}
	if hi.x <= lo.x || hi.y <= lo.y || (hi.x-lo.x)*(hi.y-lo.y) > glassWhole*float64(g.w*g.h) {
		return quad{}, false
	}
	margin := glassMargin * float64(min(g.w, g.h))
	scale := float64(k)
	return rect(max(0, (lo.x-margin)*scale), max(0, (lo.y-margin)*scale), min(float64(src.w-1), (hi.x+1+margin)*scale), min(float64(src.h-1), (hi.y+1+margin)*scale)), true
}

// glassInk is darker than any white lid, paper or the shadow of its rim.
const glassInk = 170

func rect(x0, y0, x1, y1 float64) quad { return quad{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}} }
