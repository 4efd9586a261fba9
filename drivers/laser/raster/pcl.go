package raster

import (
	"bytes"
	"fmt"
)

// MimePCL is what the registry of formats calls PCL.
const MimePCL = "application/vnd.hp-PCL"

// PCL writes pages of dots for printers that know nothing but their old language (PCL 5e, with colour 5c): black dots, or three
// bytes a point. A line is packed by runs or by what differs from the line above, whichever is shorter.
type PCL struct {
	Sheet  Sheet // Back is not looked at: these printers turn backs themselves
	Copies int   // of each page; 0 is 1
}

// Sizes of paper in the numbers of PCL.
var pclSizes = map[string]int{"iso_a4_210x297mm": 26, "iso_a5_148x210mm": 25}

// Densities that PCL 5 knows.
var pclDPI = map[int]bool{75: true, 100: true, 150: true, 200: true, 300: true, 600: true, 1200: true}

// inset is the part of an upright A page, in 1/300 inch, at its left and right, that the language cannot reach.
const inset = 71

// Check tells whether such pages can be written at all.
func (p PCL) Check() error {
	switch {
	case pclSizes[p.Sheet.Media] == 0:
		return fmt.Errorf("no number in PCL for paper %q", p.Sheet.Media)
	case !pclDPI[p.Sheet.DPI]:
		return fmt.Errorf("PCL knows no %d dots per inch", p.Sheet.DPI)
	case p.Sheet.Height < 1 || p.width() < 1:
		return fmt.Errorf("page of %d×%d points", p.Sheet.Width, p.Sheet.Height)
	}
	return nil
}

// left is the first point of a line that is sent, width how many are.
func (p PCL) left() int  { return inset * p.Sheet.DPI / 300 }
func (p PCL) width() int { return p.Sheet.Width - 2*p.left() }

// Begin sets the printer up for pages. It forgets what it was told before.
func (p PCL) Begin() []byte {
	var out bytes.Buffer
	sides := 0
	if p.Sheet.Duplex {
		sides = 1 // long edge
	}
	fmt.Fprintf(&out, "\x1bE\x1b&l%da0o%ds%dX", pclSizes[p.Sheet.Media], sides, max(1, p.Copies))
	fmt.Fprintf(&out, "\x1b&l0E\x1b&u%dD\x1b*t%dR", p.Sheet.DPI, p.Sheet.DPI)
	if p.Sheet.Colour {
		out.WriteString("\x1b*v6W\x00\x03\x00\x08\x08\x08") // red green blue as the device has them, point by point, 8 bits each
	}
	return out.Bytes()
}

// End ejects what is left and leaves the printer as it was found.
func (p PCL) End() []byte { return []byte("\x1bE") }

// Page writes one side, 255 white, and ejects it.
func (p PCL) Page(bits []byte) ([]byte, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	if len(bits) != p.Sheet.Size() {
		return nil, fmt.Errorf("page of %d bytes, want %d", len(bits), p.Sheet.Size())
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "\x1b*p0x0Y\x1b*r0f%ds%dt1A", p.width(), p.Sheet.Height)
	w := pclLines{out: &out, mode: -1, colour: p.Sheet.Colour}
	for y := range p.Sheet.Height {
		w.line(p.line(bits, y))
	}
	out.WriteString("\x1b*rC\f")
	return out.Bytes(), nil
}

// line is one line as it is sent, nil when it is white.
func (p PCL) line(bits []byte, y int) []byte {
	d := p.Sheet.depth()
	row := bits[(y*p.Sheet.Width+p.left())*d:][:p.width()*d]
	if bytes.Count(row, []byte{255}) == len(row) {
		return nil
	}
	if p.Sheet.Colour {
		return row
	}
	return halftone(row, y)
}

// cell orders the dots by which grey is made: they grow from the middle, as a laser prints whole dots better than scattered ones.
var cell = [8][8]byte{
	{24, 10, 12, 26, 35, 47, 49, 37}, {8, 0, 2, 14, 45, 59, 61, 51}, {22, 6, 4, 16, 43, 57, 63, 53}, {30, 20, 18, 28, 33, 41, 55, 39},
	{34, 46, 48, 36, 25, 11, 13, 27}, {44, 58, 60, 50, 9, 1, 3, 15}, {42, 56, 62, 52, 23, 7, 5, 17}, {32, 40, 54, 38, 31, 21, 19, 29},
}

// halftone makes dots of a grey line, 1 black, eight a byte. Black stays black and white stays white.
func halftone(row []byte, y int) []byte {
	out := make([]byte, (len(row)+7)/8)
	for x, grey := range row {
		if grey < 4*cell[y%8][x%8]+2 {
			out[x/8] |= 0x80 >> (x % 8)
		}
	}
	return out
}

// Ways in which a line is packed, in the numbers of PCL.
const (
	packRuns  = 2
	packDelta = 3
)

// pclLines writes lines one after the other; the printer remembers the last one.
type pclLines struct {
	out    *bytes.Buffer
	colour bool
	mode   int
	last   []byte // nil: white, which to the printer is all zeros; in colour zeros are black, and such a line is written whole
	white  int    // lines not written yet
}

func (w *pclLines) line(row []byte) {
	if row == nil {
		w.white++
		return
	}
	if w.white > 0 {
		fmt.Fprintf(w.out, "\x1b*b%dY", w.white)
		w.white, w.last = 0, nil
	}
	mode, packed := packRuns, packbits(row)
	if w.last == nil && !w.colour {
		w.last = make([]byte, len(row))
	}
	if w.last != nil {
		if d := delta(w.last, row); len(d) <= len(packed) {
			mode, packed = packDelta, d
		}
	}
	w.out.WriteString("\x1b*b")
	if mode != w.mode {
		fmt.Fprintf(w.out, "%dm", mode)
		w.mode = mode
	}
	fmt.Fprintf(w.out, "%dW", len(packed))
	w.out.Write(packed)
	w.last = row
}

// packbits is mode 2: 0 to 127 and that many bytes and one as they are; 129 to 255 and a byte, 257 less it times.
func packbits(row []byte) []byte {
	var out []byte
	for x := 0; x < len(row); {
		run := 1
		for run < 128 && x+run < len(row) && row[x+run] == row[x] {
			run++
		}
		if run > 2 {
			out = append(out, byte(257-run), row[x])
			x += run
			continue
		}
		odd := 1
		for odd < 128 && x+odd < len(row) && (x+odd+2 >= len(row) || row[x+odd] != row[x+odd+1] || row[x+odd] != row[x+odd+2]) {
			odd++
		}
		out = append(out, byte(odd-1))
		out = append(out, row[x:x+odd]...)
		x += odd
	}
	return out
}

// delta is mode 3: one to eight bytes that differ from the line above, and how far they lie behind the last ones.
func delta(above, row []byte) []byte {
	var out []byte
	from := 0 // first byte that is not settled
	for x := 0; x < len(row); {
		if row[x] == above[x] {
			x++
			continue
		}
		n := 1
		for n < 8 && x+n < len(row) && row[x+n] != above[x+n] {
			n++
		}
		far := x - from
		out = append(out, byte((n-1)<<5|min(far, 31)))
		if far >= 31 {
			for far -= 31; far >= 255; far -= 255 {
				out = append(out, 255)
			}
			out = append(out, byte(far))
		}
		out = append(out, row[x:x+n]...)
		x += n
		from = x
	}
	return out
}
