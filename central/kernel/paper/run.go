package paper

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Run is text of one weight.
type Run struct {
	Text string
	Bold bool
}

// Text is a paragraph's worth of runs. A line feed in it starts a new line.
type Text []Run

// Plain is text in the regular weight.
func Plain(s string) Text { return Text{{Text: s}} }

// Strong is text in the bold weight.
func Strong(s string) Text { return Text{{Text: s, Bold: true}} }

// Join puts texts behind one another.
func Join(parts ...Text) Text {
	var t Text
	for _, p := range parts {
		t = append(t, p...)
	}
	return t
}

// String is the text without weights.
func (t Text) String() string {
	s := ""
	for _, r := range t {
		s += r.Text
	}
	return s
}

// clean prepares what people typed or pasted: radicals (⾏, U+2F8F) become the characters they look like, so that a search for the
// name finds it; tabs become spaces; what has no width or shape is dropped. Private-use characters stay and are drawn as marked boxes:
// old registers wrote rare names with them, and a hole in a name must be seen.
func clean(s string) []rune {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r == '\n':
			out = append(out, r)
		case r >= 0x2e80 && r <= 0x2fdf:
			out = append(out, []rune(norm.NFKC.String(string(r)))...)
		case unicode.IsSpace(r) && r != '\u3000':
			out = append(out, ' ')
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Variation_Selector):
		default:
			out = append(out, r)
		}
	}
	return out
}
