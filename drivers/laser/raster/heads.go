package raster

import "encoding/binary"

// Places in the head of a PWG page (PWG 5102.4 §4.3); all other bytes are zero.
const (
	pwgHeadLen    = 1796
	atDuplex      = 272
	atResolution  = 276 // across, down
	atCopies      = 340
	atPageSize    = 352 // width, height in 1/72 inch
	atWidth       = 372
	atHeight      = 376
	atColourBits  = 384
	atPointBits   = 388
	atLineBytes   = 392
	atColourSpace = 400
	atColours     = 420
	atTotal       = 452
	atAcross      = 456 // transform of the back, 1 or -1
	atDown        = 460
	atQuality     = 484
	atSizeName    = 1732
)

// Colour spaces of PWG Raster.
const (
	spaceGrey = 18 // sGray
	spaceRGB  = 19 // sRGB
)

func (s Sheet) pwgHead(n, total int) []byte {
	h := make([]byte, pwgHeadLen)
	put := func(at, v int) { binary.BigEndian.PutUint32(h[at:], uint32(int32(v))) } //nolint:gosec // small numbers, -1 as two's complement
	copy(h, "PwgRaster")
	if s.Duplex {
		put(atDuplex, 1)
	}
	put(atResolution, s.DPI)
	put(atResolution+4, s.DPI)
	put(atCopies, 1)
	put(atPageSize, points(s.MM[0]))
	put(atPageSize+4, points(s.MM[1]))
	put(atWidth, s.Width)
	put(atHeight, s.Height)
	put(atColourBits, 8)
	put(atPointBits, 8*s.depth())
	put(atLineBytes, s.Width*s.depth())
	put(atColours, s.depth())
	put(atColourSpace, spaceGrey)
	if s.Colour {
		put(atColourSpace, spaceRGB)
	}
	put(atTotal, total)
	put(atAcross, 1)
	put(atDown, 1)
	switch s.backOf(n) {
	case Rotated:
		put(atAcross, -1)
		put(atDown, -1)
	case Flipped:
		put(atDown, -1)
	}
	put(atQuality, 4) // normal
	copy(h[atSizeName:pwgHeadLen-1], s.Media)
	return h
}

// points makes 1/72 inch of millimetres.
func points(mm int) int { return (mm*720 + 127) / 254 }

// urfHead is the head of a URF page: depth, colour space, sides, quality, and further on the size.
func (s Sheet) urfHead() []byte {
	h := make([]byte, 32)
	h[0], h[2], h[3] = byte(8*s.depth()), 1, 4 //nolint:gosec // 8 or 24
	if s.Colour {
		h[1] = 1 // sRGB
	}
	if s.Duplex {
		h[2] = 3 // long edge
	}
	binary.BigEndian.PutUint32(h[12:], uint32(s.Width))  //nolint:gosec // points of a page
	binary.BigEndian.PutUint32(h[16:], uint32(s.Height)) //nolint:gosec // points of a page
	binary.BigEndian.PutUint32(h[20:], uint32(s.DPI))    //nolint:gosec // some hundred
	return h
}
