package paper

import "strings"

// Characters by how they behave at the edges of a line (标点避头尾).
const (
	closing  = "、，。：；！？）》」』】〕〉］｝”’…—·％‰℃々ー,.:;!?)]}%"
	opening  = "（《「『【〔〈［｛“‘￥＄([{"
	unitWord = "年月日时分份页项条款个号元级楼室天次人件张栏米位"
)

// noStart reports that a line must not begin with r, noEnd that it must not end with it.
func noStart(r rune) bool { return strings.ContainsRune(closing, r) }
func noEnd(r rune) bool   { return strings.ContainsRune(opening, r) }

// squeezable are the full-width marks whose blank half may go when another mark stands next to them.
func blankAfter(r rune) bool {
	return strings.ContainsRune("、，。：；）》」』】〕〉］｝”’", r)
}
func blankBefore(r rune) bool { return strings.ContainsRune("（《「『【〔〈［｛“‘", r) }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// isWord reports the characters of words, numbers, codes and addresses, which are not broken inside.
func isWord(r rune) bool { return r > ' ' && r < 0x7f || r >= 0xc0 && r <= 0x24f }

// mayBreak reports whether a line may end between a and b, given what stands before a.
func mayBreak(before, a, b rune) bool {
	switch {
	case b == ' ':
		return false // the space hangs over the edge
	case a == ' ':
		// 31 日 and 12 号 stay together.
		return !(isDigit(before) && strings.ContainsRune(unitWord, b))
	case noStart(b) || noEnd(a):
		return false
	case isWord(a) && isWord(b):
		return false
	case a == b && (a == '—' || a == '…'):
		return false
	case isDigit(a) && strings.ContainsRune(unitWord, b):
		return false
	case a == '第' && isDigit(b):
		return false
	}
	return true
}
