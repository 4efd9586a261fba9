// Package raster writes pages of dots for printers that take no PDF (页面点阵): PWG Raster, which every IPP Everywhere printer
// reads (PWG 5102.4), and URF, its kin of AirPrint. Both hold lines of grey or colour points, run lengths in a line, equal
// lines once.
package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// Formats by their names on the line.
const (
	PWG = "image/pwg-raster" // #nosec G101 -- the name of a format, no credential
	URF = "image/urf"
)

// Back is how the back of a sheet must be sent, as the printer says (背面方向): its paper path turns the sheet in its own way.
type Back string

// Backs. ManualTumble asks for nothing where a sheet turns about its long edge, which is the only way sheets turn here.
const (
	Normal       Back = "normal"
	Flipped      Back = "flipped" // upside down in a mirror
	Rotated      Back = "rotated" // by half a turn
	ManualTumble Back = "manual-tumble"
)

// Sheet is what all pages of a document share.
type Sheet struct {
	Width, Height int // points
	DPI           int
	Colour        bool // three bytes a point, red green blue; else one, 255 white
	Duplex        bool // long edge
	Back          Back
	Media         string // iso_a4_210x297mm
	MM            [2]int // of the medium
}

// depth is the bytes of a point.
func (s Sheet) depth() int {
	if s.Colour {
		return 3
	}
	return 1
}

// Size is the bytes of a page.
func (s Sheet) Size() int { return s.Width * s.Height * s.depth() }

// Page turns and packs the points of page n, the first is 0. It may change bits.
func (s Sheet) Page(n int, bits []byte) ([]byte, error) {
	if len(bits) != s.Size() || len(bits) == 0 {
		return nil, fmt.Errorf("page of %d bytes, want %d", len(bits), s.Size())
	}
	if s.backOf(n) != Normal {
		s.turn(bits)
	}
	return s.pack(bits), nil
}

// backOf is how a page must be turned.
func (s Sheet) backOf(n int) Back {
	if s.Duplex && n%2 == 1 && (s.Back == Flipped || s.Back == Rotated) {
		return s.Back
	}
	return Normal
}

// turn puts a back the way the printer wants it: lines from the last to the first, and for a half turn also points.
func (s Sheet) turn(bits []byte) {
	d, line := s.depth(), s.Width*s.depth()
	keep := make([]byte, line)
	for i, j := 0, s.Height-1; i < j; i, j = i+1, j-1 {
		a, b := bits[i*line:(i+1)*line], bits[j*line:(j+1)*line]
		copy(keep, a)
		copy(a, b)
		copy(b, keep)
	}
	if s.Back != Rotated {
		return
	}
	for y := range s.Height {
		row := bits[y*line : (y+1)*line]
		for i, j := 0, line-d; i < j; i, j = i+d, j-d {
			for k := range d {
				row[i+k], row[j+k] = row[j+k], row[i+k]
			}
		}
	}
}

// pack writes the lines: how often, less one, then runs.
func (s Sheet) pack(bits []byte) []byte {
	var out bytes.Buffer
	line := s.Width * s.depth()
	for y := 0; y < s.Height; {
		row := bits[y*line : (y+1)*line]
		times := 1
		for times < 256 && y+times < s.Height && bytes.Equal(row, bits[(y+times)*line:(y+times+1)*line]) {
			times++
		}
		out.WriteByte(byte(times - 1))
		runs(&out, row, s.depth())
		y += times
	}
	return out.Bytes()
}

// runs packs one line: 0 to 127 and a point mean it 1 to 128 times; 129 to 255 mean that 128 to 2 points follow as they are.
// 128 means different things in the two formats and is not used.
func runs(out *bytes.Buffer, row []byte, d int) {
	n := len(row) / d
	same := func(i, j int) bool { return bytes.Equal(row[i*d:(i+1)*d], row[j*d:(j+1)*d]) }
	for x := 0; x < n; {
		run := 1
		for run < 128 && x+run < n && same(x, x+run) {
			run++
		}
		if run > 1 || x == n-1 {
			out.WriteByte(byte(run - 1))
			out.Write(row[x*d : (x+1)*d])
			x += run
			continue
		}
		odd := 1 // points, each unlike the next
		for odd < 128 && x+odd < n && (x+odd == n-1 || !same(x+odd, x+odd+1)) {
			odd++
		}
		if odd == 1 {
			out.WriteByte(0)
		} else {
			out.WriteByte(byte(257 - odd))
		}
		out.Write(row[x*d : (x+odd)*d])
		x += odd
	}
}

// Document puts packed pages together.
func (s Sheet) Document(format string, pages [][]byte) ([]byte, error) {
	if len(pages) == 0 {
		return nil, fmt.Errorf("a document without a page")
	}
	var out []byte
	switch format {
	case PWG:
		out = []byte("RaS2")
	case URF:
		out = binary.BigEndian.AppendUint32([]byte("UNIRAST\x00"), uint32(len(pages))) //nolint:gosec // few
	default:
		return nil, fmt.Errorf("no raster of format %q", format)
	}
	for n, p := range pages {
		if format == PWG {
			out = append(out, s.pwgHead(n, len(pages))...)
		} else {
			out = append(out, s.urfHead()...)
		}
		out = append(out, p...)
	}
	return out, nil
}
