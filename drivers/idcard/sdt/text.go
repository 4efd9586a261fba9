package sdt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"

	"tongban/drivers"
)

type part = func(c *drivers.IDCard) *string

// text is a field that is taken as it stands.
func text(p part) func(*drivers.IDCard, string) error {
	return func(c *drivers.IDCard, s string) error { *p(c) = trim(s); return nil }
}

// joined is a field that goes on in another place: blanks at the seam are part of it.
func joined(p part) func(*drivers.IDCard, string) error {
	return func(c *drivers.IDCard, s string) error {
		*p(c) = strings.ReplaceAll(*p(c)+s, "\x00", " ")
		return nil
	}
}

var errEmpty = errors.New("a field that must not be empty is")

// needed is a field without which a card is none.
func needed(f func(*drivers.IDCard, string) error) func(*drivers.IDCard, string) error {
	return func(c *drivers.IDCard, s string) error {
		if trim(s) == "" {
			return errEmpty
		}
		return f(c, s)
	}
}

func putSex(c *drivers.IDCard, s string) error {
	switch trim(s) {
	case "1":
		c.Sex = "male"
	case "2":
		c.Sex = "female"
	default:
		c.Sex = "unknown" // '0' unknown, '9' unstated
	}
	return nil
}

// putNation keeps codes of GB/T 3304 and drops what is none: a wrong nation on a form is worse than an empty field.
func putNation(c *drivers.IDCard, s string) error {
	s = trim(s)
	if len(s) == 2 && s >= "01" && s <= "56" || s == "97" || s == "98" {
		c.Nation = s
	}
	return nil
}

const longTerm = "long-term"

// date turns YYYYMMDD into YYYY-MM-DD; "长期" has no end.
func date(name string, p part) func(*drivers.IDCard, string) error {
	return func(c *drivers.IDCard, s string) error {
		if s = trim(s); s == "长期" && name == "valid to" {
			*p(c) = longTerm
			return nil
		}
		d, err := time.Parse("20060102", s)
		if err != nil {
			return fmt.Errorf("%s is not a date", name) // never the value: it is personal
		}
		*p(c) = d.Format(time.DateOnly)
		return nil
	}
}

// parseText reads the text block of any kind of card. The warning is for the operator and names no value.
func parseText(b []byte) (card drivers.IDCard, warning string, err error) {
	if len(b) != textLen {
		return card, "", unreadable(fmt.Errorf("text block of %d bytes", len(b)))
	}
	l, ok := layoutFor(rune(binary.LittleEndian.Uint16(b[markAt:])))
	if !ok {
		return card, "", &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonCardUnknown, Detail: "card of a kind that has no layout here"}
	}
	card.Type = l.kind
	for _, f := range l.fields {
		if err := f.put(&card, decodeUTF16(b[f.off:f.off+f.len])); err != nil {
			return drivers.IDCard{}, "", unreadable(err)
		}
	}
	card.NameEN = trim(card.NameEN)
	return card, check(card), nil
}

func unreadable(err error) error {
	return &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonCardUnreadable, Detail: "record: " + err.Error()}
}

func decodeUTF16(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// trim takes off what fields are filled with: blanks, and zeros with some issuers.
func trim(s string) string { return strings.Trim(s, " \x00\u3000") }

// check looks whether the record agrees with itself. What does not is told to the operator and not to the citizen: the
// card is what it is, and old ones carry mistakes.
func check(c drivers.IDCard) string {
	switch {
	case c.IDNumber != "" && !checkDigit(c.IDNumber):
		return "last record: check digit of the ID number does not match"
	case len(c.IDNumber) == 18 && c.IDNumber[6:14] != strings.ReplaceAll(c.Birth, "-", ""):
		return "last record: birth and ID number differ"
	case c.ValidTo != longTerm && c.ValidTo < c.ValidFrom:
		return "last record: validity ends before it begins"
	}
	return ""
}

// checkDigit verifies the last of 18 places by GB 11643 (ISO 7064 MOD 11-2).
func checkDigit(no string) bool {
	if len(no) != 18 {
		return false
	}
	rest := 0
	for i := range 17 {
		if no[i] < '0' || no[i] > '9' {
			return false
		}
		rest = (rest + int(no[i]-'0')) * 2 % 11
	}
	return "10X98765432"[rest] == no[17]
}

// samNumber writes the number of the security module as it stands on its label; it names the reader for inventory.
func samNumber(b []byte) string {
	le := binary.LittleEndian
	return fmt.Sprintf("%02d.%02d-%d-%010d-%010d", b[0], b[2], le.Uint32(b[4:]), le.Uint32(b[8:]), le.Uint32(b[12:]))
}
