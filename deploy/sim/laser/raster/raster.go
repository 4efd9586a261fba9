// Package raster is how an emulated printer reads pages of dots (页面点阵): PWG Raster and URF. It is written from the standards
// and shares nothing with what writes them.
package raster

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Page is one page as it came.
type Page struct {
	Width, Height int
	DPI           int
	Channels      int // 1 grey, 3 colour
	Duplex        bool
	Across, Down  int // of the transform of a back, 1 or -1; 0 in URF, which does not say
	Total         int // pages that the document says it has
	Bits          []byte
}

// Ink is how many points are not white.
func (p Page) Ink() int {
	n := 0
	for i := 0; i < len(p.Bits); i += p.Channels {
		for _, c := range p.Bits[i : i+p.Channels] {
			if c < 255 {
				n++
				break
			}
		}
	}
	return n
}

// maxPoints bounds a page: A3 at 600 dots per inch.
const maxPoints = 7100 * 10000

var errFormat = errors.New("neither PWG Raster nor URF")

// Read reads a whole document by what it says it is.
func Read(doc []byte) ([]Page, error) {
	in := bufio.NewReader(bytes.NewReader(doc))
	head := (*Page).pwg
	switch {
	case bytes.HasPrefix(doc, []byte("RaS2")):
		_, _ = in.Discard(4)
	case bytes.HasPrefix(doc, []byte("UNIRAST\x00")) && len(doc) > 12:
		_, _ = in.Discard(12)
		head = (*Page).urf
	default:
		return nil, errFormat
	}
	var pages []Page
	for {
		if _, err := in.Peek(1); errors.Is(err, io.EOF) {
			break
		}
		var p Page
		if err := head(&p, in); err != nil {
			return nil, fmt.Errorf("page %d: %w", len(pages)+1, err)
		}
		if err := p.lines(in); err != nil {
			return nil, fmt.Errorf("page %d: %w", len(pages)+1, err)
		}
		pages = append(pages, p)
	}
	want := len(pages)
	if n := binary.BigEndian.Uint32(append(bytes.Clone(doc), 0, 0, 0, 0, 0, 0, 0, 0)[8:]); bytes.HasPrefix(doc, []byte("UNIRAST")) {
		want = int(n)
	} else if len(pages) > 0 && pages[0].Total > 0 {
		want = pages[0].Total
	}
	if len(pages) == 0 || want != len(pages) {
		return nil, fmt.Errorf("%d pages, the document says %d", len(pages), want)
	}
	return pages, nil
}

func (p *Page) pwg(in io.Reader) error {
	h := make([]byte, 1796)
	if _, err := io.ReadFull(in, h); err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	at := func(i int) int { return int(int32(binary.BigEndian.Uint32(h[i:]))) } //nolint:gosec // two's complement on the line
	if !bytes.HasPrefix(h, []byte("PwgRaster\x00")) {
		return errors.New("head without its mark")
	}
	p.Duplex, p.DPI, p.Width, p.Height, p.Channels = at(272) == 1, at(276), at(372), at(376), at(420)
	p.Total, p.Across, p.Down = at(452), at(456), at(460)
	space := map[int]int{1: 18, 3: 19}[p.Channels]
	if at(280) != p.DPI || at(384) != 8 || at(388) != 8*p.Channels || at(392) != p.Width*p.Channels || at(396) != 0 || at(400) != space {
		return errors.New("head contradicts itself")
	}
	return p.check()
}

func (p *Page) urf(in io.Reader) error {
	h := make([]byte, 32)
	if _, err := io.ReadFull(in, h); err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	p.Channels = int(h[0]) / 8
	if int(h[0]) != 8*p.Channels || int(h[1]) != map[int]int{1: 0, 3: 1}[p.Channels] || h[2] < 1 || h[2] > 3 {
		return errors.New("head of another kind of page")
	}
	p.Duplex = h[2] == 3
	p.Width, p.Height = int(binary.BigEndian.Uint32(h[12:])), int(binary.BigEndian.Uint32(h[16:]))
	p.DPI = int(binary.BigEndian.Uint32(h[20:]))
	return p.check()
}

func (p *Page) check() error {
	if p.Channels != 1 && p.Channels != 3 || p.Width < 1 || p.Height < 1 || p.Width > 20000 || p.Height > 20000 || p.Width*p.Height > maxPoints || p.DPI < 75 || p.DPI > 2400 {
		return fmt.Errorf("%d×%d points of %d channels at %d dpi", p.Width, p.Height, p.Channels, p.DPI)
	}
	return nil
}

// lines unpacks the page. A run past the end of its line, or a line past the end of the page, is an error.
func (p *Page) lines(in *bufio.Reader) error {
	wide := p.Width * p.Channels
	for len(p.Bits) < wide*p.Height {
		again, err := in.ReadByte()
		if err != nil {
			return fmt.Errorf("page ends early: %w", io.ErrUnexpectedEOF)
		}
		line, err := p.line(in, wide)
		if err != nil {
			return err
		}
		for range int(again) + 1 {
			p.Bits = append(p.Bits, line...)
		}
	}
	if len(p.Bits) != wide*p.Height {
		return errors.New("lines past the end of the page")
	}
	return nil
}

func (p *Page) line(in *bufio.Reader, wide int) ([]byte, error) {
	line := make([]byte, 0, wide)
	for len(line) < wide {
		code, err := in.ReadByte()
		if err != nil {
			return nil, fmt.Errorf("line ends early: %w", io.ErrUnexpectedEOF)
		}
		count, plain := int(code)+1, 1
		switch {
		case code == 128:
			return nil, errors.New("code 128 in a line")
		case code > 128:
			count, plain = 1, 257-int(code)
		}
		points := make([]byte, plain*p.Channels)
		if _, err := io.ReadFull(in, points); err != nil {
			return nil, fmt.Errorf("line ends early: %w", err)
		}
		line = append(line, bytes.Repeat(points, count)...)
	}
	if len(line) != wide {
		return nil, errors.New("run past the end of a line")
	}
	return line, nil
}
