package pcl

import (
	"fmt"
	"io"
)

// maxLine bounds one line of dots.
const maxLine = 1 << 16

// command carries out one command: the two characters of its group, and its letter in capitals.
func (s *state) command(kind, group, letter byte, v int) error {
	switch string([]byte{kind, group, letter}) {
	case "&lA":
		s.paper = v
	case "&lS":
		s.duplex = v > 0
	case "&lX":
		s.copies = v
	case "&lH":
		if s.source = v; v == 0 {
			s.eject()
		}
	case "*tR":
		if s.dpi = v; v < 75 || v > 1200 {
			return fmt.Errorf("%w: %d dots per inch", errPage, v)
		}
	case "*rS":
		s.wide = v
	case "&lD":
		if v > 0 {
			s.lpi = v
		}
	case "&lE":
		s.top = v
	case "&aH":
		s.x = v * s.dpi / 720
	case "&aV":
		s.y = v * s.dpi / 720
	case "*pX":
		s.x = v
	case "*pY":
		s.y = v
	case "*rA":
		s.seed = nil
		if v == 0 {
			s.x = 0
		}
	case "*rB", "*rC":
		s.seed = nil
		if letter == 'C' {
			s.mode = 0
		}
	case "*bM":
		s.mode = v
	case "*bY":
		s.y, s.seed = s.y+v, nil
	default:
		return s.data(kind, group, letter, v)
	}
	return nil
}

// data carries out commands that bytes follow; others of their kind are passed over, bytes and all.
func (s *state) data(kind, group, letter byte, n int) error {
	if letter != 'W' && !(kind == '*' && group == 'b' && letter == 'V') {
		return nil
	}
	if n < 0 || n > maxLine {
		return fmt.Errorf("%w: %d bytes of data", errPage, n)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(s.in, b); err != nil {
		return cut(err)
	}
	switch string([]byte{kind, group, letter}) {
	case "*bW":
		return s.line(b)
	case "*vW":
		if n < 6 || b[0] != 0 || b[1] != 3 || b[3] != 8 || b[4] != 8 || b[5] != 8 {
			return fmt.Errorf("%w: colours % X", errPage, b)
		}
		s.colour = true
	}
	return nil
}
