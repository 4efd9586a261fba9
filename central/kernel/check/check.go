// Package check verifies the numbers people type and read aloud (号码校验): the citizen's ID number (公民身份号码), the unified social
// credit code (统一社会信用代码), the identifier of an electronic licence (电子证照标识) and the code of an item (实施编码).
//
// A verdict is valid, a warning, or invalid. Warnings are for what is unusual but exists, such as a region code that was abolished:
// real people carry those, and a program that refuses them turns them away. A number that is right but badly written (lower case,
// spaces inside) is invalid and comes with the form it should have, so that a field may offer it instead of silently changing what
// was typed. Nothing here looks anything up; a valid number says that it is well formed, never that it was issued.
package check

import (
	"fmt"
	"strings"
)

// Kind is the kind of number.
type Kind string

// The kinds Verify knows; the values are those of the command line.
const (
	ID      Kind = "id"      // 公民身份号码, GB 11643
	USCC    Kind = "uscc"    // 统一社会信用代码, GB 32100 with GB 11714 inside
	Licence Kind = "licence" // 电子证照标识, check character by ISO 7064 MOD 37,36
	Task    Kind = "task"    // 实施编码 31 characters, or 办理项编码 33
)

// Kinds lists them in the order a person would look for them.
func Kinds() []Kind { return []Kind{ID, USCC, Licence, Task} }

// State is the outcome.
type State string

// The three outcomes.
const (
	Valid   State = "valid"
	Warning State = "warning"
	Invalid State = "invalid"
)

// Verdict says what is wrong and how to repair it. Message is Chinese, for the field the number was typed into, and never contains
// the number itself, because it may end up in a log. Normalised is the number in the form it should be stored in; for an invalid
// number it is only a proposal to check again.
type Verdict struct {
	State      State
	Message    string
	Normalised string
}

// OK reports whether the number may be used: valid, or valid with a warning.
func (v Verdict) OK() bool { return v.State != Invalid }

// String is the form of the command line: "valid", "warning: …" or "invalid: …". It does not contain the number.
func (v Verdict) String() string {
	if v.State == Valid {
		return string(Valid)
	}
	return fmt.Sprintf("%s: %s", v.State, v.Message)
}

// Verify checks value as a number of the kind. White space around it is ignored.
func Verify(kind Kind, value string) Verdict {
	trimmed := strings.TrimSpace(value)
	normal := Normalise(trimmed)
	if trimmed == "" {
		return invalid("", "没有填")
	}
	if normal != trimmed {
		return invalid(normal, rewrite(trimmed))
	}
	switch kind {
	case ID:
		return verifyID(normal)
	case USCC:
		return verifyUSCC(normal)
	case Licence:
		return verifyLicence(normal)
	case Task:
		return verifyTask(normal)
	}
	return invalid(normal, "不认识的号码种类，可选 id、uscc、licence、task、case")
}

// Normalise writes a number the way it is stored: half-width characters, upper case, no spaces.
func Normalise(value string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' || r == '\u3000':
			return -1
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, value)
}

func rewrite(s string) string {
	if strings.ToUpper(s) == Normalise(s) {
		return "字母要大写"
	}
	return "中间不能有空格，字母和数字要用半角"
}

func valid(normal string) Verdict { return Verdict{State: Valid, Normalised: normal} }

func warning(normal, message string) Verdict {
	return Verdict{State: Warning, Message: message, Normalised: normal}
}

func invalid(normal, message string) Verdict {
	return Verdict{State: Invalid, Message: message, Normalised: normal}
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
