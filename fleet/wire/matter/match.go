package matter

import "strings"

// match is a part of a word that a query stands for.
type match struct {
	from, to int // in the folded text
	cost     int // 0 for what is written so
}

// find returns the best place where text stands in the word.
func (w *word) find(text []rune) (match, bool) {
	best, found := match{}, false
	letter := letterBit(text[0])
	for from := range w.text {
		if text[0] != w.text[from] && w.sounds[from].firsts&letter == 0 {
			continue
		}
		f := follower{w: w, text: text}
		if !f.follow(0, from) {
			continue
		}
		m := match{from: from, to: f.end, cost: f.cost()}
		if !found || m.cost < best.cost {
			best, found = m, true
		}
	}
	return best, found
}

// follower walks query and word side by side. A character of the query stands for itself; letters stand for a whole syllable,
// for its initial, or, at the end of the query, for its beginning.
type follower struct {
	w       *word
	text    []rune
	failed  map[[2]int]bool
	end     int
	letters int // of the query taken as pinyin
	spelled int // letters their syllables have in full
}

func (f *follower) follow(q, at int) bool {
	if q == len(f.text) {
		f.end = at
		return true
	}
	if at == len(f.w.text) || f.failed[[2]int{q, at}] {
		return false
	}
	if f.text[q] == f.w.text[at] && f.follow(q+1, at+1) {
		return true
	}
	for _, s := range f.w.sounds[at].said {
		for n := len(s); n > 0; n-- {
			if !f.begins(q, s[:n]) || (n < len(s) && !initial(s, n) && q+n < len(f.text)) {
				continue
			}
			if f.follow(q+n, at+1) {
				f.letters, f.spelled = f.letters+n, f.spelled+len(s)
				return true
			}
		}
	}
	if f.failed == nil {
		f.failed = map[[2]int]bool{}
	}
	f.failed[[2]int{q, at}] = true
	return false
}

func (f *follower) begins(q int, letters string) bool {
	if q+len(letters) > len(f.text) {
		return false
	}
	for i := range len(letters) {
		if f.text[q+i] != rune(letters[i]) {
			return false
		}
	}
	return true
}

// initial reports whether the first n letters stand for the syllable: its first letter, or zh, ch, sh.
func initial(syllable string, n int) bool {
	return n == 1 || n == 2 && strings.HasPrefix(syllable[1:], "h") && strings.ContainsRune("zcs", rune(syllable[0]))
}

func (f *follower) cost() int {
	if f.letters == 0 {
		return 0
	}
	return inPinyin - 100*f.letters/f.spelled
}
