package escpos

import (
	"errors"
	"fmt"
	"image"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tongban/drivers"
)

// job is a slip as bytes: pieces that are whole commands, so that a broken-off job never leaves the printer in the middle
// of one, and the number of dot rows for the time it may take.
type job struct {
	body [][]byte
	last int // the piece with the last ink: before it the slip cannot be whole
	rows int
}

const (
	bandBytes = 2304            // dots of one raster command at most: 0.2 s at 115200 baud, the longest that a status question waits
	padding   = bandBytes + 256 // NULs that end any command of this driver
	whiteRun  = 8               // rows; a gap that long is never sent as dots
	maxRows   = 1000 * 8        // a metre of paper is a mistake

	leastRight = 6 // bytes of a row: printers keep room for two characters right of the margin
)

// errSlip is a slip that this printer cannot print.
var errSlip = errors.New("slip")

// compose makes the bytes of a slip.
func compose(s drivers.Slip, c config) (job, error) {
	switch {
	case s.Image != nil && (len(s.Lines) > 0 || s.QR != ""):
		return job{}, fmt.Errorf("%w: picture and lines at once", errSlip)
	case s.Image != nil:
		return composeImage(s.Image, c)
	case len(s.Lines) == 0 && s.QR == "":
		return job{}, fmt.Errorf("%w: empty", errSlip)
	}
	return composeText(s, c)
}

// start resets style and sets the motion unit to one dot, so that a feed of n is n rows.
func start() []byte { return []byte{esc, '@', gs, 'P', 203, 203} }

func composeImage(img *image.Gray, c config) (job, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if w == 0 || h == 0 || w > c.dots || h > maxRows {
		return job{}, fmt.Errorf("%w: picture of %d×%d dots, have %d across", errSlip, w, h, c.dots)
	}
	rows := bitRows(img)
	j := job{rows: h, body: [][]byte{start()}}
	margin, y := 0, 0
	for _, x := range split(rows, c) {
		switch part := rows[y : y+x.rows]; {
		case x.white:
			j.body = append(j.body, feedRows(x.rows))
		default:
			band := cropBand(part, c.has(quirkFullWidth))
			if x.twice {
				band = doubled(part, c.has(quirkFullWidth))
			}
			j.last = len(j.body)
			j.body = append(j.body, band.bytes(&margin))
		}
		y += x.rows
	}
	return j, nil
}

// bitRows packs the picture, eight dots to a byte, dark below 128.
func bitRows(img *image.Gray) [][]byte {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := make([][]byte, h)
	for y := range out {
		row, src := make([]byte, (w+7)/8), img.Pix[y*img.Stride:]
		for x := range w {
			if src[x] < 128 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		out[y] = row
	}
	return out
}

func blankRow(row []byte) bool {
	for _, b := range row {
		if b != 0 {
			return false
		}
	}
	return true
}

func whiteRows(rows [][]byte) int {
	n := 0
	for n < len(rows) && blankRow(rows[n]) {
		n++
	}
	return n
}

// feedRows moves paper by n rows without heating the head.
func feedRows(n int) []byte {
	var out []byte
	for n > 0 {
		k := min(n, 255)
		out = append(out, esc, 'J', byte(k))
		n -= k
	}
	return out
}

// band is a strip of dots from byte column left on; mode 2 prints each row twice, 3 each dot twice as well.
type band struct {
	rows [][]byte
	left int
	mode byte
}

// cropBand leaves white columns away: on a serial line the paper is otherwise faster than the bytes.
func cropBand(rows [][]byte, full bool) band {
	if full {
		return band{rows: rows}
	}
	left, right := len(rows[0]), 0
	for _, r := range rows {
		for x, b := range r {
			if b != 0 {
				left, right = min(left, x), max(right, x+1)
			}
		}
	}
	if right == 0 {
		left, right = 0, 1
	}
	left = min(left, max(0, len(rows[0])-leastRight))
	out := band{left: left, rows: make([][]byte, len(rows))}
	for i, r := range rows {
		out.rows[i] = r[left:right]
	}
	return out
}

// bytes is the raster command, with a new left margin before it where that changes.
func (b band) bytes(margin *int) []byte {
	var out []byte
	if b.left != *margin {
		*margin = b.left
		out = append(out, gs, 'L', byte(b.left*8), byte(b.left*8>>8)) // #nosec G115 -- the command takes the number byte by byte; paper widths and sizes are bounded before
	}
	x, y := len(b.rows[0]), len(b.rows)
	out = append(out, gs, 'v', '0', b.mode, byte(x), byte(x>>8), byte(y), byte(y>>8)) // #nosec G115 -- the command takes the number byte by byte; paper widths and sizes are bounded before
	from := len(out)
	for _, r := range b.rows {
		out = append(out, r...)
	}
	defuse(out[from:])
	return out
}

// defuse keeps dots from looking like a real-time command: many printers watch for DLE EOT, DLE ENQ and DLE DC4 even
// inside a picture. One dot is made wider; nobody can see an eighth of a millimetre there.
func defuse(b []byte) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] == dle && (b[i+1] == 0x04 || b[i+1] == 0x05 || b[i+1] == 0x14) {
			b[i] |= 0x20
		}
	}
}

func composeText(s drivers.Slip, c config) (job, error) {
	j := job{body: [][]byte{append(start(), fs, '&')}}
	for i, l := range s.Lines {
		b, rows, err := textLine(l, c)
		if err != nil {
			return job{}, fmt.Errorf("line %d: %w", i+1, err)
		}
		j.body, j.rows = append(j.body, b), j.rows+rows
	}
	if s.QR != "" {
		b, rows, err := qrCode(s.QR, c.dots)
		if err != nil {
			return job{}, err
		}
		j.body, j.rows = append(j.body, b), j.rows+rows
	}
	j.last = len(j.body) - 1
	if j.rows > maxRows {
		return job{}, fmt.Errorf("%w: %d rows", errSlip, j.rows)
	}
	return j, nil
}

// textLine encodes one line. Control characters become spaces: a name must not be able to command the printer.
func textLine(l drivers.Line, c config) ([]byte, int, error) {
	size := l.Size
	if size == 0 {
		size = 1
	}
	if size < 1 || size > 4 || l.Align < drivers.Left || l.Align > drivers.Right {
		return nil, 0, fmt.Errorf("%w: size %d, align %d", errSlip, l.Size, l.Align)
	}
	text := strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F {
			return ' '
		}
		return r
	}, l.Text)
	enc, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: not encodable", errSlip)
	}
	if c.has(quirkTwoByte) && !twoByteOnly(text) {
		return nil, 0, fmt.Errorf("%w: a character that the printer's font lacks, send a picture", errSlip)
	}
	pitch := min(255, 24*size+8)
	out := []byte{esc, 'a', byte(l.Align), gs, '!', byte((size-1)<<4 | (size - 1)), esc, 'E', 0, esc, '3', byte(pitch)} // #nosec G115 -- the command takes the number byte by byte; paper widths and sizes are bounded before
	if l.Bold {
		out[8] = 1
	}
	cells := 0
	for _, r := range text {
		if cells++; r > 0x7F {
			cells++
		}
	}
	perLine := max(1, c.dots/12/size)
	lines := max(1, (cells+perLine-1)/perLine)
	return append(append(out, enc...), '\n'), lines * pitch, nil
}

// twoByteOnly says whether GB18030 needs no four-byte code for s. Nothing is replaced: a wrong character in a name is
// worse than no slip.
func twoByteOnly(s string) bool {
	enc := simplifiedchinese.GB18030.NewEncoder()
	for _, r := range s {
		if b, err := enc.Bytes([]byte(string(r))); err != nil || len(b) > 2 {
			return false
		}
	}
	return true
}

// qrRoom is how many bytes a QR of version 1, 2, … holds at level M.
var qrRoom = []int{14, 26, 42, 62, 84, 106, 122, 152, 180, 213}

// qrCode lets the printer draw the symbol: level M, as large as fits beside its quiet zone, 3 to 8 dots a module.
func qrCode(text string, dots int) ([]byte, int, error) {
	version := 0
	for version < len(qrRoom) && qrRoom[version] < len(text) {
		version++
	}
	if version == len(qrRoom) {
		return nil, 0, fmt.Errorf("%w: QR of %d bytes", errSlip, len(text))
	}
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7E {
			return nil, 0, fmt.Errorf("%w: QR takes printable ASCII", errSlip)
		}
	}
	modules := 21 + 4*version
	size := max(3, min(8, dots/(modules+8)))
	n := len(text) + 3
	out := []byte{esc, 'a', 1, gs, '(', 'k', 4, 0, 49, 65, 50, 0, gs, '(', 'k', 3, 0, 49, 67, byte(size), gs, '(', 'k', 3, 0, 49, 69, 49,
		gs, '(', 'k', byte(n), byte(n >> 8), 49, 80, 48} // #nosec G115 -- the command takes the number byte by byte; paper widths and sizes are bounded before
	out = append(out, text...)
	quiet := feedRows(4 * size)
	out = append(out, gs, '(', 'k', 3, 0, 49, 81, 48)
	return append(append(quiet, out...), quiet...), (modules + 8) * size, nil
}
