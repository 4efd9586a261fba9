// Package typeface reads the fonts that official papers are set in (字体): which characters a face has, how wide they are, their
// outlines, and the part of the font file that goes into a document.
//
// A Face is immutable after Parse and safe for concurrent use. Glyphs are chosen by character without shaping: Chinese, digits and
// Latin capitals need none, and the character a glyph stands for must stay known so that text can be copied out of the document
// as it was written. Fonts reach the same glyph from several code points (行 from U+884C and from the radical U+2F8F), so a document
// must record what was written, never what the font would answer.
package typeface

import (
	"errors"
	"fmt"
	"sync"

	"github.com/tdewolff/font"
)

// Face is one weight of one font.
type Face struct {
	sfnt  *font.SFNT
	name  string
	units float64 // units per em

	mu     sync.RWMutex
	glyphs map[rune]uint16
}

// Parse reads a TrueType font. The bytes are kept and must not change.
func Parse(ttf []byte) (*Face, error) {
	sfnt, err := font.ParseSFNT(ttf, 0)
	if err != nil {
		return nil, fmt.Errorf("parse font: %w", err)
	}
	if !sfnt.IsTrueType {
		return nil, errors.New("parse font: want TrueType outlines, which a document can embed in part")
	}
	name := "Unnamed"
	if records := sfnt.Name.Get(font.NamePostScript); len(records) > 0 {
		name = records[0].String()
	}
	return &Face{sfnt: sfnt, name: name, units: float64(sfnt.Head.UnitsPerEm), glyphs: make(map[rune]uint16, 1024)}, nil
}

// Name is the PostScript name.
func (f *Face) Name() string { return f.name }

// Has reports whether the face can draw the character.
func (f *Face) Has(r rune) bool { return f.glyph(r) != 0 }

// Advance is the width of the character in em; a character the face lacks counts as one full em.
func (f *Face) Advance(r rune) float64 {
	id := f.glyph(r)
	if id == 0 {
		return 1
	}
	return float64(f.sfnt.GlyphAdvance(id)) / f.units
}

// Metrics are the numbers a font descriptor needs, in thousandths of an em.
type Metrics struct {
	Ascent, Descent, CapHeight int
	BBox                       [4]int
}

// Metrics returns the vertical metrics of the face.
func (f *Face) Metrics() Metrics {
	k := func(v int16) int { return int(float64(v) * 1000 / f.units) }
	m := Metrics{
		Ascent: k(f.sfnt.Hhea.Ascender), Descent: -abs(k(f.sfnt.Hhea.Descender)), CapHeight: 730,
		BBox: [4]int{k(f.sfnt.Head.XMin), k(f.sfnt.Head.YMin), k(f.sfnt.Head.XMax), k(f.sfnt.Head.YMax)},
	}
	if f.sfnt.OS2 != nil && f.sfnt.OS2.SCapHeight != 0 {
		m.CapHeight = k(f.sfnt.OS2.SCapHeight)
	}
	return m
}

// Subset is the part of a face that a document embeds. Glyph i+1 draws Runes[i]; glyph 0 is empty.
type Subset struct {
	Program []byte
	Widths  []int // of glyph 0 and then of each rune, in thousandths of an em
}

// Subset returns a font program with one glyph per rune, in the order given. A rune the face lacks gets an empty glyph of one em, so
// that it keeps its place in the text even though something else draws it.
func (f *Face) Subset(runes []rune) (Subset, error) {
	ids := make([]uint16, 1, len(runes)+1)
	widths := make([]int, 1, len(runes)+1)
	widths[0] = 1000
	for _, r := range runes {
		ids = append(ids, f.glyph(r))
		widths = append(widths, int(f.Advance(r)*1000+0.5))
	}
	// The library writes glyph and metric counts of the part into tables it shares with the parent font. Work on copies, or the next
	// document, and every concurrent one, sees a font with a handful of glyphs.
	sfnt, maxp, head, hhea := *f.sfnt, *f.sfnt.Maxp, *f.sfnt.Head, *f.sfnt.Hhea
	sfnt.Maxp, sfnt.Head, sfnt.Hhea = &maxp, &head, &hhea
	part, err := sfnt.Subset(ids, font.SubsetOptions{Tables: font.KeepPDFTables})
	if err != nil {
		return Subset{}, fmt.Errorf("subset %s: %w", f.name, err)
	}
	return Subset{Program: assemble(part), Widths: widths}, nil
}

func (f *Face) glyph(r rune) uint16 {
	f.mu.RLock()
	id, ok := f.glyphs[r]
	f.mu.RUnlock()
	if ok {
		return id
	}
	id = f.sfnt.GlyphIndex(r)
	f.mu.Lock()
	f.glyphs[r] = id
	f.mu.Unlock()
	return id
}

func abs(v int) int { return max(v, -v) }
