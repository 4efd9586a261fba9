package matter

import (
	"slices"
	"strings"
)

// heldIn finds the longest known name inside a longer text: 我要办低保 holds 低保.
func heldIn(x *Index, text []rune) (string, bool) {
	typed, best := string(text), 0
	said := ""
	for i := range x.words {
		w := &x.words[i]
		if n := len(w.text); n >= 2 && n > best && n < len(text) && strings.Contains(typed, w.key) {
			best, said = n, w.said
		}
	}
	return said, best > 0
}

// oneSlip finds a part of a word from which the text differs by one slip: a character too many, missing, wrong, or two
// swapped. Two characters are only looked at for a swap, since one wrong of two fits nearly everything. Four and more letters
// are compared with the pinyin.
func oneSlip(x *Index, text []rune) (string, bool) {
	best, found := "", 0
	take := func(w *word, from, to, q int) {
		if q > 0 {
			q = 4*q + 2*first(from) + first(len(w.text)-to)
		}
		if q > found {
			best, found = w.original(from, to), q
		}
	}
	if letters(text) {
		for i := range x.words {
			slipInPinyin(&x.words[i], text, take)
		}
		return best, found > 0
	}
	for _, no := range x.sharing(text, len(text)-1) {
		w := &x.words[no]
		for from := range w.text {
			for to := from + 1; to <= min(len(w.text), from+len(text)+1); to++ {
				take(w, from, to, slip(w, from, to, text))
			}
		}
	}
	return best, found > 0
}

// sharing returns the words that hold all but one of the characters: no slip leaves fewer.
func (x *Index) sharing(text []rune, least int) []int32 {
	count := make([]uint8, len(x.words))
	for i, c := range text {
		if slices.Contains(text[:i], c) {
			least--
			continue
		}
		for _, no := range x.holding[c] {
			count[no]++
		}
	}
	var out []int32
	for no, n := range count {
		if int(n) >= max(least, 1) {
			out = append(out, int32(no))
		}
	}
	return out
}

// slipInPinyin weighs the parts of a word whose pinyin is as long as the text, give or take a letter.
func slipInPinyin(w *word, text []rune, take func(w *word, from, to, q int)) {
	if len(text) < 4 {
		return
	}
	for from := range w.text {
		for to := from + 1; to <= len(w.text); to++ {
			n := w.starts[to] - w.starts[from]
			if n > len(text)+1 {
				break
			}
			if n >= len(text)-1 && nearLetters(text, w.pinyin[w.starts[from]:w.starts[to]]) {
				take(w, from, to, to-from)
			}
		}
	}
}

// slip weighs a part of a word: 0 is no match, more is better.
func slip(w *word, from, to int, text []rune) int {
	n := to - from
	switch {
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

// nearLetters is near for letters, without a copy of them.
func nearLetters(a []rune, b string) bool {
	same := 0
	for same < len(a) && same < len(b) && a[same] == rune(b[same]) {
		same++
	}
	if same < min(len(a), len(b))-1 && same+2 < min(len(a), len(b)) { // most differ early: compare the end before anything is made
		if a[len(a)-1] != rune(b[len(b)-1]) {
			return false
		}
	}
	return near(a, []rune(b))
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
