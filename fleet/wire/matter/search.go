package matter

import (
	"cmp"
	"slices"
)

// Hit is one item found (搜索结果).
type Hit struct {
	Index    int    // place in the items given
	From, To int    // the found part of Name in characters, To not included; both 0 where another name was found
	Word     string // the other name that was found, "" where it was the official one
	Score    int    // higher is better; comparable within one search only
}

// Search finds items by what people type: one or two characters, part of a name, another name, a word that means the same, pinyin in
// full, in part or by initials, mixed with characters or not. Spelling is forgiven in steps, and only when the step before found
// nothing: a longer sentence that holds a known name, characters that sound the same, characters that sound nearly the same, one
// slip of the pen. searched then says what was looked for instead and hint says so in words. When nothing is found the three nearest
// items come back and nearest is true. An empty query returns all items in their order.
func (x *Index) Search(q string) (hits []Hit, searched, hint string, nearest bool) {
	typed := fold(q)
	if len(typed.text) == 0 {
		return all(x.items), "", "", false
	}
	if hits = x.literal(typed.text); len(hits) > 0 {
		return x.withSynonyms(hits, typed.text), "", x.otherName(q, hits[0]), false
	}
	for _, forgive := range []func(*Index, []rune) (string, bool){meansTheSame, heldIn, heldSynonym, soundsLike(equalSound), soundsLike(nearSound), oneSlip} {
		word, ok := forgive(x, typed.text)
		if !ok {
			continue
		}
		if hits = x.literal(fold(word).text); len(hits) > 0 {
			return hits, word, x.instead(q, word, hits[0]), false
		}
	}
	return x.nearest(typed.text), "", none(q), true
}

// SearchExactly finds what was typed and forgives nothing (只找原词): the press on the hint that says what was searched instead.
func (x *Index) SearchExactly(q string) (hits []Hit, hint string, nearest bool) {
	typed := fold(q)
	if len(typed.text) == 0 {
		return all(x.items), "", false
	}
	if hits = x.literal(typed.text); len(hits) > 0 {
		return hits, "", false
	}
	return x.nearest(typed.text), none(q), true
}

// Search is one search without an index that is kept; see Index.Search.
func Search(items []Item, q string) (hits []Hit, searched, hint string, nearest bool) {
	return NewIndex(items, nil).Search(q)
}

// SearchExactly is one search without an index that is kept; see Index.SearchExactly.
func SearchExactly(items []Item, q string) (hits []Hit, hint string, nearest bool) {
	return NewIndex(items, nil).SearchExactly(q)
}

func all(items []Item) []Hit {
	hits := make([]Hit, len(items))
	for i := range items {
		hits[i].Index = i
	}
	return hits
}

// Weights of a hit. The official name comes before the short one, that before other names; what is typed in characters comes
// before what is typed in pinyin; a whole name before its beginning, that before its middle.
const (
	byName, byShort, byKeyword = 1000, 960, 800
	whole, atStart             = 120, 40
	inPinyin                   = 300 // taken off, less the more letters of the syllables were typed
)

// literal returns the items that hold the text, best first.
func (x *Index) literal(text []rune) []Hit {
	best := map[int]Hit{}
	for _, no := range x.mayHold(text) {
		w := &x.words[no]
		m, ok := w.find(text)
		if !ok {
			continue
		}
		h := Hit{Index: w.item, Score: w.weight - m.cost - min(m.from, 20)}
		switch {
		case m.from == 0 && m.to == len(w.text):
			h.Score += whole
		case m.from == 0:
			h.Score += atStart
		}
		if w.official {
			h.From, h.To = w.at[m.from], w.at[m.to-1]+1
		} else {
			h.Word = w.said
		}
		if old, ok := best[w.item]; !ok || h.Score > old.Score {
			if ok && !w.official { // a mark in the name is kept: it shows why the row is here
				h.From, h.To = old.From, old.To
			}
			best[w.item] = h
		}
	}
	hits := make([]Hit, 0, len(best))
	for _, h := range best {
		h.Score += x.liked(h.Index)
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Index, b.Index))
	})
	return hits
}

// liked lifts what many people come for, but never over a better match.
func (x *Index) liked(item int) int {
	if f := x.items[item].Frequent; f > 0 && f < 10 {
		return 10 - f
	}
	return 0
}
