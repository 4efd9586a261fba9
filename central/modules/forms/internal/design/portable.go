package design

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Portable reports why a pattern would not mean the same to every judge (正则通用性), "" when it does. What is let in is the
// common core of RE2 and of JavaScript with the u flag, read the same by both: literals, classes, groups without names,
// alternatives, counts, anchors, \d and \w. A dot is left out because it takes different line ends, \s and \b because they
// differ beyond ASCII.
func Portable(pattern string) string {
	if _, err := regexp.Compile(pattern); err != nil {
		return "写法读不出来"
	}
	if !strings.HasPrefix(pattern, "^") || !strings.HasSuffix(pattern, "$") || strings.HasSuffix(pattern, `\$`) {
		return "要以 ^ 开头、以 $ 结尾，管住整个内容"
	}
	r := []rune(pattern)
	for i := 0; i < len(r); i++ {
		switch c := r[i]; {
		case c == '\\':
			i++
			if i == len(r) || !strings.ContainsRune(`dw.^$*+?()[]{}|\/`, r[i]) {
				return fmt.Sprintf(`“\%s”各处的意思不一样，换一种写法`, string(r[min(i, len(r)-1)]))
			}
		case c == '.':
			return "“.”各处的意思不一样，请写明是哪些字符"
		case c == '[':
			end, why := class(r, i)
			if why != "" {
				return why
			}
			i = end
		case c == ']' || c == '}':
			return fmt.Sprintf("单独的“%c”要写成“\\%c”", c, c)
		case c == '(':
			if i+1 < len(r) && r[i+1] == '?' {
				if i+2 >= len(r) || r[i+2] != ':' {
					return "括号里的“?”只能写成“(?:”"
				}
				i += 2
			}
		case c == '{':
			end, ok := counted(r, i)
			if !ok {
				return "花括号只能写次数，如 {2} 或 {1,3}"
			}
			i = end
		case !unicode.IsPrint(c):
			return "有看不见的字符"
		}
	}
	return ""
}

// class reads [...] beginning at i and returns the place of its end.
func class(r []rune, i int) (end int, why string) {
	i++
	if i < len(r) && r[i] == '^' {
		i++
	}
	if i < len(r) && r[i] == ']' {
		return 0, "方括号里不能先写“]”"
	}
	for ; i < len(r); i++ {
		switch c := r[i]; {
		case c == ']':
			return i, ""
		case c == '[':
			return 0, "方括号里的“[”要写成“\\[”"
		case c == '\\':
			i++
			if i == len(r) || !strings.ContainsRune(`dw.^$*+?()[]{}|\/-`, r[i]) {
				return 0, "方括号里有各处意思不一样的写法"
			}
		case c == '&' || c == '~' || !unicode.IsPrint(c):
			return 0, "方括号里有不能用的字符"
		}
	}
	return 0, "方括号没有写完"
}

// counted reads {n}, {n,} or {n,m} beginning at i.
func counted(r []rune, i int) (end int, ok bool) {
	j := i + 1
	digits, commas := 0, 0
	for ; j < len(r) && r[j] != '}'; j++ {
		switch {
		case r[j] >= '0' && r[j] <= '9':
			digits++
		case r[j] == ',' && commas == 0 && digits > 0:
			commas++
		default:
			return 0, false
		}
	}
	return j, j < len(r) && digits > 0 && i > 0
}
