package slip

import "strings"

// noStart are marks that may not begin a line, noEnd those that may not end one (避头尾).
const (
	noStart = "，。、；：？！）》」』”’…%,.;:?!)"
	noEnd   = "（《「『“‘("
)

// wrap breaks runs into lines of at most width dots. Chinese breaks between any two characters but for the rules above;
// digits and Latin letters stay together.
func (r *Renderer) wrap(runs []run, size, width int) [][]run {
	var lines [][]run
	var line []run
	used := 0
	for _, w := range words(runs) {
		n := r.measure(w, size)
		if used > 0 && used+n > width {
			lines = append(lines, line)
			line, used = nil, 0
			if strings.TrimSpace(w[0].text) == "" {
				continue // the space that broke the line
			}
		}
		line, used = join(line, w), used+n
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

// words cuts runs into pieces that are not broken.
func words(runs []run) [][]run {
	var out [][]run
	var last rune
	for _, r := range runs {
		for _, ch := range r.text {
			piece := run{string(ch), r.w}
			if len(out) > 0 && sticks(last, ch) {
				out[len(out)-1] = join(out[len(out)-1], []run{piece})
			} else {
				out = append(out, []run{piece})
			}
			last = ch
		}
	}
	return out
}

func sticks(a, b rune) bool {
	if strings.ContainsRune(noStart, b) || strings.ContainsRune(noEnd, a) {
		return true
	}
	return latin(a) && latin(b)
}

func latin(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == ':' || r == '*' || r == '/'
}

// join puts pieces behind a line, in as few runs as may be.
func join(line, more []run) []run {
	for _, m := range more {
		if n := len(line); n > 0 && line[n-1].w == m.w {
			line[n-1].text += m.text
			continue
		}
		line = append(line, m)
	}
	return line
}
