package matter

import "strings"

// heldIn finds the longest known name inside a longer text: 我要办低保 holds 低保.
func heldIn(words []word, text []rune) (string, bool) {
	typed, best := string(text), 0
	said := ""
	for i := range words {
		w := &words[i]
		if n := len(w.text); n >= 2 && n > best && n < len(text) && strings.Contains(typed, string(w.text)) {
			best, said = n, w.said
		}
	}
	return said, best > 0
}

// oneSlip finds a part of a word from which the text differs by one slip: a character too many, missing, wrong, or two
// swapped. Two characters are only looked at for a swap, since one wrong of two fits nearly everything. Four and more letters
// are compared with the pinyin.
func oneSlip(words []word, text []rune) (string, bool) {
	best, found := "", 0
	for i := range words {
		w := &words[i]
		for from := range w.text {
			for to := from + 1; to <= min(len(w.text), from+len(text)+1); to++ {
				q := slip(w, from, to, text)
				if q > 0 {
					q = 4*q + 2*first(from) + first(len(w.text)-to)
				}
				if q > found {
					best, found = w.original(from, to), q
				}
			}
		}
	}
	return best, found > 0
}

// slip weighs a part of a word: 0 is no match, more is better.
func slip(w *word, from, to int, text []rune) int {
	n := to - from
	switch {
	case letters(text):
		if len(text) < 4 {
			return 0
		}
		var full strings.Builder
		for _, s := range w.sounds[from:to] {
			if len(s) == 0 {
				return 0
			}
			full.WriteString(s[0])
		}
		if near(text, []rune(full.String())) {
			return n
		}
		return 0
	case len(text) == 2:
		if n == 2 && text[0] == w.text[from+1] && text[1] == w.text[from] {
			return n
		}
		return 0
	case len(text) > 2 && n >= 2 && near(text, w.text[from:to]):
		return n
	}
	return 0
}

func letters(text []rune) bool {
	for _, c := range text {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// near reports whether a and b differ by at most one slip.
func near(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return equal(a[i:], b[i+1:])
	}
	if i >= len(a)-1 {
		return true
	}
	return equal(a[i+1:], b[i+1:]) || a[i] == b[i+1] && a[i+1] == b[i] && equal(a[i+2:], b[i+2:])
}

func equal(a, b []rune) bool { return string(a) == string(b) }
