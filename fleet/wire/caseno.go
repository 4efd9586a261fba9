package wire

import (
	"fmt"
	"strings"
	"time"
)

// CaseNo makes a case number (办件编号) such as MY261126-001-0017-5: date, terminal number, the terminal's own count and
// a check digit. It is made on the terminal so that a slip printed offline carries the final number.
//
// number is 1 to 999, seq 1 to 9999 and never reused by a terminal on the same day. The check digit is ISO/IEC 7064
// MOD 11,10 over the thirteen digits: it finds every single wrong digit and nearly every swap of neighbours.
func CaseNo(day time.Time, number, seq int) (string, error) {
	if number < 1 || number > 999 || seq < 1 || seq > 9999 {
		return "", fmt.Errorf("case number out of range: terminal %d, count %d", number, seq)
	}
	d := day.Format("060102")
	digits := fmt.Sprintf("%s%03d%04d", d, number, seq)
	return fmt.Sprintf("MY%s-%03d-%04d-%c", d, number, seq, checkDigit(digits)), nil
}

// ParseCaseNo brings a typed number into its written form: lower case, spaces, missing dashes and a missing MY are
// forgiven; a wrong check digit is not.
func ParseCaseNo(s string) (string, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "－", "", "—", "").Replace(s))
	s = strings.TrimPrefix(s, "MY")
	if len(s) != 14 {
		return "", fmt.Errorf("case number has %d digits, want 14", len(s))
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return "", fmt.Errorf("case number holds %q", c)
		}
	}
	if checkDigit(s[:13]) != s[13] {
		return "", fmt.Errorf("case number's check digit is wrong")
	}
	return fmt.Sprintf("MY%s-%s-%s-%s", s[:6], s[6:9], s[9:13], s[13:]), nil
}

func checkDigit(digits string) byte {
	p := 10
	for i := range len(digits) {
		s := (p + int(digits[i]-'0')) % 10
		if s == 0 {
			s = 10
		}
		p = s * 2 % 11
	}
	return byte('0' + (11-p)%10)
}
