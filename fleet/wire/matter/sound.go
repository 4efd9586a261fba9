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

// sound is how one character is read (读音). Words share the sounds of their characters.
type sound struct {
	said   []string // syllables without tones
	ids    []uint32 // the same, packed for comparing
	blunt  []uint32 // without what the south-west does not tell apart
	firsts uint32   // letters a syllable begins with, a bit each
}

var silent = &sound{}

func soundFrom(syllables []string) *sound {
	s := &sound{said: syllables}
	for _, x := range syllables {
		s.ids = append(s.ids, packed(x))
		s.blunt = append(s.blunt, packed(blunt(x)))
		s.firsts |= letterBit(rune(x[0]))
	}
	return s
}

// packed writes a syllable of at most six letters as a number.
func packed(syllable string) uint32 {
	n := uint32(0)
	for i := range min(len(syllable), 6) {
		n = n<<5 | uint32(syllable[i]-'a'+1)&31
	}
	return n
}

// letterBit is the letter's place in a set; 0 for what is no letter.
func letterBit(c rune) uint32 {
	if c < 'a' || c > 'z' {
		return 0
	}
	return 1 << (c - 'a')
}

var soundTable = sync.OnceValue(func() map[rune]*sound {
	syllables := make(map[rune][]string, 7000)
	for line := range strings.Lines(readingList) {
		syllable, chars, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, c := range chars {
			syllables[c] = append(syllables[c], syllable)
		}
	}
	table := make(map[rune]*sound, len(syllables))
	for c, s := range syllables {
		table[c] = soundFrom(s)
	}
	return table
})

// soundOf returns how a character is read; silent for what is no common character.
func soundOf(c rune) *sound {
	if s := soundTable()[c]; s != nil {
		return s
	}
	return silent
}

func soundsOf(text []rune) []*sound {
	sounds := make([]*sound, len(text))
	for i, c := range text {
		sounds[i] = soundOf(c)
	}
	return sounds
}

// equalSound: the characters can be read alike (同音).
func equalSound(a, b *sound) bool { return common(a.ids, b.ids) }

// nearSound: they can be read alike by someone who speaks with the accent of the place (近音): n and l, zh and z, f and h, ang
// and an are one.
func nearSound(a, b *sound) bool { return common(a.blunt, b.blunt) }

func common(a, b []uint32) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
	}
	return false
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
func soundsLike(same func(a, b *sound) bool) func(*Index, []rune) (string, bool) {
	return func(x *Index, text []rune) (string, bool) {
		if len(text) < 2 {
			return "", false // one character sounds like too many
		}
		typed := soundsOf(text)
		best, found := "", -1
		for i := range x.words {
			w := &x.words[i]
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
func alike(w *word, from int, text []rune, typed []*sound, same func(a, b *sound) bool) int {
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
