package matter

import (
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
	sounds [][]string // readings of each character of text
}

// index is all the names of the items given. It is built for each search: some hundred items of some ten names are less
// work than keeping an index true.
type index struct {
	items []Item
	words []word
}

func indexOf(items []Item) *index {
	x := &index{items: items}
	for i := range items {
		it := &items[i]
		name := word{item: i, said: it.Name, official: true, weight: byName, folded: fold(it.Name)}
		name.sounds = make([][]string, len(name.text))
		for k := range name.text {
			if at := name.at[k]; at < len(it.Syllables) && it.Syllables[at] != "" {
				name.sounds[k] = strings.Split(it.Syllables[at], "|")
			} else {
				name.sounds[k] = readings(name.text[k])
			}
		}
		x.add(name)
		x.named(i, it.Short, byShort)
		for _, k := range it.Keywords {
			x.named(i, k, byKeyword)
		}
	}
	return x
}

func (x *index) named(item int, said string, weight int) {
	w := word{item: item, said: said, weight: weight, folded: fold(said)}
	w.sounds = soundsOf(w.text)
	x.add(w)
}

func (x *index) add(w word) {
	if len(w.text) > 0 {
		x.words = append(x.words, w)
	}
}

func soundsOf(text []rune) [][]string {
	sounds := make([][]string, len(text))
	for i, c := range text {
		sounds[i] = readings(c)
	}
	return sounds
}

// original returns the part of the word as it is written.
func (w *word) original(from, to int) string {
	return string([]rune(w.said)[w.at[from] : w.at[to-1]+1])
}
