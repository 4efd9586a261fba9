package page

// found is the page in the picture.
type found struct {
	found bool
	quad  quad    // in pixels of the picture
	cut   bool    // the page leaves the picture
	mat   float64 // brightness around it
	light float64 // of the whole picture, when nothing was found
}

// Sizes of the search. They are shares of the picture, so that every camera works alike.
const (
	findSide = 480  // longest side of the small picture
	minShare = 0.04 // of the picture: a bank card on an A4 mat has 0.07
)

func find(src planes) found {
	f := max(1, (max(src.w, src.h)+findSide-1)/findSide)
	g := src.value(f)
	dark, bright, at := otsu(g.pix)
	none := found{light: (dark + bright) / 2}
	if bright-dark < max(14, 0.3*bright) {
		if dark < 150 { // one even surface: the mat, or a page that covers the whole picture
			return none
		}
		at = 0
	}
	mask := closeGaps(threshold(g, at), g.w, g.h, 2)
	patch := largest(mask, g.w, g.h)
	if patch.count < int(minShare*float64(g.w*g.h)) {
		return none
	}
	hull := convexHull(patch.rim())
	q, ok := largestQuad(hull)
	if !ok {
		return none
	}
	touch := patch.touches()
	q = fit(q, patch, g, float64(at), touch)
	return found{found: true, quad: q.scale(float64(f)), cut: touch.any(), mat: matLevel(g, mask, dark)}
}

// otsu splits a picture into dark and bright so that both are as even as possible: their means and the threshold.
func otsu(pix []byte) (dark, bright float64, at int) {
	var hist [256]float64
	for _, v := range pix {
		hist[v]++
	}
	var all, n float64
	for v, c := range hist {
		all, n = all+float64(v)*c, n+c
	}
	var low, lowN, best float64
	for v := range 255 {
		lowN, low = lowN+hist[v], low+float64(v)*hist[v]
		if lowN == 0 || lowN == n {
			continue
		}
		m0, m1 := low/lowN, (all-low)/(n-lowN)
		if between := lowN * (n - lowN) * (m1 - m0) * (m1 - m0); between > best {
			best, dark, bright = between, m0, m1
			at = int((m0 + m1) / 2)
		}
	}
	if best == 0 {
		return all / n, all / n, 255
	}
	return dark, bright, at
}

func threshold(g gray, at int) []bool {
	out := make([]bool, len(g.pix))
	for i, v := range g.pix {
		out[i] = int(v) > at
	}
	return out
}

// closeGaps bridges dark lines of up to 2r pixels, so that a table does not fall into its cells.
func closeGaps(m []bool, w, h, r int) []bool {
	grown := spread(m, w, h, r, true)
	return spread(grown, w, h, r, false)
}

// spread sets every pixel that has v within r, first along rows, then along columns; what is outside does not count.
func spread(m []bool, w, h, r int, v bool) []bool {
	line := func(src, dst []bool, start, stride, n int) {
		last := -1 << 30 // place of the last v seen
		for i := range n + r {
			if i < n && src[start+i*stride] == v {
				last = i
			}
			if j := i - r; j >= 0 {
				dst[start+j*stride] = (last >= j-r) == v
			}
		}
	}
	tmp, out := make([]bool, len(m)), make([]bool, len(m))
	for y := range h {
		line(m, tmp, y*w, 1, w)
	}
	for x := range w {
		line(tmp, out, x, w, h)
	}
	return out
}

// patch is a connected bright area, as its first and last pixel of every row and column (-1 where it has none).
type patch struct {
	w, h        int
	count       int
	left, right []int // by row
	top, bottom []int // by column
}

func newPatch(w, h int) patch {
	p := patch{w: w, h: h, left: make([]int, h), right: make([]int, h), top: make([]int, w), bottom: make([]int, w)}
	for _, s := range [][]int{p.left, p.right, p.top, p.bottom} {
		for i := range s {
			s[i] = -1
		}
	}
	return p
}

func (p *patch) add(x, y int) {
	p.count++
	if p.left[y] < 0 || x < p.left[y] {
		p.left[y] = x
	}
	p.right[y] = max(p.right[y], x)
	if p.top[x] < 0 || y < p.top[x] {
		p.top[x] = y
	}
	p.bottom[x] = max(p.bottom[x], y)
}

// largest flood-fills the mask and keeps the largest area.
func largest(mask []bool, w, h int) patch {
	best := newPatch(w, h)
	seen := make([]bool, len(mask))
	var stack []int32
	for start, on := range mask {
		if !on || seen[start] {
			continue
		}
		p := newPatch(w, h)
		seen[start], stack = true, append(stack[:0], int32(start))
		for len(stack) > 0 {
			i := int(stack[len(stack)-1])
			stack = stack[:len(stack)-1]
			x, y := i%w, i/w
			p.add(x, y)
			for _, n := range [4]struct {
				ok bool
				i  int
			}{{x > 0, i - 1}, {x < w-1, i + 1}, {y > 0, i - w}, {y < h-1, i + w}} {
				if n.ok && mask[n.i] && !seen[n.i] {
					seen[n.i], stack = true, append(stack, int32(n.i)) // #nosec G115 -- an average or an index within the picture, bounded by its size
				}
			}
		}
		if p.count > best.count {
			best = p
		}
	}
	return best
}

// sides tells which borders of the picture the page crosses.
type sides struct{ left, top, right, bottom bool }

func (s sides) any() bool { return s.left || s.top || s.right || s.bottom }

func (p patch) touches() sides {
	count := func(edge []int, v int) int {
		n := 0
		for _, e := range edge {
			if e == v {
				n++
			}
		}
		return n
	}
	far := func(n, side int) bool { return n > max(3, side/50) }
	return sides{left: far(count(p.left, 0), p.h), right: far(count(p.right, p.w-1), p.h),
		top: far(count(p.top, 0), p.w), bottom: far(count(p.bottom, p.h-1), p.w)}
}

// matLevel is the brightness of what is not page.
func matLevel(g gray, mask []bool, dark float64) float64 {
	var sum, n float64
	for i, v := range g.pix {
		if !mask[i] {
			sum, n = sum+float64(v), n+1
		}
	}
	if n == 0 {
		return dark
	}
	return sum / n
}
