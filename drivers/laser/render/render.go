// Package render makes pages of dots of a PDF (版面栅格化) for printers that cannot. The work is done by pdftoppm of poppler-utils in
// a process of its own: a broken document may crash or choke that one, never the program that drives the devices. Nothing is
// written to a disk on the way: documents name persons.
package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"tongban/drivers/hal/child"
)

// Limits of one document. 600 dots per inch in colour are 104 million bytes a page, and the renderer holds two or three.
const (
	MaxPages = 200
	memory   = 2 << 30
	seconds  = 240 // of processor
	limit    = 120 * time.Second
)

// Why a document has no pages.
var (
	ErrRenderer = errors.New("no renderer: install poppler-utils")
	ErrDocument = errors.New("document cannot be rendered whole")
	ErrTooLarge = errors.New("document has too many or too large pages")
)

// Order is what pages are wanted: all of the same size, upright.
type Order struct {
	DPI           int
	Colour        bool
	Width, Height int // points; smaller pages are centred, those that lie are turned
}

func (o Order) program() child.Program {
	args := []string{"-r", strconv.Itoa(o.DPI), "-cropbox", "-l", strconv.Itoa(MaxPages + 1)}
	if !o.Colour {
		args = append(args, "-gray")
	}
	return child.Program{Path: "pdftoppm", Args: append(args, "-"), Memory: memory, CPU: seconds}
}

// Ready reports whether the renderer is installed.
func Ready() error {
	if (Order{}).program().Installed() != nil {
		return ErrRenderer
	}
	return nil
}

// Pages renders a document and gives each page to take, white 255, one byte a point or three in colour. The bytes are the
// caller's. It returns how many there were.
func Pages(ctx context.Context, pdf []byte, o Order, take func(n int, bits []byte) error) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	n := 0
	said, err := o.program().Run(ctx, pdf, func(r io.Reader) error {
		for {
			p, err := readPNM(r)
			switch {
			case errors.Is(err, io.EOF):
				return nil
			case err != nil:
				return err
			case n == MaxPages:
				return ErrTooLarge
			}
			bits, err := o.fit(p)
			if err != nil {
				return fmt.Errorf("page %d: %w", n+1, err)
			}
			if err := take(n, bits); err != nil {
				return err
			}
			n++
		}
	})
	switch {
	case errors.Is(err, child.ErrMissing):
		return 0, ErrRenderer
	case ctx.Err() != nil:
		return n, ctx.Err()
	case errors.Is(err, child.ErrEnded), err == nil && (n == 0 || strings.Contains(said, "Syntax Error")):
		return n, ErrDocument // what it complains about may quote the document
	}
	return n, err
}

// fit puts a page upright into the size that is wanted. A few dots too many are cut off: they are the rounding of inches, or the
// six millimetres between Letter and A4, where no printer prints.
func (o Order) fit(p picture) ([]byte, error) {
	if (p.width > p.height) != (o.Width > o.Height) && p.width != p.height {
		p = p.quarter()
	}
	if p.width > o.Width+o.Width/33 || p.height > o.Height+o.Height/33 {
		return nil, fmt.Errorf("%w: %d×%d points on a medium of %d×%d", ErrTooLarge, p.width, p.height, o.Width, o.Height)
	}
	if p.colour != o.Colour {
		return nil, errPNM
	}
	if p.width == o.Width && p.height == o.Height {
		return p.bits, nil
	}
	d := p.depth()
	out := bytes.Repeat([]byte{255}, o.Width*o.Height*d)
	from, to, wide := shift(p.width, o.Width)
	top, down, high := shift(p.height, o.Height)
	for y := range high {
		a, b := ((top+y)*p.width+from)*d, ((down+y)*o.Width+to)*d
		copy(out[b:b+wide*d], p.bits[a:])
	}
	return out, nil
}

// shift centres have on want: where to read from, where to write to, how much.
func shift(have, want int) (from, to, n int) {
	if have > want {
		return (have - want) / 2, 0, want
	}
	return 0, (want - have) / 2, have
}
