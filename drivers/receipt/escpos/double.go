package escpos

import "bytes"

// doubleRun is how many rows must be pairwise alike for a command of their own: a code of large modules and a black bar
// then cost a half or a quarter of their bytes, and a serial line keeps ahead of the paper.
const doubleRun = 8

// nextBand takes the next raster command off rows, none of which is the begin of a white run, and says how many it took.
func nextBand(rows [][]byte, c config) (band, int) {
	solid, full := c.has(quirkSolidRaster), c.has(quirkFullWidth)
	if solid || c.has(quirkPlainRaster) {
		n := bandRows(rows, solid)
		return cropBand(rows[:n], full), n
	}
	if n := alike(rows); n >= doubleRun {
		return doubled(rows[:n], full), n
	}
	n := bandRows(rows, false)
	for y := 1; y < n; y++ {
		if alike(rows[y:]) >= doubleRun {
			n = y
		}
	}
	return cropBand(rows[:n], full), n
}

// alike counts the rows from the first on that come in equal pairs with ink in them, at most what one command takes.
func alike(rows [][]byte) int {
	n, limit := 0, max(2, 2*bandBytes/len(rows[0]))
	for n+1 < min(len(rows), limit) && bytes.Equal(rows[n], rows[n+1]) && !blankRow(rows[n]) {
		n += 2
	}
	return n
}

// doubled is a band of rows that come in equal pairs; where its dots come in pairs too, each is sent once.
func doubled(rows [][]byte, full bool) band {
	half := make([][]byte, 0, len(rows)/2)
	for y := 0; y < len(rows); y += 2 {
		half = append(half, rows[y])
	}
	b := cropBand(half, full)
	b.mode = 2
	width := len(b.rows[0])
	if b.left+(width+1)/2*2 > len(rows[0]) { // the last byte would reach over the edge
		return b
	}
	for _, r := range b.rows {
		for _, x := range r {
			if (x^x>>1)&0x55 != 0 {
				return b
			}
		}
	}
	b.mode = 3
	for y, r := range b.rows {
		b.rows[y] = everySecond(r)
	}
	return b
}

// everySecond keeps one of each two dots.
func everySecond(row []byte) []byte {
	out := make([]byte, (len(row)+1)/2)
	for x, b := range row {
		n := b>>4&8 | b>>3&4 | b>>2&2 | b>>1&1
		if x%2 == 0 {
			n <<= 4
		}
		out[x/2] |= n
	}
	return out
}
