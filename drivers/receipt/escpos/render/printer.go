package render

import (
	"bytes"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// printer is the state that the commands work on.
type printer struct {
	rep   *Report
	paper *paper
	font  *face

	align, size byte // as in ESC a, GS !
	bold        bool
	reverse     bool
	chinese     bool
	margin      int
	pitch       int
	line        []glyph
	said        strings.Builder // text of the line
	qr          []byte
	qrModule    int
	qrLevel     byte
	sinceCut    int // rows since the last cut
	unit        bool
}

const cell = 24

func newPrinter(dots int, f *face, rep *Report) *printer {
	p := &printer{rep: rep, paper: &paper{w: dots}, font: f}
	p.reset()
	return p
}

func (p *printer) reset() {
	p.align, p.size, p.bold, p.reverse, p.chinese, p.margin, p.pitch = 0, 0, false, false, true, 0, 30
	p.line, p.qrModule, p.qrLevel, p.unit = nil, 3, '0', false
}

// run carries out one command.
func (p *printer) run(c command) {
	a := c.args
	switch c.name {
	case "text":
		p.text(c)
	case "LF":
		p.feedLine()
	case "ESC @":
		p.reset()
	case "ESC a":
		p.align = a[0] % 48
	case "ESC E", "ESC G":
		p.bold = a[0]&1 != 0
	case "ESC 2":
		p.pitch = 30
	case "ESC 3":
		p.pitch = int(a[0])
	case "ESC d":
		p.flush()
		p.feed(int(a[0]) * p.pitch)
	case "ESC J":
		p.flush()
		p.feed(int(a[0]))
	case "FS &":
		p.chinese = true
	case "FS .":
		p.chinese = false
	case "GS !":
		p.size = a[0] & 0x77
	case "GS B":
		p.reverse = a[0]&1 != 0
	case "GS L":
		p.margin = int(a[0]) | int(a[1])<<8
	case "GS v 0":
		p.raster(c)
	case "GS (":
		p.bracket(c)
	case "GS k":
		p.barcode(c)
	case "GS V":
		p.flush()
		if len(a) == 2 {
			p.feed(int(a[1]))
		}
		p.cut(c.at)
	case "ESC i", "ESC m":
		p.flush()
		p.cut(c.at)
	case "ESC *", "GS 8", "GS /", "FS p":
		p.rep.problem(c.at, "%s is not drawn by this check", c.name)
	}
}

func (p *printer) cut(at int) {
	if p.sinceCut == 0 {
		p.rep.problem(at, "cut with nothing printed before it")
		return
	}
	p.paper.cut()
	p.rep.Slips++
	p.sinceCut = 0
}

// end looks at what is left when the data is over.
func (p *printer) end(at int) {
	p.flush()
	if p.sinceCut > 0 {
		p.rep.problem(at, "%d rows at the end are not cut", p.sinceCut)
	}
}

func (p *printer) feed(n int) {
	p.paper.feed(n)
	p.sinceCut += n
}

// raster draws GS v 0 m xL xH yL yH and its dots.
func (p *printer) raster(c command) {
	a := c.args
	x, y := int(a[2])|int(a[3])<<8, int(a[4])|int(a[5])<<8
	switch {
	case x == 0 || y == 0:
		p.rep.problem(c.at, "picture of %d×%d dots", 8*x, y)
		return
	case a[0] != '0' || a[1]&^3 != 0 && a[1]&^3 != 48:
		p.rep.problem(c.at, "picture mode %02X %02X", a[0], a[1])
	case p.margin+8*x*(1+int(a[1]&1)) > p.paper.w:
		p.rep.problem(c.at, "picture of %d dots at %d does not fit on %d", 8*x, p.margin, p.paper.w)
	}
	dots := a[6:]
	for i := 0; i+1 < len(dots); i++ {
		if dots[i] == 0x10 && (dots[i+1] == 0x04 || dots[i+1] == 0x05 || dots[i+1] == 0x14) {
			p.rep.problem(c.at+8+i, "dots look like the real-time command %02X %02X", dots[i], dots[i+1])
		}
	}
	p.flush()
	sx, sy := 1+int(a[1]&1), 1+int(a[1]>>1&1)
	left := p.left(8 * x * sx)
	for r := range y {
		for range sy {
			row := p.paper.row()
			for i := range 8 * x {
				if dots[r*x+i/8]&(0x80>>(i%8)) != 0 {
					for k := range sx {
						row.set(left + i*sx + k)
					}
				}
			}
			p.sinceCut++
		}
	}
}

// left is where something w dots wide begins.
func (p *printer) left(w int) int {
	free := max(0, p.paper.w-p.margin-w)
	switch p.align {
	case 1:
		return p.margin + free/2
	case 2:
		return p.margin + free
	}
	return p.margin
}

// bracket handles GS ( k (QR) and GS ( H (process id).
func (p *printer) bracket(c command) {
	a := c.args
	if len(a) < 5 {
		p.rep.problem(c.at, "GS ( %q is too short", a)
		return
	}
	switch {
	case a[0] == 'H' && len(a) == 9:
		p.rep.Asks = append(p.rep.Asks, string(a[5:9]))
		for _, b := range a[5:9] {
			if b < 0x20 || b > 0x7E {
				p.rep.problem(c.at, "process id % X is not printable", a[5:9])
				break
			}
		}
	case a[0] == 'k' && a[3] == 49:
		p.symbol(c, a[4], a[5:])
	default:
		p.rep.problem(c.at, "GS ( %c with function %d is not drawn by this check", a[0], a[4])
	}
}

func (p *printer) symbol(c command, fn byte, data []byte) {
	switch {
	case fn == 67 && len(data) == 1:
		p.qrModule = int(data[0])
		if p.qrModule < 1 || p.qrModule > 16 {
			p.rep.problem(c.at, "QR module of %d dots", p.qrModule)
			p.qrModule = 3
		}
	case fn == 69 && len(data) == 1:
		p.qrLevel = data[0]
	case fn == 80 && len(data) > 1:
		p.qr = bytes.Clone(data[1:])
	case fn == 81:
		level := map[byte]qrcode.RecoveryLevel{48: qrcode.Low, 49: qrcode.Medium, 50: qrcode.High, 51: qrcode.Highest}[p.qrLevel]
		code, err := qrcode.New(string(p.qr), level)
		if err != nil {
			p.rep.problem(c.at, "QR cannot be made: %v", err)
			return
		}
		code.DisableBorder = true
		p.rep.QR = append(p.rep.QR, string(p.qr))
		m := code.Bitmap()
		if w := len(m) * p.qrModule; p.margin+w > p.paper.w {
			p.rep.problem(c.at, "QR of %d dots does not fit on %d", w, p.paper.w)
		}
		if p.qrModule < 4 {
			p.rep.problem(c.at, "QR module of %d dots is hard to read, 5 or more are", p.qrModule)
		}
		p.flush()
		left := p.left(len(m) * p.qrModule)
		for _, line := range m {
			for range p.qrModule {
				row := p.paper.row()
				for x, on := range line {
					for k := range p.qrModule {
						if on {
							row.set(left + x*p.qrModule + k)
						}
					}
				}
				p.sinceCut++
			}
		}
	}
}

// barcode draws the place of a barcode as bars; what it says stands in the report.
func (p *printer) barcode(c command) {
	data := c.args[1:]
	if c.args[0] >= 65 {
		data = c.args[2:]
	}
	p.rep.Barcodes = append(p.rep.Barcodes, strings.TrimRight(string(data), "\x00"))
	p.flush()
	for range 80 {
		row := p.paper.row()
		for x := 40; x < p.paper.w-40; x++ {
			if x/3%2 == 0 {
				row.set(x)
			}
		}
		p.sinceCut++
	}
}

// text decodes a run of bytes and puts it on the line.
func (p *printer) text(c command) {
	b := c.args
	for len(b) > 0 {
		n := 1
		if p.chinese && b[0] >= 0x81 {
			n = 2
			if len(b) > 1 && b[1] >= '0' && b[1] <= '9' {
				n = 4
			}
		}
		if len(b) < n {
			p.rep.problem(c.at, "half a character % X at the end of a text", b)
			return
		}
		p.put(c, b[:n])
		b = b[n:]
	}
}

func (p *printer) put(c command, code []byte) {
	r := rune(code[0])
	if len(code) > 1 || code[0] >= 0x80 {
		s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(code)
		if rs := []rune(string(s)); err == nil && len(rs) == 1 && rs[0] != 0xFFFD && len(code) > 1 {
			r = rs[0]
		} else {
			p.rep.problem(c.at, "% X is no character of GB18030", code)
			r = '□'
		}
	}
	g := glyph{r: r, w: cell * (1 + int(p.size>>4)), h: cell * (1 + int(p.size&7)), bold: p.bold, reverse: p.reverse}
	if r < 0x80 {
		g.w /= 2
	}
	if used := lineWidth(p.line); len(p.line) > 0 && p.margin+used+g.w > p.paper.w {
		p.feedLine()
	}
	p.line = append(p.line, g)
	p.said.WriteRune(r)
}

func lineWidth(line []glyph) int {
	w := 0
	for _, g := range line {
		w += g.w
	}
	return w
}

func (p *printer) flush() {
	if len(p.line) > 0 {
		p.feedLine()
	}
}

// feedLine prints the line and moves the paper on by the pitch, or by the height of the line where that is more.
func (p *printer) feedLine() {
	h := 0
	for _, g := range p.line {
		h = max(h, g.h)
	}
	rows := max(h, p.pitch)
	at := p.paper.height()
	p.feed(rows)
	x := p.left(lineWidth(p.line))
	for _, g := range p.line {
		p.paper.draw(p.font, g, x, at+h-g.h)
		x += g.w
	}
	if p.said.Len() > 0 {
		p.rep.Text = append(p.rep.Text, p.said.String())
		p.said.Reset()
	}
	p.line = nil
}
