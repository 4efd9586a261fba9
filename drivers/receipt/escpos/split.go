package escpos

import (
	"bytes"
	"math"
)

// commandCost is what a raster command counts beside its dots: its own bytes, a new margin, and the moment that a printer
// takes to begin one. feedCost is that of a feed.
const (
	commandCost = 16
	feedCost    = 8
)

// cut is one command: rows of it from the picture, doubled or as they are, or none of them where it is white.
type cut struct {
	rows  int
	twice bool
	white bool
}

// split finds the commands that carry a picture in the fewest bytes: a band is as wide as its widest row, so that where it
// ends decides what a serial line of 115200 baud has to carry, and that line is hardly faster than the paper. It is reckoned
// from the last row up: the best way on from each row is known before the row above it is looked at.
func split(rows [][]byte, c config) []cut {
	ink := measure(rows, c.has(quirkFullWidth))
	best, way := make([]int, len(rows)+1), make([]cut, len(rows))
	for y := len(rows) - 1; y >= 0; y-- {
		best[y] = math.MaxInt
		take := func(cost int, x cut) {
			if cost += best[y+x.rows]; cost < best[y] {
				best[y], way[y] = cost, x
			}
		}
		if n := whiteRows(rows[y:]); n > 0 && !c.has(quirkSolidRaster) {
			take(feedCost, cut{rows: n, white: true})
			if n >= whiteRun || y+n == len(rows) {
				continue // dots for nothing
			}
		}
		plainCuts(ink[y:], take)
		if !c.has(quirkSolidRaster) && !c.has(quirkPlainRaster) {
			doubleCuts(rows[y:], ink[y:], take)
		}
	}
	var out []cut
	for y := 0; y < len(rows); y += way[y].rows {
		out = append(out, way[y])
	}
	return out
}

// span is where the ink of a row is, in bytes, and whether its dots come in pairs.
type span struct {
	left, right int
	paired      bool
	all         int // bytes of the whole row
}

func measure(rows [][]byte, full bool) []span {
	out := make([]span, len(rows))
	for y, r := range rows {
		s := span{left: len(r), paired: true, all: len(r)}
		for x, b := range r {
			if b != 0 {
				s.left, s.right = min(s.left, x), x+1
			}
			s.paired = s.paired && (b^b>>1)&0x55 == 0
		}
		if full {
			s.left, s.right = 0, len(r)
		}
		out[y] = s
	}
	return out
}

func (s span) and(t span) span {
	return span{left: min(s.left, t.left), right: max(s.right, t.right), paired: s.paired && t.paired, all: s.all}
}

// width is how many bytes a row of the band has once it is cropped.
func (s span) width() int {
	if s.right == 0 {
		return 1
	}
	return s.right - min(s.left, max(0, s.all-leastRight))
}

// plainCuts offers bands of every height that a command takes.
func plainCuts(ink []span, take func(int, cut)) {
	limit, s := max(1, bandBytes/ink[0].all), ink[0]
	for n := 1; n <= min(limit, len(ink)); n++ {
		s = s.and(ink[n-1])
		take(commandCost+s.width()*n, cut{rows: n})
	}
}

// doubleCuts offers bands of rows in equal pairs.
func doubleCuts(rows [][]byte, ink []span, take func(int, cut)) {
	limit, s := max(2, 2*bandBytes/ink[0].all), ink[0]
	for n := 2; n <= min(limit, len(ink)); n += 2 {
		if !bytes.Equal(rows[n-2], rows[n-1]) {
			return
		}
		s = s.and(ink[n-2])
		width := s.width()
		if s.paired && s.fitsTwice() {
			width = (width + 1) / 2
		}
		take(commandCost+width*n/2, cut{rows: n, twice: true})
	}
}

// fitsTwice reports whether the last byte, doubled, stays within the row.
func (s span) fitsTwice() bool {
	w := s.width()
	return min(s.left, max(0, s.all-leastRight))+(w+1)/2*2 <= s.all
}
