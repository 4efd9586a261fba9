package sdt

import (
	"encoding/binary"
	"strings"
	"unicode"
)

// odd reports that a text block does not look like one that an office has written: values that do not parse or do not
// agree, text behind its filling, characters that no name or address has, something in reserved places.
func odd(text []byte) bool {
	if _, warning, err := parseText(text); err != nil || warning != "" {
		return true
	}
	l, _ := layoutFor(rune(binary.LittleEndian.Uint16(text[markAt:])))
	var known [textLen]bool
	for _, f := range l.fields {
		s := decodeUTF16(text[f.off : f.off+f.len])
		if strange(s) || strings.Contains(strings.TrimRight(s, " \x00"), "  ") {
			return true
		}
		for i := f.off; i < f.off+f.len; i++ {
			known[i] = true
		}
	}
	known[markAt], known[markAt+1] = true, true
	return l.mark == ' ' && strange(reserved(text, known))
}

// reserved is what stands in places that this kind of card does not use; blanks there are left out.
func reserved(text []byte, known [textLen]bool) string {
	var s strings.Builder
	for i := 0; i < textLen; i += 2 {
		if u := rune(binary.LittleEndian.Uint16(text[i:])); !known[i] && u != ' ' && u != 0 {
			s.WriteRune('\uFFFD')
		}
	}
	return s.String()
}

// strange characters are those that neither names nor addresses are written with. Rare characters outside the standard
// sets stand in the private areas on older cards, so those are not strange.
func strange(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		switch {
		case r == 0, r == ' ', r == '\u3000', r == '·', r == '・', r == '•':
			return false
		case unicode.In(r, unicode.Han, unicode.Co):
			return false
		case r < 0x80, r >= 0xFF01 && r <= 0xFF5E:
			return r < ' ' || r == '_' || r == '`' || r == '~' || r == '|' || r == 0x7F
		}
		return !unicode.In(r, unicode.Latin, unicode.Number, unicode.Punct, unicode.Bopomofo)
	})
}
