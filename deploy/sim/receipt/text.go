package receipt

import (
	"golang.org/x/text/encoding/simplifiedchinese"
)

// style is the state that ESC @ resets.
type style struct {
	align         byte // 0 left, 1 middle, 2 right
	w, h          int
	bold, reverse bool
	underline     int
	chinese       bool
	margin        int
	spacing       int // dots from line to line
	barHeight     int
	barModule     int
	barText       byte
	qrModule      int
	qrLevel       byte
	qrData        []byte
}

func freshStyle() style {
	return style{w: 1, h: 1, chinese: true, spacing: 30, barHeight: 80, barModule: 2, qrModule: 3, qrLevel: '0'}
}

// cell is one character waiting in the line buffer.
type cell struct {
	r    rune
	w, h int
	st   style
	x    int // fixed place, or -1
}

// line is the line buffer.
type line struct {
	cells []cell
	rest  []byte // first bytes of a character whose others have not come yet
	at    int    // next fixed place, -1 for none
}

const cellDots = 24

// add decodes bytes into cells; it returns false at the first character that does not fit on the line any more.
func (l *line) decode(b []byte, chinese bool) []rune {
	b = append(l.rest, b...)
	l.rest = nil
	var out []rune
	for len(b) > 0 {
		n := 1
		if chinese && b[0] >= 0x81 {
			if n = gbLen(b); n == 0 {
				l.rest = append([]byte(nil), b...)
				break
			}
		}
		out = append(out, decodeOne(b[:n])...)
		b = b[n:]
	}
	return out
}

// gbLen is the length of the GB18030 character at the head of b, or 0 if its rest is missing.
func gbLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] < '0' || b[1] > '9' {
		return 2
	}
	if len(b) < 4 {
		return 0
	}
	return 4
}

func decodeOne(b []byte) []rune {
	if len(b) == 1 {
		if b[0] < 0x80 {
			return []rune{rune(b[0])}
		}
		return []rune{'□'}
	}
	s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		return []rune{'□'}
	}
	return []rune(string(s))
}

func (l *line) width() int {
	x := 0
	for _, c := range l.cells {
		if c.x >= 0 {
			x = c.x
		}
		x += c.w
	}
	return x
}

func (l *line) push(r rune, st style) {
	w := cellDots * st.w
	if isHalf(r) {
		w = cellDots / 2 * st.w
	}
	l.cells = append(l.cells, cell{r: r, w: w, h: cellDots * st.h, st: st, x: l.at})
	l.at = -1
}

// render draws the line buffer, aligned, on a strip as wide as the paper.
func (l *line) render(paper int, st style) *strip {
	h := 0
	for _, c := range l.cells {
		h = max(h, c.h)
	}
	out := newStrip(paper, max(h, st.spacing))
	x := st.margin
	switch free := paper - st.margin - l.width(); {
	case free <= 0:
	case st.align == 1:
		x += free / 2
	case st.align == 2:
		x += free
	}
	start := x
	for _, c := range l.cells {
		if c.x >= 0 {
			x = start + c.x
		}
		drawCell(out, c, x, h-c.h)
		x += c.w
	}
	return out
}

func drawCell(out *strip, c cell, x, top int) {
	g := rom.glyph(c.r, c.st.bold, c.w, c.h)
	for y := range c.h {
		for dx := range c.w {
			on := g.AlphaAt(dx, y).A >= 110
			if on != c.st.reverse {
				out.set(x+dx, top+y)
			}
		}
	}
	for u := range c.st.underline {
		for dx := range c.w {
			out.set(x+dx, top+c.h-1-u)
		}
	}
}
