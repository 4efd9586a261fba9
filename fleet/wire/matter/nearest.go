package matter

import (
	"cmp"
	"slices"
	"strings"
)

// nearest returns the three items that have most in common with the text: pairs of characters count more than single ones, and
// what many people come for breaks ties. It never returns nothing where there is an item at all.
func (x *Index) nearest(text []rune) []Hit {
	scores := make([]int, len(x.items))
	for i := range x.words {
		w := &x.words[i]
		scores[w.item] = max(scores[w.item], shared(w.key, text))
	}
	hits := make([]Hit, len(x.items))
	for i := range x.items {
		hits[i] = Hit{Index: i, Score: scores[i]*10 + x.liked(i)}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Index, b.Index))
	})
	return hits[:min(3, len(hits))]
}

func shared(word string, text []rune) int {
	n := 0
	for i := range text {
		if strings.ContainsRune(word, text[i]) {
			n++
		}
		if i+1 < len(text) && strings.Contains(word, string(text[i:i+2])) {
			n += 3
		}
	}
	return n
}

// otherName tells the official name where another one was typed.
func (x *Index) otherName(q string, top Hit) string {
	if !x.goesBy(top.Index, q) {
		return ""
	}
	return "“" + shown(q) + "”在这里叫“" + x.items[top.Index].Name + "”。"
}

// instead tells what was searched instead of what was typed.
func (x *Index) instead(q, searched string, top Hit) string {
	hint := "没有“" + shown(q) + "”，已按“" + searched + "”找。"
	if x.goesBy(top.Index, searched) {
		hint += searched + "在这里叫“" + x.items[top.Index].Name + "”。"
	}
	return hint
}

// goesBy reports whether text is another name of the item, and no part of its official one. A name that several items go by says
// nothing about one of them.
func (x *Index) goesBy(item int, text string) bool {
	typed := string(fold(text).text)
	if strings.Contains(string(fold(x.items[item].Name).text), typed) {
		return false
	}
	by := x.goingBy[typed]
	return len(by) == 1 && by[0] == item
}

func none(q string) string { return "没有找到“" + shown(q) + "”，下面三件最接近。" }

// shown shortens what was typed, so that the hint stays one note.
func shown(q string) string {
	r := []rune(strings.TrimSpace(q))
	if len(r) > 12 {
		return string(r[:12]) + "…"
	}
	return string(r)
}
