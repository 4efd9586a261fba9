package pcl

import (
	"bytes"
	"fmt"

	"tongban/deploy/sim/laser/raster"
)

// papers are the sizes that it has, in millimetres.
var papers = map[int][2]int{26: {210, 297}, 25: {148, 210}, 2: {216, 279}}

// inset is what the language cannot reach at the left of an upright page, in 1/300 inch: of A4 and A5, and of Letter.
func inset(paper int) int {
	if paper == 2 {
		return 75
	}
	return 71
}

// page is the page under way; a fresh one is white.
func (s *state) page() *Side {
	if s.side != nil {
		return s.side
	}
	mm, ok := papers[s.paper]
	if !ok {
		mm = papers[26]
	}
	p := raster.Page{Width: mm[0] * s.dpi * 10 / 254, Height: mm[1] * s.dpi * 10 / 254, DPI: s.dpi, Channels: 1, Duplex: s.duplex}
	if s.colour {
		p.Channels = 3
	}
	s.side = &Side{Page: p, Paper: s.paper, Source: s.source, Copies: max(1, s.copies), Back: s.duplex && s.sides%2 == 1}
	return s.side
}

// eject gives the page under way away, if there is one.
func (s *state) eject() {
	if s.side == nil {
		return
	}
	if s.side.Bits == nil {
		s.side.white()
	}
	s.sides++
	s.give(*s.side)
	s.side, s.seed, s.x, s.y = nil, nil, 0, 0
}

func (p *Side) white() {
	p.Bits = bytes.Repeat([]byte{255}, p.Width*p.Height*p.Channels)
}

// line unpacks a line of dots and draws it at the cursor.
func (s *state) line(b []byte) error {
	p := s.page()
	if p.DPI != s.dpi || (p.Channels == 3) != s.colour {
		return fmt.Errorf("%w: density or colours change on a page", errPage)
	}
	row, err := s.unpack(b)
	if err != nil {
		return err
	}
	s.seed = row
	if p.Bits == nil {
		p.white()
	}
	if y := s.margin() + s.y; y >= 0 && y < p.Height {
		s.dots(p, row, y)
	}
	s.y++
	return nil
}

// margin is where the cursor's first line lies on the paper.
func (s *state) margin() int {
	if s.top < 0 {
		return s.dpi / 2
	}
	return s.top * s.dpi / s.lpi
}

// dots draws a row; what lies outside of the paper is cut off.
func (s *state) dots(p *Side, row []byte, y int) {
	left := inset(p.Paper)*p.DPI/300 + s.x
	if s.colour && s.wide > 0 && s.wide <= maxLine && len(row) < 3*s.wide { // what a line does not say is nought: in colour, black
		row = append(bytes.Clone(row), make([]byte, 3*s.wide-len(row))...)
	}
	n := len(row) / 3
	if !s.colour {
		n = len(row) * 8
	}
	if s.wide > 0 {
		n = min(n, s.wide)
	}
	for i := range n {
		x := left + i
		if x < 0 || x >= p.Width {
			continue
		}
		at := (y*p.Width + x) * p.Channels
		if s.colour {
			copy(p.Bits[at:at+3], row[3*i:])
		} else if row[i/8]&(0x80>>(i%8)) != 0 {
			p.Bits[at] = 0
		}
	}
}

// unpack undoes the packing of a line: 0 none, 1 pairs, 2 runs, 3 what differs from the line above.
func (s *state) unpack(b []byte) ([]byte, error) {
	var out []byte
	switch s.mode {
	case 0:
		return b, nil
	case 1:
		for ; len(b) >= 2; b = b[2:] {
			out = append(out, bytes.Repeat(b[1:2], int(b[0])+1)...)
		}
	case 2:
		for len(b) > 0 {
			c := int(b[0])
			b = b[1:]
			switch {
			case c == 128:
			case c < 128:
				if len(b) < c+1 {
					return nil, fmt.Errorf("%w: a run past the end of its data", errPage)
				}
				out, b = append(out, b[:c+1]...), b[c+1:]
			case len(b) == 0:
				return nil, fmt.Errorf("%w: a run of nothing", errPage)
			default:
				out, b = append(out, bytes.Repeat(b[:1], 257-c)...), b[1:]
			}
		}
	case 3:
		return s.differs(b)
	default:
		return nil, fmt.Errorf("%w: packed in way %d", errPage, s.mode)
	}
	if len(out) > maxLine {
		return nil, fmt.Errorf("%w: a line of %d bytes", errPage, len(out))
	}
	return out, nil
}

// differs puts the bytes that differ over the line above, which is all zeros at the beginning.
func (s *state) differs(b []byte) ([]byte, error) {
	out := bytes.Clone(s.seed)
	at := 0
	for len(b) > 0 {
		n, far := int(b[0]>>5)+1, int(b[0]&31)
		b = b[1:]
		if far == 31 {
			for more := 255; more == 255; {
				if len(b) == 0 {
					return nil, fmt.Errorf("%w: a distance without its end", errPage)
				}
				more, b = int(b[0]), b[1:]
				far += more
			}
		}
		at += far
		if len(b) < n || at+n > maxLine {
			return nil, fmt.Errorf("%w: a difference past the end", errPage)
		}
		if at+n > len(out) {
			out = append(out, make([]byte, at+n-len(out))...)
		}
		copy(out[at:], b[:n])
		at, b = at+n, b[n:]
	}
	return out, nil
}
