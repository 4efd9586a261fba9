package render

import (
	"errors"
	"fmt"
	"io"
)

// picture is one page as the renderer gives it.
type picture struct {
	width, height int
	colour        bool
	bits          []byte
}

func (p picture) depth() int {
	if p.colour {
		return 3
	}
	return 1
}

// quarter turns a page that lies upright.
func (p picture) quarter() picture {
	d := p.depth()
	out := picture{width: p.height, height: p.width, colour: p.colour, bits: make([]byte, len(p.bits))}
	for y := range p.height {
		for x := range p.width {
			at := (x*out.width + (p.height - 1 - y)) * d
			copy(out.bits[at:at+d], p.bits[(y*p.width+x)*d:])
		}
	}
	return out
}

var errPNM = errors.New("renderer gave no picture")

// maxSide bounds a page before memory is taken for it.
const maxSide = 20_000

// readPNM reads one binary picture, P5 grey or P6 colour, and not a byte more: the next one follows. io.EOF: there is none.
func readPNM(r io.Reader) (picture, error) {
	mark, err := word(r)
	if err != nil {
		return picture{}, err
	}
	if mark != "P5" && mark != "P6" {
		return picture{}, errPNM
	}
	var n [3]int
	for i := range n {
		w, err := word(r)
		if err != nil {
			return picture{}, errPNM
		}
		for _, c := range w {
			if c < '0' || c > '9' || len(w) > 6 {
				return picture{}, errPNM
			}
			n[i] = 10*n[i] + int(c-'0')
		}
	}
	p := picture{width: n[0], height: n[1], colour: mark == "P6"}
	if p.width < 1 || p.height < 1 || n[2] != 255 {
		return picture{}, errPNM
	}
	if p.width > maxSide || p.height > maxSide || p.width*p.height > maxSide*maxSide/4 {
		return picture{}, fmt.Errorf("%w: %d×%d points", ErrTooLarge, p.width, p.height)
	}
	p.bits = make([]byte, p.width*p.height*p.depth())
	if _, err := io.ReadFull(r, p.bits); err != nil {
		return picture{}, fmt.Errorf("%w: %w", errPNM, err)
	}
	return p, nil
}

// word reads to the next white space; the renderer writes no remarks.
func word(r io.Reader) (string, error) {
	var b [1]byte
	var out []byte
	for len(out) < 16 {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			if len(out) > 0 {
				return "", io.ErrUnexpectedEOF
			}
			return "", err // io.EOF means that no picture follows
		}
		if b[0] == ' ' || b[0] == '\n' || b[0] == '\r' || b[0] == '\t' {
			return string(out), nil
		}
		out = append(out, b[0])
	}
	return "", errPNM
}
