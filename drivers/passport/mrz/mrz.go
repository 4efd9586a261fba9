// Package mrz reads machine readable zones (机读区) of passports, cards and travel permits by ICAO 9303: TD1 (three lines of
// 30), TD2 (two of 36), TD3 (two of 44) and the visas of the same sizes, and the exit-entry permits of the mainland of
// 2014 (往来港澳通行证、往来台湾通行证), which look like TD1 and are ordered otherwise.
package mrz

import (
	"fmt"
	"strings"
	"time"
)

// Formats.
const (
	TD1      = "TD1"
	TD2      = "TD2"
	TD3      = "TD3"
	CNPermit = "CN-permit"
)

// Zone is what a machine readable zone says. Personal data: String shows the format only.
type Zone struct {
	Format      string  `json:"format"`
	Type        string  `json:"type"`   // document code: P, PO, ID, CS
	Issuer      string  `json:"issuer"` // three letters
	Number      string  `json:"number"`
	Surname     string  `json:"surname,omitempty"`
	GivenNames  string  `json:"given_names,omitempty"`
	NameCN      string  `json:"name_cn,omitempty"`
	Nationality string  `json:"nationality,omitempty"`
	Birth       string  `json:"birth,omitempty"` // YYYY-MM-DD; a part that the zone leaves open is 00
	Sex         string  `json:"sex,omitempty"`   // male, female, unknown
	Expires     string  `json:"expires,omitempty"`
	Optional    string  `json:"optional,omitempty"`
	Checks      []Check `json:"checks"`
}

// Check is one check digit.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
}

func (z Zone) String() string { return "[机读区 " + z.Format + "]" }

// Valid reports whether every check digit is right.
func (z Zone) Valid() bool {
	for _, c := range z.Checks {
		if !c.OK {
			return false
		}
	}
	return len(z.Checks) > 0
}

// Wrong lists the check digits that are not.
func (z Zone) Wrong() []string {
	var out []string
	for _, c := range z.Checks {
		if !c.OK {
			out = append(out, c.Name)
		}
	}
	return out
}

// Parse reads a zone as a file or a reader gives it: lines with any line end, perhaps within STX and ETX. Years have two
// digits; at decides their century. An error means that it is no zone; wrong check digits are in Checks.
func Parse(text string, at time.Time) (Zone, error) {
	lines, err := split(text)
	if err != nil {
		return Zone{}, err
	}
	r := reader{lines: lines, at: at}
	switch n, l := len(lines), len(lines[0]); {
	case n == 3 && l == 30 && (strings.HasPrefix(lines[0], "CS") || strings.HasPrefix(lines[0], "CD")):
		r.z.Format = CNPermit
		r.permit()
	case n == 3 && l == 30 && permitOrder(lines, at):
		r.z.Format = CNPermit
		r.permit()
	case n == 3 && l == 30:
		r.z.Format = TD1
		r.td1()
	case n == 2 && l == 36:
		r.z.Format = TD2
		r.td2()
	case n == 2 && l == 44:
		r.z.Format = TD3
		r.td3()
	default:
		return Zone{}, fmt.Errorf("%d lines of %d characters are no machine readable zone", n, l)
	}
	return r.z, r.err
}

// split takes the lines and refuses what no zone contains. It names places, never contents.
func split(text string) ([]string, error) {
	if len(text) > 4096 {
		return nil, fmt.Errorf("%d bytes are no machine readable zone", len(text))
	}
	var lines []string
	for _, l := range strings.FieldsFunc(text, func(r rune) bool { return r == '\r' || r == '\n' || r == '\x02' || r == '\x03' || r == '\uFEFF' }) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("nothing to read")
	}
	for i, l := range lines {
		if len(l) != len(lines[0]) {
			return nil, fmt.Errorf("line %d has %d characters, line 1 has %d", i+1, len(l), len(lines[0]))
		}
		for j := range len(l) {
			if _, ok := value(l[j]); !ok {
				return nil, fmt.Errorf("line %d, place %d: not a letter, a digit or <", i+1, j+1)
			}
		}
	}
	return lines, nil
}

// value is what a character counts in a check digit.
func value(c byte) (int, bool) {
	switch {
	case c == '<':
		return 0, true
	case c >= '0' && c <= '9':
		return int(c - '0'), true
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10, true
	}
	return 0, false
}

// Digit is the check digit of s with the weights 7, 3, 1.
func Digit(s string) byte {
	sum := 0
	for i := range len(s) {
		v, _ := value(s[i])
		sum += v * [3]int{7, 3, 1}[i%3]
	}
	return byte('0' + sum%10)
}
