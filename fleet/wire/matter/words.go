package matter

import (
	"slices"
	"strings"
	"unicode"
)

// maxTyped is the longest query that is looked at, in characters.
const maxTyped = 40

// folded is a text as it is compared: half-width, lower case, without spaces and signs.
type folded struct {
	text []rune
	at   []int // place of each character in the original
}

func fold(s string) folded {
	var f folded
	at := -1
	for _, c := range s {
		at++
		if c >= '！' && c <= '～' {
			c -= '！' - '!'
		}
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		if len(f.text) == maxTyped {
			break
		}
		f.text = append(f.text, unicode.ToLower(c))
		f.at = append(f.at, at)
	}
	return f
}

// word is one name of one item (名称): the official one, the short one, or another name that people use.
type word struct {
	item     int
	said     string
	official bool
	weight   int
	folded
	key    string   // text as one string
	sounds []*sound // of each character of text
	pinyin string   // first readings in a row, for slips in pinyin; "" where a character has none
	starts []int    // where each character begins in pinyin, and its length at the end
}

// Index is all the names of the items of one snapshot, ready to be searched (检索索引). It is made once for a snapshot and may be
// used by many at a time.
type Index struct {
	items    []Item
	words    []word
	holding  map[rune][]int32 // character → words that hold it, in order
	goingBy  map[string][]int // folded other name → items
	synonyms []synonym
}

// synonym is one word with those that mean the same.
type synonym struct {
	key   string // folded
	said  string
	other []string
}

// NewIndex makes the index. Each of synonyms is a group of words that mean the same (同义词).
func NewIndex(items []Item, synonyms [][]string) *Index {
	x := &Index{items: items, holding: map[rune][]int32{}, goingBy: map[string][]int{}}
	read := map[string]*sound{}
	for i := range items {
		it := &items[i]
		name := word{item: i, said: it.Name, official: true, weight: byName, folded: fold(it.Name)}
		name.sounds = soundsOf(name.text)
		for k := range name.text {
			at := name.at[k]
			if at >= len(it.Syllables) || it.Syllables[at] == "" {
				continue
			}
			s := read[it.Syllables[at]]
			if s == nil {
				s = soundFrom(strings.Split(it.Syllables[at], "|"))
				read[it.Syllables[at]] = s
			}
			name.sounds[k] = s
		}
		x.add(name)
		x.named(i, it.Short, byShort)
		for _, k := range it.Keywords {
			x.named(i, k, byKeyword)
			if key := string(fold(k).text); key != "" && !slices.Contains(x.goingBy[key], i) {
				x.goingBy[key] = append(x.goingBy[key], i)
			}
		}
	}
	for _, group := range synonyms {
		for i, said := range group {
			x.synonyms = append(x.synonyms, synonym{key: string(fold(said).text), said: said, other: slices.Concat(group[:i], group[i+1:])})
		}
	}
	return x
}

func (x *Index) named(item int, said string, weight int) {
	w := word{item: item, said: said, weight: weight, folded: fold(said)}
	w.sounds = soundsOf(w.text)
	x.add(w)
}

func (x *Index) add(w word) {
	if len(w.text) == 0 {
		return
	}
	w.key = string(w.text)
	var full strings.Builder
	for _, s := range w.sounds {
		w.starts = append(w.starts, full.Len())
		if len(s.said) == 0 {
			full.WriteByte(' ') // never typed, so nothing runs over it
			continue
		}
		full.WriteString(s.said[0])
	}
	w.pinyin, w.starts = full.String(), append(w.starts, full.Len())
	no := int32(len(x.words))
	for _, c := range w.text {
		if list := x.holding[c]; len(list) == 0 || list[len(list)-1] != no {
			x.holding[c] = append(x.holding[c], no)
		}
	}
	x.words = append(x.words, w)
}

// original returns the part of the word as it is written.
func (w *word) original(from, to int) string {
	return string([]rune(w.said)[w.at[from] : w.at[to-1]+1])
}

// mayHold returns the words in which the text may stand. A character that is no letter stands for itself only, so the rarest of them
// says where to look; letters alone may be pinyin of anything.
func (x *Index) mayHold(text []rune) []int32 {
	var rarest []int32
	found := false
	for _, c := range text {
		if letterBit(c) != 0 {
			continue
		}
		if list := x.holding[c]; !found || len(list) < len(rarest) {
			rarest, found = list, true
		}
	}
	if found {
		return rarest
	}
	all := make([]int32, len(x.words))
	for i := range all {
		all[i] = int32(i)
	}
	return all
}
