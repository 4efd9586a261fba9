// Package ink prints forms as the paper they were drawn as (表单打印): lines where the designer put them, values and ticks in their
// cells, repeated lines with continuation sheets, signatures, the place of the seal.
package ink

import (
	"fmt"
	"strings"

	"tongban/central/kernel/paper"
	"tongban/central/modules/forms"
	"tongban/central/modules/forms/internal/design"
	"tongban/fleet/wire/matter"
)

// Printer makes papers. It is safe for concurrent use.
type Printer struct{ engine *paper.Engine }

// New loads the fonts.
func New() (*Printer, error) {
	engine, err := paper.New()
	if err != nil {
		return nil, fmt.Errorf("open fonts: %w", err)
	}
	return &Printer{engine}, nil
}

// Measures in millimetres and points.
const (
	usual    = 10.5 // 五号
	smallest = 6.5
	padX     = 1.5
	signWide = 52.0 // of a signature below words
	signHigh = 13.0
	padY     = 0.4
	thin     = 0.2
	strong   = 0.4
)

// Print returns the PDF of a design with what was filled in.
func (p *Printer) Print(d forms.Design, ink forms.Ink) ([]byte, error) {
	out, err := p.Lay(d, ink)
	return out.PDF, err
}

// Lay is Print with the pages as they were laid out, for tests that measure.
func (p *Printer) Lay(d forms.Design, ink forms.Ink) (paper.Output, error) {
	w, h := design.Page(d.Paper)
	s := &sheet{Canvas: p.engine.Canvas(w, h), d: d, ink: ink, w: w, h: h, fields: map[string]matter.Field{}}
	for _, g := range d.Screens {
		for _, f := range g.Fields {
			s.fields[f.Name] = f
		}
	}
	if ink.Blank {
		s.ink.Values = nil
	}
	for page := 1; page <= max(d.Paper.Pages, 1); page++ {
		s.Page()
		for _, b := range d.Paper.Blocks {
			if b.Page != page || everyPage(b) {
				continue
			}
			if err := s.block(b); err != nil {
				return paper.Output{}, fmt.Errorf("print %s: block %s: %w", d.ID, b.ID, err)
			}
		}
	}
	s.continued()
	for page := 1; page <= s.Pages(); page++ {
		s.Back(page, func(c *paper.Canvas) { s.edges(c, page) })
	}
	return s.Finish(d.Title, "通办")
}

func everyPage(b forms.Block) bool { return b.Kind == forms.KindHeader || b.Kind == forms.KindFooter }

// sheet is one printing.
type sheet struct {
	*paper.Canvas
	d      forms.Design
	ink    forms.Ink
	w, h   float64
	fields map[string]matter.Field
	more   []more    // lines that found no room
	asides []setting // texts that found no room
}

// more is repeated lines that go to a continuation sheet.
type more struct {
	field  matter.Field
	block  forms.Block
	row    forms.Row
	lines  []any
	number int // of the first of them, from 1
}

// setting is a text with what it belongs to.
type setting struct{ label, text string }

func (s *sheet) block(b forms.Block) error {
	size := b.Size
	if size == 0 {
		size = usual
	}
	set := paper.Setting{Size: size, Least: smallest, Align: b.Align}
	switch b.Kind {
	case forms.KindTitle, forms.KindText:
		s.Text(b.X, b.Y, b.W, b.H, weight(s.filledIn(b.Text, 0), b.Bold), set)
	case forms.KindField:
		x, w := b.X, b.W
		if b.Text != "" { // its label stands before it
			lead := min(s.Width(paper.Plain(b.Text), size)+1, b.W/2)
			s.Text(b.X, b.Y, lead, b.H, weight(b.Text, b.Bold), paper.Setting{Size: size, Least: smallest})
			x, w = b.X+lead, b.W-lead
		}
		s.entry(box{x, b.Y, w, b.H}, s.fields[b.Field], s.ink.Values[b.Field], set)
		s.Line(b.X, b.Y+b.H, b.X+b.W, b.Y+b.H, thin)
	case forms.KindTable:
		return s.table(b)
	case forms.KindSignature:
		return s.signature(b, set)
	case forms.KindSeal:
		s.SealPlace(b.X, b.Y, b.W, b.H, s.sealWord())
		if b.Text != "" {
			s.Text(b.X, b.Y+b.H-6, b.W, 5, paper.Plain(b.Text), paper.Setting{Size: size, Least: smallest, Align: "center"})
		}
	case forms.KindQR:
		if s.ink.Verify != "" {
			return s.QR(b.X, b.Y, min(b.W, b.H), s.ink.Verify)
		}
	case forms.KindLine:
		s.Line(b.X, b.Y+b.H/2, b.X+b.W, b.Y+b.H/2, thin)
	}
	return nil
}

func (s *sheet) signature(b forms.Block, set paper.Setting) error {
	label := b.Text
	if label == "" {
		label = "签名："
	}
	wide := min(s.Width(paper.Plain(label), set.Size)+2, b.W/2)
	s.Text(b.X, b.Y, wide, b.H, weight(label, b.Bold), set)
	if png := s.ink.Signatures[b.Signer]; png != nil {
		return s.Picture(b.X+wide, b.Y, b.W-wide, b.H, png)
	}
	s.Line(b.X+wide, b.Y+b.H-1, b.X+b.W, b.Y+b.H-1, thin)
	return nil
}

// sealWord says that a printed seal is none yet.
func (s *sheet) sealWord() string {
	if s.ink.Blank {
		return "盖章处"
	}
	return "样章"
}

// edges draws header and footer, which need to know how many pages there are.
func (s *sheet) edges(c *paper.Canvas, page int) {
	for _, b := range s.d.Paper.Blocks {
		if !everyPage(b) {
			continue
		}
		size := b.Size
		if size == 0 {
			size = 9
		}
		text := s.filledIn(b.Text, page)
		c.Text(b.X, b.Y, b.W, b.H, weight(text, b.Bold), paper.Setting{Size: size, Least: smallest, Align: b.Align})
		if b.Kind == forms.KindFooter && !strings.Contains(b.Text, "{page") {
			number := fmt.Sprintf("第 %d 页 共 %d 页", page, s.Pages())
			align := "right"
			if b.Align == "right" {
				align = "left"
			}
			c.Text(b.X, b.Y, b.W, b.H, paper.Plain(number), paper.Setting{Size: size, Align: align})
		}
	}
}

// filledIn replaces what a text asks for by name.
func (s *sheet) filledIn(text string, page int) string {
	return strings.NewReplacer("{case_no}", s.ink.CaseNo, "{page}", fmt.Sprint(page), "{pages}", fmt.Sprint(s.Pages())).Replace(text)
}

func weight(text string, bold bool) paper.Text {
	if bold {
		return paper.Strong(text)
	}
	return paper.Plain(text)
}
