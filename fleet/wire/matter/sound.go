package matter

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// readingList has one line for each syllable: the syllable, a space, the characters of GB 2312 that are read so. The catalogue's
// test writes it (go test ./central/modules/catalogue/internal/app -run Readings -update).
//
//go:embed readings.txt
var readingList string

var readingTable = sync.OnceValue(func() map[rune][]string {
	table := make(map[rune][]string, 7000)
	for line := range strings.Lines(readingList) {
		syllable, chars, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, c := range chars {
			table[c] = append(table[c], syllable)
		}
	}
	return table
})

// readings returns the syllables of a character without tones; nil for what is no common character.
func readings(c rune) []string { return readingTable()[c] }

// equalSound: the characters can be read alike (同音).
func equalSound(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// nearSound: they can be read alike by someone who speaks with the accent of the place (近音): n and l, zh and z, f and h, ang
// and an are one.
func nearSound(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool {
		return slices.ContainsFunc(b, func(t string) bool { return blunt(s) == blunt(t) })
	})
}

// blunt drops what the south-west does not tell apart.
func blunt(s string) string {
	switch {
	case strings.HasPrefix(s, "zh"), strings.HasPrefix(s, "ch"), strings.HasPrefix(s, "sh"):
		s = s[:1] + s[2:]
	case strings.HasPrefix(s, "n"):
		s = "l" + s[1:]
	case strings.HasPrefix(s, "hu"):
		s = "f" + strings.TrimPrefix(s[2:], "u")
	}
	for _, end := range []string{"ang", "eng", "ing"} {
		if strings.HasSuffix(s, end) {
			return strings.TrimSuffix(s, "g")
		}
	}
	return s
}

// soundsLike finds a part of a word that is written differently but sounds like what was typed: 低宝 for 低保.
func soundsLike(same func(a, b []string) bool) func([]word, []rune) (string, bool) {
	return func(words []word, text []rune) (string, bool) {
		if len(text) < 2 {
			return "", false // one character sounds like too many
		}
		typed := soundsOf(text)
		best, found := "", -1
		for i := range words {
			w := &words[i]
			for from := 0; from+len(text) <= len(w.text); from++ {
				right := alike(w, from, text, typed, same)
				if right >= 0 && right*2+first(from) > found {
					best, found = w.original(from, from+len(text)), right*2+first(from)
				}
			}
		}
		return best, found >= 0
	}
}

// alike counts the characters that are even written the same; -1 where one does not sound the same.
func alike(w *word, from int, text []rune, typed [][]string, same func(a, b []string) bool) int {
	right := 0
	for i, c := range text {
		switch {
		case c == w.text[from+i]:
			right++
		case !same(typed[i], w.sounds[from+i]):
			return -1
		}
	}
	return right
}

func first(from int) int {
	if from == 0 {
		return 1
	}
	return 0
}
