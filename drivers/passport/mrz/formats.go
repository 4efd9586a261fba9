package mrz

import (
	"fmt"
	"strings"
	"time"
)

// reader takes a zone apart, field by field.
type reader struct {
	lines []string
	at    time.Time
	z     Zone
	err   error
}

func (r *reader) get(line, from, to int) string { return r.lines[line][from:to] }

// check notes whether digit belongs to s. A field that is empty throughout may carry < for its digit.
func (r *reader) check(name, s string, digit byte) {
	ok := digit == Digit(s) || digit == '<' && strings.Trim(s, "<") == ""
	r.z.Checks = append(r.z.Checks, Check{name, ok})
}

func trim(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool { return c == '<' }), " ")
}

// name splits at the first double filler: what stands before it is the surname.
func (r *reader) name(s string) {
	sur, given, _ := strings.Cut(s, "<<")
	r.z.Surname, r.z.GivenNames = trim(sur), trim(given)
}

func (r *reader) sex(c byte) {
	r.z.Sex = map[byte]string{'M': "male", 'F': "female"}[c]
	if r.z.Sex == "" {
		r.z.Sex = "unknown"
	}
}

// date turns YYMMDD into YYYY-MM-DD. A birth lies in the last hundred years; an expiry within fifty years on either side.
// Parts that nobody knows are fillers and become 00.
func (r *reader) date(name, s string, birth bool) string {
	if strings.Trim(s, "<") == "" {
		return ""
	}
	s = strings.ReplaceAll(s, "<", "0")
	var y, m, d int
	if n, _ := fmt.Sscanf(s, "%2d%2d%2d", &y, &m, &d); n != 3 {
		r.fail(name)
		return ""
	}
	now := r.at.Year()
	y += now - now%100
	switch {
	case birth && y > now:
		y -= 100
	case !birth && y > now+50:
		y -= 100
	case !birth && y < now-50:
		y += 100
	}
	if m == 0 || d == 0 {
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Day() != d || int(t.Month()) != m {
		r.fail(name)
		return ""
	}
	return t.Format(time.DateOnly)
}

func (r *reader) fail(field string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s is not a date", field)
	}
}

// number reads a document number of nine places. A longer one has < for its digit and goes on in the optional data, whose
// last character before a filler is then the digit.
func (r *reader) number(nine string, digit byte, optional string) {
	rest, _, _ := strings.Cut(optional, "<")
	if digit != '<' || len(rest) < 2 {
		r.z.Number, r.z.Optional = trim(nine), trim(optional)
		r.check("document number", nine, digit)
		return
	}
	whole := nine + rest[:len(rest)-1]
	r.z.Number = trim(whole)
	r.z.Optional = trim(optional[len(rest):])
	r.check("document number", whole, rest[len(rest)-1])
}

// dates reads birth, its digit, sex, expiry, its digit: the same eight places and more in every format of ICAO.
func (r *reader) dates(s string) {
	r.z.Birth = r.date("birth", s[0:6], true)
	r.check("birth", s[0:6], s[6])
	r.sex(s[7])
	r.z.Expires = r.date("expiry", s[8:14], false)
	r.check("expiry", s[8:14], s[14])
}

func (r *reader) td1() {
	r.z.Type, r.z.Issuer = trim(r.get(0, 0, 2)), trim(r.get(0, 2, 5))
	r.number(r.get(0, 5, 14), r.lines[0][14], r.get(0, 15, 30))
	r.dates(r.get(1, 0, 15))
	r.z.Nationality = trim(r.get(1, 15, 18))
	r.z.Optional = strings.TrimSpace(r.z.Optional + " " + trim(r.get(1, 18, 29)))
	r.check("composite", r.get(0, 5, 30)+r.get(1, 0, 7)+r.get(1, 8, 15)+r.get(1, 18, 29), r.lines[1][29])
	r.name(r.get(2, 0, 30))
}

func (r *reader) td2() {
	r.z.Type, r.z.Issuer = trim(r.get(0, 0, 2)), trim(r.get(0, 2, 5))
	r.name(r.get(0, 5, 36))
	r.z.Nationality = trim(r.get(1, 10, 13))
	if r.lines[0][0] == 'V' { // a visa has no overall digit
		r.number(r.get(1, 0, 9), r.lines[1][9], "")
		r.dates(r.get(1, 13, 28))
		r.z.Optional = trim(r.get(1, 28, 36))
		return
	}
	r.number(r.get(1, 0, 9), r.lines[1][9], r.get(1, 28, 35))
	r.dates(r.get(1, 13, 28))
	r.check("composite", r.get(1, 0, 10)+r.get(1, 13, 20)+r.get(1, 21, 35), r.lines[1][35])
}

func (r *reader) td3() {
	r.z.Type, r.z.Issuer = trim(r.get(0, 0, 2)), trim(r.get(0, 2, 5))
	r.name(r.get(0, 5, 44))
	r.z.Nationality = trim(r.get(1, 10, 13))
	r.number(r.get(1, 0, 9), r.lines[1][9], "")
	r.dates(r.get(1, 13, 28))
	if r.lines[0][0] == 'V' {
		r.z.Optional = trim(r.get(1, 28, 44))
		return
	}
	r.z.Optional = trim(r.get(1, 28, 42))
	r.check("optional data", r.get(1, 28, 42), r.lines[1][42])
	r.check("composite", r.get(1, 0, 10)+r.get(1, 13, 20)+r.get(1, 21, 43), r.lines[1][43])
}
