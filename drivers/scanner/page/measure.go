package page

import (
	"slices"

	"tongban/drivers"
)

// measures are what the verdict stands on. Brightness is 0 to 255, shares are 0 to 1.
type measures struct {
	light     float64 // mean of the page
	paper     float64 // its bright part
	ink       float64 // its dark part
	mat       float64
	burnt     float64 // share of the page at the very top of the range
	inked     float64 // share of the page darker than the paper around it
	sharpness float64 // how much of an edge lies within one pixel at about 90 dpi, 1 = all
}

// Limits of the verdicts, tried on the emulator's sheets and their faults (page_test.go has the distances).
const (
	darkPaper   = 110    // paper below this: text drowns in noise
	burntShare  = 0.5    // with …
	brightMat   = 90     // … a dark mat this bright, or …
	paleInk     = 140    // … ink this pale
	emptyShare  = 0.0012 // fewer dots than a page number has
	shadowShare = 0.02   // without edges in both directions: the rim of a shadow, not print
	blurredEdge = 0.32   // a blur of about 0.4 mm: strokes of body text run together
	measureSide = 1200   // longest side of the picture that is measured, so that preview and capture are judged alike
)

func (m measures) verdict(cut bool) drivers.PageVerdict {
	switch {
	case cut:
		return drivers.PageCut
	case m.paper < darkPaper:
		return drivers.PageDark
	case m.burnt > burntShare && (m.mat > brightMat || m.ink > paleInk):
		return drivers.PageBright
	case m.inked < emptyShare || m.sharpness == 0 && m.inked < shadowShare:
		return drivers.PageEmpty
	case m.sharpness < blurredEdge:
		return drivers.PageBlurred
	}
	return drivers.PageGood
}

func measure(src planes, f found) measures {
	k := max(1, (max(src.w, src.h)+measureSide/2)/measureSide)
	g := src.shrink(k)
	q := f.quad.inset(0.05)
	for i := range q {
		q[i] = q[i].times(1 / float64(k))
	}
	spans := q.spans(g.w, g.h)
	var hist [256]int
	var sum, n float64
	for y, s := range spans {
		if s[1] <= s[0] {
			continue
		}
		for _, v := range g.pix[y*g.w+s[0] : y*g.w+s[1]] {
			hist[v]++
			sum += float64(v)
		}
		n += float64(s[1] - s[0])
	}
	if n == 0 {
		return measures{}
	}
	m := measures{light: sum / n, mat: f.mat, paper: percentile(hist, n, 0.8), ink: percentile(hist, n, 0.005)}
	m.burnt = float64(hist[253]+hist[254]+hist[255]) / n
	m.inked = inked(g, spans)
	m.sharpness = min(edges(g, spans, m.paper-m.ink), edges(g.turned(), q.turned().spans(g.h, g.w), m.paper-m.ink))
	return m
}

// spans is the part of every row that lies within the quadrilateral, as first and one past the last pixel.
func (q quad) spans(w, h int) [][2]int {
	out := make([][2]int, h)
	for y := range out {
		left, right := float64(w), -1.0
		for i := range q {
			a, b := q[i], q[(i+1)%4]
			if a.y > b.y {
				a, b = b, a
			}
			if fy := float64(y); fy >= a.y && fy <= b.y && b.y > a.y {
				x := a.x + (b.x-a.x)*(fy-a.y)/(b.y-a.y)
				left, right = min(left, x), max(right, x)
			}
		}
		out[y] = [2]int{max(0, int(left)+1), min(w, int(right))}
	}
	return out
}

func percentile(hist [256]int, n, share float64) float64 {
	var seen float64
	for v, c := range hist {
		if seen += float64(c); seen >= share*n {
			return float64(v)
		}
	}
	return 255
}

// inked is the share of pixels clearly darker than the paper of their neighbourhood, so that neither a shadow over half
// the page nor a yellowed sheet counts as print.
func inked(g gray, spans [][2]int) float64 {
	const block = 24
	dots, all := 0, 0
	for y0 := 0; y0 < g.h; y0 += block {
		for x0 := 0; x0 < g.w; x0 += block {
			var hist [256]int
			n := 0
			for y := y0; y < min(g.h, y0+block); y++ {
				lo, hi := max(x0, spans[y][0]), min(x0+block, spans[y][1])
				for x := lo; x < hi; x++ {
					hist[g.pix[y*g.w+x]]++
					n++
				}
			}
			if n < block*block/4 {
				continue
			}
			limit := int(0.8 * percentile(hist, float64(n), 0.8))
			for v := range limit {
				dots += hist[v]
			}
			all += n
		}
	}
	if all == 0 {
		return 0
	}
	return float64(dots) / float64(all)
}

// edges looks along rows for the steepest step of every strong edge, as a share of the whole edge: about 0.6 in a sharp
// picture, 0.2 where a pen stroke is smeared over five pixels. 0 when there are too few edges to say.
func edges(g gray, spans [][2]int, contrast float64) float64 {
	const reach = 5
	least := max(12, int(0.3*contrast))
	var hist [101]int
	n := 0
	for y := 0; y < g.h; y += 2 {
		row := g.pix[y*g.w:]
		for x := spans[y][0] + reach; x < spans[y][1]-reach-1; x++ {
			s := step(row, x)
			if s*8 < least || s < step(row, x-1) || s <= step(row, x+1) {
				continue
			}
			lo, hi := slices.Min(row[x-reach+1:x+reach+1]), slices.Max(row[x-reach+1:x+reach+1])
			if a := int(hi) - int(lo); a >= least {
				hist[min(100, s*100/a)]++
				n++
			}
		}
	}
	if n < 40 {
		return 0
	}
	seen := 0
	for v := 100; v > 0; v-- {
		if seen += hist[v]; seen*4 >= n {
			return float64(v) / 100
		}
	}
	return 0
}

func step(row []byte, x int) int {
	d := int(row[x+1]) - int(row[x])
	return max(d, -d)
}

// turned swaps rows and columns, so that one loop looks both ways.
func (g gray) turned() gray {
	out := gray{w: g.h, h: g.w, pix: make([]byte, len(g.pix))}
	for y := range g.h {
		for x, v := range g.pix[y*g.w : (y+1)*g.w] {
			out.pix[x*g.h+y] = v
		}
	}
	return out
}

func (q quad) turned() quad {
	for i := range q {
		q[i].x, q[i].y = q[i].y, q[i].x
	}
	return q
}
