package speech

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of what is said.
const (
	maxText     = 2000 // characters of one screen
	maxSentence = 120  // characters that are made into a sound at once: the first is heard soon
	minSecret   = 2    // a value of one character is in every other word
)

// numbers are what belongs to one person: numbers of cards, telephones and cases, check codes, and what a mask left of them and of names.
var numbers = regexp.MustCompile(`[0-9A-Za-z-]*(?:\p{Han}?\*+\p{Han}?|\d[0-9 *-]{3,}\d)[0-9A-Za-z*-]*|\b[A-Z0-9]*\d[A-Z0-9]{4,}\b|\b[A-Z0-9]{4,}\d[A-Z0-9]*\b`)

// Plain takes out of a text what nobody beside the citizen may hear: long numbers always, and what the visit knows of the person. What is
// left out stands on the screen, and the sentence says so by a pause.
func Plain(text string, secrets []string) string {
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(s string) bool { return utf8.RuneCountInString(s) < minSecret })
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // a name inside an address goes with the address
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "，")
	}
	return numbers.ReplaceAllString(text, "，")
}

// Sentences cuts a text where it pauses, so that the first words are heard before the last are made.
func Sentences(text string) []string {
	var out []string
	var now strings.Builder
	count, total := 0, 0
	end := func() {
		if s := strings.TrimSpace(now.String()); strings.Trim(s, "，。、；：！？,.;:!? ") != "" {
			out = append(out, s)
		}
		now.Reset()
		count = 0
	}
	for _, r := range text {
		if total++; total > maxText {
			break
		}
		if r < ' ' {
			r = ' '
		}
		now.WriteRune(r)
		count++
		if strings.ContainsRune("。！？；!?;", r) || count >= maxSentence {
			end()
		}
	}
	end()
	return out
}
