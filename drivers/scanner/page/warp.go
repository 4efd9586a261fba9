package page

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// warp cuts the quadrilateral out of the picture as a rectangle of the page's own resolution.
func warp(src planes, q quad) *image.YCbCr {
	w, h := size(q)
	out := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	m := unitTo(q.inset(0.001)) // half a dozen pixels of mat at the rim would show as a dark line
	rows(h, func(y0, y1 int) { resample(out.Y, out.YStride, w, h, y0, y1, m, src.y, src.ys, src.w, src.h, 0, 0) })
	cw, ch := (w+1)/2, (h+1)/2
	if src.cb == nil {
		for i := range out.Cb {
			out.Cb[i], out.Cr[i] = 128, 128
		}
		return out
	}
	sw, sh := (src.w-1)>>src.dx+1, (src.h-1)>>src.dy+1
	rows(ch, func(y0, y1 int) {
		resample(out.Cb, out.CStride, cw, ch, y0, y1, m, src.cb, src.cs, sw, sh, src.dx, src.dy)
		resample(out.Cr, out.CStride, cw, ch, y0, y1, m, src.cr, src.cs, sw, sh, src.dx, src.dy)
	})
	return out
}

// size is the page in pixels: the longer of opposite sides, with the proportions of A4 where they are nearly that.
func size(q quad) (w, h int) {
	fw := max(q[1].sub(q[0]).length(), q[2].sub(q[3]).length())
	fh := max(q[3].sub(q[0]).length(), q[2].sub(q[1]).length())
	long, short := max(fw, fh), max(1, min(fw, fh))
	if r := long / short; math.Abs(r-math.Sqrt2) < 0.06 {
		long = short * math.Sqrt2
	}
	if long > maxSide {
		short, long = short*maxSide/long, maxSide
	}
	short = max(16, short)
	if fw > fh {
		return int(math.Round(long)), int(math.Round(short))
	}
	return int(math.Round(short)), int(math.Round(long))
}

// projection maps the unit square onto a quadrilateral.
type projection [9]float64

// unitTo solves for the projection in closed form: the square's corners go to q, clockwise from the top left.
func unitTo(q quad) projection {
	s := q[0].sub(q[1]).add(q[2].sub(q[3]))
	d1, d2 := q[1].sub(q[2]), q[3].sub(q[2])
	det := d1.cross(d2)
	if math.Abs(det) < 1e-9 {
		det = 1e-9
	}
	g, h := s.cross(d2)/det, d1.cross(s)/det
	return projection{q[1].x - q[0].x + g*q[1].x, q[3].x - q[0].x + h*q[3].x, q[0].x,
		q[1].y - q[0].y + g*q[1].y, q[3].y - q[0].y + h*q[3].y, q[0].y, g, h, 1}
}

func (m projection) apply(u, v float64) point {
	k := m[6]*u + m[7]*v + m[8]
	return point{(m[0]*u + m[1]*v + m[2]) / k, (m[3]*u + m[4]*v + m[5]) / k}
}

// rows shares the rows out among the processors.
func rows(h int, f func(y0, y1 int)) {
	n := max(1, min(runtime.GOMAXPROCS(0), h/64))
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i*h/n, (i+1)*h/n) })
	}
	wg.Wait()
}

// resample fills rows y0 to y1 of one plane, bilinear. dx, dy say how much coarser the source plane is than the picture.
func resample(dst []byte, ds, w, h, y0, y1 int, m projection, src []byte, ss, sw, sh int, dx, dy uint) {
	kx, ky := 1/float64(int(1)<<dx), 1/float64(int(1)<<dy)
	maxX, maxY := float64(sw-1), float64(sh-1)
	for y := y0; y < y1; y++ {
		v := (float64(y) + 0.5) / float64(h)
		nx, ny, nw := m[1]*v+m[2], m[4]*v+m[5], m[7]*v+m[8]
		row := dst[y*ds : y*ds+w]
		for x := range row {
			u := (float64(x) + 0.5) / float64(w)
			k := 1 / (m[6]*u + nw)
			fx := min(maxX, max(0, ((m[0]*u+nx)*k+0.5)*kx-0.5))
			fy := min(maxY, max(0, ((m[3]*u+ny)*k+0.5)*ky-0.5))
			ix, iy := int(fx), int(fy)
			ax, ay := int((fx-float64(ix))*256), int((fy-float64(iy))*256)
			at := iy*ss + ix
			right, below := 0, 0
			if ix < sw-1 {
				right = 1
			}
			if iy < sh-1 {
				below = ss
			}
			top := int(src[at])*(256-ax) + int(src[at+right])*ax
			low := int(src[at+below])*(256-ax) + int(src[at+below+right])*ax
			row[x] = byte((top*(256-ay) + low*ay) >> 16) // #nosec G115 -- an average or an index within the picture, bounded by its size
		}
	}
}
