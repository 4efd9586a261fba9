package app

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"

	"tongban/fleet/wire/matter"
)

// maxReadings is how many ways to read one character are searched by; the dictionary's further ones are of old books.
const maxReadings = 3

// withPinyin returns it with the pinyin of its name, one entry for each character. It is made when read and not kept, so that a
// better dictionary is no new version of every item.
func withPinyin(it matter.Item) matter.Item {
	var initials strings.Builder
	it.Syllables = nil
	for _, c := range it.Name {
		sounds := Readings(c)
		it.Syllables = append(it.Syllables, strings.Join(sounds, "|"))
		if len(sounds) > 0 {
			initials.WriteByte(sounds[0][0])
		} else {
			initials.WriteRune(c)
		}
	}
	it.Pinyin = strings.ToLower(initials.String())
	return it
}

// Readings returns the syllables of a character without tones, the usual one first (读音).
func Readings(c rune) []string {
	args := pinyin.NewArgs()
	args.Heteronym = true
	var out []string
	for _, s := range pinyin.SinglePinyin(c, args) {
		plain := strings.IndexFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
		if plain && s != "" && len(out) < maxReadings && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
