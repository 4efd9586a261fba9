package pdf

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"tongban/central/kernel/paper/sheet"
	"tongban/central/kernel/paper/typeface"
)

// usage is which characters a document uses in each weight, numbered in order of appearance from 1. One character has one number
// even where the font draws two characters with the same glyph: the number is what a reader copies text by.
type usage struct{ regular, bold subset }

type subset struct {
	runes []rune
	ids   map[rune]int
}

func (u *usage) weight(bold bool) *subset {
	if bold {
		return &u.bold
	}
	return &u.regular
}

func collect(pages []sheet.Page) *usage {
	u := &usage{regular: subset{ids: map[rune]int{}}, bold: subset{ids: map[rune]int{}}}
	for _, page := range pages {
		for _, item := range page.Items {
			t, ok := item.(*sheet.Text)
			if !ok {
				continue
			}
			s := u.weight(t.Bold)
			for _, r := range t.Runes {
				if s.ids[r] == 0 {
					s.runes = append(s.runes, r)
					s.ids[r] = len(s.runes)
				}
			}
		}
	}
	return u
}

// font writes the five objects of one weight: font, descendant, descriptor, program, character map.
func (w *writer) font(n int, face *typeface.Face, used *subset) error {
	part, err := face.Subset(used.runes)
	if err != nil {
		return fmt.Errorf("write pdf: %w", err)
	}
	m := face.Metrics()
	name := subsetTag(part.Program) + "+" + strings.ReplaceAll(face.Name(), " ", "")
	descendant, descriptor, program, toUnicode := n+1, n+2, n+3, n+4
	w.object(n, fmt.Sprintf("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		name, descendant, toUnicode))
	w.object(descendant, fmt.Sprintf("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W%s>>", name, descriptor, widths(part.Widths)))
	w.object(descriptor, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 6/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %d 0 R>>",
		name, m.BBox[0], m.BBox[1], m.BBox[2], m.BBox[3], m.Ascent, m.Descent, m.CapHeight, program))
	w.stream(program, fmt.Sprintf("/Length1 %d", len(part.Program)), part.Program)
	w.stream(toUnicode, "", characterMap(used.runes))
	return nil
}

// subsetTag is the six letters that tell subsets of the same font apart; they follow from the bytes.
func subsetTag(program []byte) string {
	sum := sha256.Sum256(program)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

// widths lists the characters that are not one em wide, in runs.
func widths(all []int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; i < len(all); {
		if all[i] == 1000 {
			i++
			continue
		}
		fmt.Fprintf(&b, "%d[", i)
		for ; i < len(all) && all[i] != 1000; i++ {
			fmt.Fprintf(&b, "%d ", all[i])
		}
		b.WriteByte(']')
	}
	b.WriteByte(']')
	return b.String()
}

// characterMap says which character each number stands for; a block may hold at most 100.
func characterMap(runes []rune) []byte {
	const block = 100
	b := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	next := 1
	for part := range slices.Chunk(runes, block) {
		b = fmt.Appendf(b, "%d beginbfchar\n", len(part))
		for _, r := range part {
			b = fmt.Appendf(b, "<%04X><", next)
			for _, u := range utf16.Encode([]rune{r}) {
				b = fmt.Appendf(b, "%04X", u)
			}
			b = append(b, ">\n"...)
			next++
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"...)
}
