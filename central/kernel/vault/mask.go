package vault

import (
	"strings"
	"unicode"
)

// MaskID masks a resident ID or other paper number (证件号码): a resident number
// keeps county and tail, "510799********0018"; any other keeps its first and
// last two characters, and a short one nothing.
func MaskID(s string) string {
	s = strings.TrimSpace(s)
	r := []rune(s)
	switch {
	case s == "":
		return ""
	case resident(s):
		return s[:6] + strings.Repeat("*", len(s)-10) + s[len(s)-4:]
	case len(r) >= 7:
		return string(r[:2]) + strings.Repeat("*", len(r)-4) + string(r[len(r)-2:])
	}
	return strings.Repeat("*", len(r))
}

// resident reports whether s is shaped like a resident number of 18 or the old
// 15 characters.
func resident(s string) bool {
	if len(s) != 18 && len(s) != 15 {
		return false
	}
	for i, c := range s {
		if (c < '0' || c > '9') && !(i == 17 && (c == 'X' || c == 'x')) {
			return false
		}
	}
	return true
}

// MaskName masks a person's name (姓名): 周立明 → 周*明, 周明 → 周*, a single
// character → *, 迪丽热巴·木拉提 → 迪*提. The one star does not tell how long
// the name is.
func MaskName(s string) string {
	c := characters(strings.TrimSpace(s))
	switch len(c) {
	case 0:
		return ""
	case 1:
		return "*"
	case 2:
		return c[0] + "*"
	}
	return c[0] + "*" + c[len(c)-1]
}

// characters splits s into what a reader sees as characters: combining marks
// and variation selectors (which rare names carry) stay with their letter.
func characters(s string) []string {
	var out []string
	for _, r := range s {
		if len(out) > 0 && (unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == '\u200d') {
			out[len(out)-1] += string(r)
			continue
		}
		out = append(out, string(r))
	}
	return out
}

// MaskPhone masks a telephone number (电话): 138****0026. Of a number with an
// area code only the area code and the last two digits stay.
func MaskPhone(s string) string {
	s = strings.TrimSpace(s)
	if area, rest, ok := strings.Cut(s, "-"); ok && len(rest) >= 7 && len(area) <= 4 {
		return area + "-" + strings.Repeat("*", len(rest)-2) + rest[len(rest)-2:]
	}
	digits := strings.TrimPrefix(s, "+86")
	r := []rune(strings.TrimSpace(digits))
	switch {
	case len(r) == 0:
		return ""
	case len(r) >= 11:
		return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
	case len(r) >= 7:
		return strings.Repeat("*", len(r)-2) + string(r[len(r)-2:])
	}
	return strings.Repeat("*", len(r))
}

// MaskAddress masks an address (住址): the county or district stays, the rest
// becomes four stars: 四川省绵阳市涪城区****. Where no county is found, only the
// first two characters stay.
func MaskAddress(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	r := []rune(s)
	keep := 0
	for _, level := range levels {
		keep += level.head(r[keep:])
	}
	if keep == 0 {
		keep = min(2, len(r)-1)
	}
	return string(r[:keep]) + "****"
}

// level is one level of administrative units: how its names end.
type level []string

// Province, city, county (省、市、县三级). A level may be left out.
var levels = []level{
	{"省", "自治区", "特别行政区"},
	{"市", "自治州", "地区", "盟", "州"},
	{"区", "县", "旗", "市"},
}

// street are characters of roads, villages and housing estates: a name that
// has one is no unit of these levels, and 临园小区 is no district.
const street = "路街道巷弄镇乡村社小园苑号栋楼"

// head returns how many characters of r are a unit of this level, 0 when r
// does not begin with one.
func (l level) head(r []rune) int {
	for i := range min(len(r), 12) {
		if r[i] < 0x80 || strings.ContainsRune(street, r[i]) {
			return 0
		}
		for _, end := range l {
			if i >= 1 && i+1 > len([]rune(end)) && strings.HasSuffix(string(r[:i+1]), end) {
				return i + 1
			}
		}
	}
	return 0
}

// MaskBank masks a bank account number (银行卡号): only the last four digits stay, whatever its length.
func MaskBank(s string) string {
	s = strings.TrimSpace(s)
	r := []rune(s)
	switch {
	case len(r) == 0:
		return ""
	case len(r) >= 8:
		return strings.Repeat("*", len(r)-4) + string(r[len(r)-4:])
	}
	return strings.Repeat("*", len(r))
}
