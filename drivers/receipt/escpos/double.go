package escpos

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
