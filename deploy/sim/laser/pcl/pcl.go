// Package pcl is how an emulated printer reads its page language (PCL 5e 与 5c): commands, and dots packed in the ways 0 to 3. It
// draws pages dot by dot. It is written from the tables of the language and shares nothing with what writes it. Text is counted,
// not drawn: it has no letters.
package pcl

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"

	"tongban/deploy/sim/laser/raster"
)

// Side is one page as it is drawn, and what it was to be printed on.
type Side struct {
	raster.Page
	Paper  int // number of its size in the language
	Source int
	Copies int
	Back   bool // of a sheet
	Text   int  // bytes that are no command
}

// errPage is a page that cannot be drawn.
var errPage = errors.New("page cannot be drawn")

// state is what the printer remembers between commands.
type state struct {
	in   *bufio.Reader
	give func(Side)

	paper, source, copies int
	duplex                bool
	dpi                   int
	wide                  int // of raster data, 0: not told
	x, y                  int // cursor, in dots of the density, from the left edge of the page and the margin at its top
	lpi, top              int // lines of text in an inch, and how many of them the margin is; -1: half an inch
	mode                  int
	seed                  []byte
	colour                bool
	side                  *Side
	sides                 int // since the last reset
}

// Read draws the pages of one stretch of the language and gives each to give. It ends at the sequence by which a printer leaves
// its language, which it takes off, or at the end of the stream.
func Read(in *bufio.Reader, give func(Side)) error {
	s := &state{in: in, give: give}
	s.reset()
	for {
		c, err := in.ReadByte()
		if err != nil {
			s.eject()
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("read page language: %w", err)
		}
		switch c {
		case 0x1B:
			left, err := s.escape()
			if err != nil {
				return err
			}
			if left {
				s.eject()
				return nil
			}
		case '\f':
			s.page()
			s.eject()
		case '\r', '\n', 0, '\t', ' ':
		default:
			s.page().Text++
		}
	}
}

func (s *state) reset() {
	s.paper, s.source, s.copies, s.duplex, s.dpi, s.mode, s.colour = 26, 0, 1, false, 75, 0, false
	s.lpi, s.top = 6, -1
	s.wide, s.x, s.y, s.sides = 0, 0, 0, 0
}

// escape reads one command; left: the language is left.
func (s *state) escape() (left bool, _ error) {
	kind, err := s.in.ReadByte()
	if err != nil {
		return false, cut(err)
	}
	switch {
	case kind == 'E':
		s.eject()
		s.reset()
		return false, nil
	case kind < '!' || kind > '/':
		return false, nil // two characters, of no matter here
	}
	group, err := s.in.ReadByte()
	if err != nil {
		return false, cut(err)
	}
	if kind == '%' { // a value follows at once
		return s.percent(group)
	}
	if group < '`' || group > '~' {
		return false, s.number(kind, 0, group)
	}
	for {
		value, end, err := s.value(nil)
		if err != nil {
			return false, err
		}
		if err := s.command(kind, group, end&^0x20, value); err != nil {
			return false, err
		}
		if end < 'a' {
			return false, nil
		}
	}
}

// number reads the rest of a command without a group, such as ESC ( 8 U, and forgets it.
func (s *state) number(_, _, first byte) error {
	if first >= 'A' && first <= 'Z' {
		return nil
	}
	_, _, err := s.value([]byte{first})
	return err
}

// percent is ESC % -12345X, which leaves the language; into others the printer does not go.
func (s *state) percent(first byte) (left bool, _ error) {
	v, end, err := s.value([]byte{first})
	if err != nil {
		return false, err
	}
	return end == 'X' && v == -12345, nil
}

// value reads a number and the letter behind it.
func (s *state) value(digits []byte) (value int, end byte, _ error) {
	for {
		c, err := s.in.ReadByte()
		switch {
		case err != nil:
			return 0, 0, cut(err)
		case c >= '0' && c <= '9', c == '-', c == '+', c == '.':
			if digits = append(digits, c); len(digits) > 12 {
				return 0, 0, fmt.Errorf("%w: a number of more than 12 digits", errPage)
			}
			continue
		case c >= '@' && c <= '~':
			f, err := strconv.ParseFloat(string(digits), 64)
			if err != nil { // no number is nought
				f = 0
			}
			return int(f), c, nil
		default:
			return 0, 0, fmt.Errorf("%w: byte %02X in a command", errPage, c)
		}
	}
}

func cut(err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read command: %w", err)
}
