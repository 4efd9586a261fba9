package matter

import (
	"slices"
	"strings"
)

// inOtherWords returns the text with a word of it replaced by one that means the same, one after the other. Longer words come first,
// because 住房公积金 is no 公积金 with something before it.
func (x *Index) inOtherWords(text []rune) []string {
	typed := string(text)
	var held []synonym
	for _, s := range x.synonyms {
		if strings.Contains(typed, s.key) {
			held = append(held, s)
		}
	}
	slices.SortStableFunc(held, func(a, b synonym) int { return len(b.key) - len(a.key) })
	var out []string
	for _, s := range held {
		for _, o := range s.other {
			if strings.Contains(typed, string(fold(o).text)) {
				continue // said already, as part of the longer word
			}
			out = append(out, strings.Replace(typed, s.key, o, 1))
		}
	}
	return out
}

// meansTheSame finds a known name in other words: 退休金 for 养老金.
func meansTheSame(x *Index, text []rune) (string, bool) {
	for _, said := range x.inOtherWords(text) {
		if len(x.literal(fold(said).text)) > 0 {
			return said, true
		}
	}
	return "", false
}

// heldSynonym finds a word with known ones for it inside a longer text: 退休金怎么领 holds 退休金.
func heldSynonym(x *Index, text []rune) (string, bool) {
	typed := string(text)
	best, said := 0, ""
	for _, s := range x.synonyms {
		if len(s.key) <= best || !strings.Contains(typed, s.key) {
			continue
		}
		for _, o := range append([]string{s.said}, s.other...) {
			if len(x.literal(fold(o).text)) > 0 {
				best, said = len(s.key), o
				break
			}
		}
	}
	return said, best > 0
}

// withSynonyms adds what is found in other words behind what was found as typed.
func (x *Index) withSynonyms(hits []Hit, text []rune) []Hit {
	seen := map[int]bool{}
	for _, h := range hits {
		seen[h.Index] = true
	}
	worst := hits[len(hits)-1].Score
	for _, said := range x.inOtherWords(text) {
		for _, h := range x.literal(fold(said).text) {
			if seen[h.Index] {
				continue
			}
			seen[h.Index] = true
			h.Score = min(worst, h.Score)
			worst = h.Score
			hits = append(hits, h)
		}
	}
	return hits
}
