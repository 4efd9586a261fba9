package pdf

import (
	"fmt"
	"math"
	"strconv"

	"tongban/central/kernel/paper/sheet"
)

// state is what the content stream has set, so that it is not set again.
type state struct {
	out          []byte
	height       float64
	faces        Faces
	used         *usage
	images       imageList
	fill, stroke sheet.Color
	width        float64
}

func contents(page sheet.Page, faces Faces, used *usage, images imageList) []byte {
	s := &state{height: page.Height, faces: faces, used: used, images: images, width: -1}
	for _, item := range page.Items {
		switch item := item.(type) {
		case *sheet.Text:
			s.text(item)
		case *sheet.Path:
			s.path(item)
		case *sheet.Image:
			s.image(item)
		}
	}
	return s.out
}

func (s *state) text(t *sheet.Text) {
	if len(t.Runes) == 0 {
		return
	}
	if t.Spaced {
		s.printf("/Span<</ActualText%s>>BDC\n", text(string(t.Runes)))
	}
	mode := 0
	s.setFill(t.Color)
	switch {
	case t.Invisible:
		mode = 3
	case t.Embolden > 0:
		mode = 2
		s.setStroke(t.Color)
		s.setWidth(t.Embolden * t.Size / sheet.PointsPerMM)
	}
	font := 0
	if t.Bold {
		font = 1
	}
	s.printf("BT/F%d %s Tf %d Tr %s %s Td[", font, number(t.Size), mode, points(t.X), points(s.height-t.Y))
	s.glyphs(t)
	s.printf("]TJ ET\n")
	if t.Spaced {
		s.printf("EMC\n")
	}
}

// glyphs writes the characters and, wherever the layout put one elsewhere than the widths of the font would, the difference. The
// position reached so far is tracked in the rounded units of the file, so that rounding never adds up along a line.
func (s *state) glyphs(t *sheet.Text) {
	face := s.faces.pick(t.Bold)
	ids := s.used.weight(t.Bold).ids
	perMM := sheet.PointsPerMM / t.Size * 1000 // thousandths of an em
	reached, open := 0, false
	for i, r := range t.Runes {
		if off := int(math.Round(t.At[i]*perMM)) - reached; off != 0 {
			if open {
				s.printf(">")
				open = false
			}
			s.printf("%d", -off)
			reached += off
		}
		if !open {
			s.printf("<")
			open = true
		}
		s.printf("%04X", ids[r])
		reached += int(face.Advance(r)*1000 + 0.5)
	}
	if open {
		s.printf(">")
	}
}

func (s *state) path(p *sheet.Path) {
	if p.Fill == nil && p.Stroke == nil {
		return
	}
	paint := "S"
	if p.Fill != nil {
		s.setFill(*p.Fill)
		paint = "f"
	}
	if p.Stroke != nil {
		s.setStroke(*p.Stroke)
		s.setWidth(p.Width)
		if p.Fill != nil {
			paint = "B"
		}
	}
	for _, segment := range p.Segments {
		for _, q := range segment.Used() {
			s.printf("%s %s ", points(q.X), points(s.height-q.Y))
		}
		s.printf("%c\n", segment.Op)
	}
	s.printf("%s\n", paint)
}

func (s *state) setFill(c sheet.Color) {
	if c != s.fill {
		s.fill = c
		s.colour(c, "g", "rg")
	}
}

func (s *state) setStroke(c sheet.Color) {
	if c != s.stroke {
		s.stroke = c
		s.colour(c, "G", "RG")
	}
}

func (s *state) colour(c sheet.Color, grey, rgb string) {
	if c.R == c.G && c.G == c.B {
		s.printf("%s %s\n", number(c.R), grey)
		return
	}
	s.printf("%s %s %s %s\n", number(c.R), number(c.G), number(c.B), rgb)
}

func (s *state) setWidth(mm float64) {
	if mm != s.width {
		s.width = mm
		s.printf("%s w\n", points(mm))
	}
}

func (s *state) printf(format string, values ...any) { s.out = fmt.Appendf(s.out, format, values...) }

// points converts millimetres; three decimals of a point are a third of a micrometre.
func points(mm float64) string { return number(mm * sheet.PointsPerMM) }

func number(v float64) string {
	v = math.Round(v*1000) / 1000
	if v == 0 {
		v = 0 // no minus zero
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
