package tape

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// perLine is how many words a line of bytes has.
const perLine = 32

// WriteTo writes the tape in the form that Parse reads.
func (t *Tape) WriteTo(w io.Writer) (int64, error) {
	var s strings.Builder
	s.WriteString(magic + "\n")
	for _, k := range slices.Sorted(maps.Keys(t.Head)) {
		fmt.Fprintf(&s, "%s: %s\n", k, oneLine(t.Head[k]))
	}
	for _, p := range t.Pieces {
		if p.Kind == Failed {
			fmt.Fprintf(&s, "%c %s\n", Failed, oneLine(p.Text))
			continue
		}
		if legible(p.Bytes) {
			for line := range strings.SplitAfterSeq(string(p.Bytes), "\n") {
				if line != "" {
					fmt.Fprintf(&s, "%c %s\n", p.Kind, strconv.Quote(line))
				}
			}
			continue
		}
		for words := range slices.Chunk(spell(p.Bytes), perLine) {
			fmt.Fprintf(&s, "%c %s\n", p.Kind, strings.Join(words, " "))
		}
	}
	n, err := io.WriteString(w, s.String())
	if err != nil {
		return int64(n), fmt.Errorf("write tape: %w", err)
	}
	return int64(n), nil
}

// legible reports a piece that is better written as text, such as the XML of a service.
func legible(b []byte) bool {
	if len(b) < 16 || !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7F {
			return false
		}
	}
	return true
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// spell writes bytes as words; a run of more than three equal ones becomes a repetition.
func spell(b []byte) []string {
	var out []string
	for i := 0; i < len(b); {
		n := 1
		for i+n < len(b) && b[i+n] == b[i] {
			n++
		}
		if n > 3 {
			out = append(out, fmt.Sprintf("%02X*%d", b[i], n))
		} else {
			for range n {
				out = append(out, fmt.Sprintf("%02X", b[i]))
			}
		}
		i += n
	}
	return out
}
