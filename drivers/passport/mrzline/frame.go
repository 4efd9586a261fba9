package mrzline

import (
	"errors"
	"slices"
	"strings"
)

// Marks of the line.
const (
	stx = 0x02
	etx = 0x03
)

// maxLine bounds a line: the longest that a zone has is 44, and a reader that sends all in one run sends 90.
const maxLine = 90

var (
	errByte = errors.New("a byte came that no zone contains")
	errLong = errors.New("lines without an end")
	errHalf = errors.New("half a zone came")
)

// framer cuts what comes into the lines of one zone (分帧).
type framer struct {
	cfg     config
	lines   []string
	line    []byte
	started bool // the mark of the beginning was there, or none is wanted
}

// take adds bytes and reports whether the zone is whole by its own marks. What comes before the mark of the beginning is passed
// over, and what comes behind the end is not looked at: both are the reader's own.
func (f *framer) take(b []byte) (done bool, err error) {
	for _, c := range b {
		switch {
		case c == stx:
			f.started, f.lines, f.line = true, nil, nil
		case f.cfg.stx && !f.started:
		case c == etx:
			f.end()
			if f.cfg.end == endETX && len(f.lines) > 0 {
				return true, nil
			}
		case c == '\r' || c == '\n':
			f.end()
			if f.cfg.end == endLines && whole(f.lines) {
				return true, nil
			}
		case c == '<' || c == ' ' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z':
			if f.line = append(f.line, c); len(f.line) > maxLine || len(f.lines) > 3 {
				return false, errLong
			}
		default:
			return false, errByte
		}
	}
	return false, nil
}

// end ends a line. Spaces around it are the reader's; those within it would be a character that was not recognised.
func (f *framer) end() {
	if s := strings.TrimSpace(string(f.line)); s != "" {
		f.lines = append(f.lines, s)
	}
	f.line = nil
}

// quiet is silence of the line: it ends a zone where no mark does, and leaves half a line as it is.
func (f *framer) quiet() bool {
	if f.cfg.end != endGap {
		return false
	}
	last := *f
	last.lines = slices.Clone(f.lines)
	last.end()
	if !whole(last.lines) {
		return false
	}
	*f = last
	return true
}

func (f *framer) empty() bool { return len(f.lines) == 0 && len(f.line) == 0 }

// whole reports whether lines have the shape of a zone.
func whole(lines []string) bool {
	lines = cut(lines)
	if len(lines) == 0 {
		return false
	}
	for _, l := range lines {
		if len(l) != len(lines[0]) {
			return false
		}
	}
	return len(lines) == 3 && len(lines[0]) == 30 || len(lines) == 2 && (len(lines[0]) == 36 || len(lines[0]) == 44)
}

// cut parts a zone that came in one run.
func cut(lines []string) []string {
	if len(lines) != 1 {
		return lines
	}
	width := map[int]int{88: 44, 72: 36, 90: 30}[len(lines[0])]
	if width == 0 {
		return lines
	}
	var out []string
	for s := lines[0]; len(s) > 0; s = s[width:] {
		out = append(out, s[:width])
	}
	return out
}

func join(lines []string) string { return strings.Join(cut(lines), "\n") }
