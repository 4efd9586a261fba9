package auth

import (
	_ "embed"
	"strings"
	"unicode"
)

// commonWords are what people here build passwords of (常见口令词): the usual words of the world's lists, pinyin, the city, the office and
// the product. One word a line; a line that begins with # is a note.
//
//go:embed common.txt
var commonWords string

var common = func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonWords) {
		if w := strings.TrimSpace(line); w != "" && !strings.HasPrefix(w, "#") {
			words[w] = true
		}
	}
	return words
}()

// rows are runs of neighbours: the keyboard's, forwards and as columns, and the obvious orders.
var rows = []string{
	"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "!@#$%^&*()",
	"qazwsxedcrfvtgbyhnujmikolp", "147258369", "159357", "123qweasdzxc",
}

// walk is how many neighbouring keys in a row make a walk.
const walk = 5

// Common reports whether a password is one that a guesser tries early (常见口令): a common word dressed with digits and signs, two common
// words, mostly a walk over the keyboard, a date, or one character again and again.
func Common(password string) bool {
	p := strings.ToLower(password)
	runes := []rune(p)
	distinct := map[rune]bool{}
	for _, r := range runes {
		distinct[r] = true
	}
	if len(distinct) < 5 {
		return true
	}
	if 2*walked(p) > len(runes) {
		return true
	}
	bare := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, core := range []string{bare, undress(bare), undress(strings.TrimRightFunc(p, unicode.IsPunct))} {
		core = strings.TrimFunc(core, func(r rune) bool { return !unicode.IsLetter(r) })
		if common[core] || twoWords(core) {
			return true
		}
	}
	return len([]rune(bare)) <= 3 && dated(p)
}

// undress takes back the usual stand-ins: p@ssw0rd is password.
func undress(s string) string {
	return strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "l", "!", "i", "3", "e", "5", "s", "$", "s", "7", "t").Replace(s)
}

// twoWords reports whether s is two common words side by side, perhaps with signs or digits between.
func twoWords(s string) bool {
	for i := 3; i < len(s)-2; i++ {
		left := strings.TrimRightFunc(s[:i], func(r rune) bool { return !unicode.IsLetter(r) })
		right := strings.TrimLeftFunc(s[i:], func(r rune) bool { return !unicode.IsLetter(r) })
		if common[left] && common[right] {
			return true
		}
	}
	return false
}

// walked counts the characters that lie in walks, in either direction.
func walked(p string) int {
	n := 0
	for i := 0; i < len(p); {
		best := 0
		for _, row := range rows {
			best = max(best, along(p[i:], row), along(p[i:], reverse(row)))
		}
		if best >= walk {
			n += best
			i += best
		} else {
			i++
		}
	}
	return n
}

// along is how far p follows row from wherever its first character lies.
func along(p, row string) int {
	best := 0
	for at := range len(row) {
		n := 0
		for n < len(p) && at+n < len(row) && p[n] == row[at+n] {
			n++
		}
		best = max(best, n)
	}
	return best
}

func reverse(s string) string {
	r := []byte(s)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// dated reports whether the digits of p are a year or a date: a birthday with two letters is no secret.
func dated(p string) bool {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, p)
	return len(digits) >= 6 && (strings.HasPrefix(digits, "19") || strings.HasPrefix(digits, "20"))
}
