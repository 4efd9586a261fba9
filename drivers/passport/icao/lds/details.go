package lds

import (
	"encoding/hex"
	"fmt"
	"strings"

	"tongban/drivers/passport/icao/tlv"
)

// Details are the additional data of the holder and of the document, groups 11 and 12 (补充信息). Personal data.
type Details struct {
	FullName       string // in the script of the country: 中文姓名
	PersonalNumber string
	Birth          string // YYYY-MM-DD
	BirthPlace     string
	Address        string
	Authority      string
	Issued         string // YYYY-MM-DD
}

func (Details) String() string { return "[补充信息]" }

// ParseDG11 reads the details of the holder. Absent ones stay empty.
func ParseDG11(b []byte) (Details, error) {
	v, err := tlv.Find(b, 0x6B)
	if err != nil {
		return Details{}, fmt.Errorf("data group 11: %w", err)
	}
	var d Details
	err = each(v, map[uint32]func([]byte){
		0x5F0E: func(b []byte) { d.FullName = name(b) },
		0x5F10: func(b []byte) { d.PersonalNumber = strings.Trim(printable(b), "<") },
		0x5F2B: func(b []byte) { d.Birth = date(b) },
		0x5F11: func(b []byte) { d.BirthPlace = name(b) },
		0x5F42: func(b []byte) { d.Address = name(b) },
	})
	if err != nil {
		return Details{}, fmt.Errorf("data group 11: %w", err)
	}
	return d, nil
}

// ParseDG12 reads the details of the document into the same shape.
func ParseDG12(b []byte) (Details, error) {
	v, err := tlv.Find(b, 0x6C)
	if err != nil {
		return Details{}, fmt.Errorf("data group 12: %w", err)
	}
	var d Details
	err = each(v, map[uint32]func([]byte){
		0x5F19: func(b []byte) { d.Authority = name(b) },
		0x5F26: func(b []byte) { d.Issued = date(b) },
	})
	if err != nil {
		return Details{}, fmt.Errorf("data group 12: %w", err)
	}
	return d, nil
}

func each(b []byte, take map[uint32]func([]byte)) error {
	nodes, err := tlv.All(b)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		if f := take[n.Tag]; f != nil {
			f(n.Value)
		}
	}
	return nil
}

// name turns fillers into blanks.
func name(b []byte) string {
	return strings.Join(strings.FieldsFunc(printable(b), func(r rune) bool { return r == '<' || r == ' ' }), " ")
}

// date reads eight digits, or the same packed into four bytes as older documents do. Anything else is left out.
func date(b []byte) string {
	s := string(b)
	if len(b) == 4 {
		s = hex.EncodeToString(b)
	}
	if len(s) != 8 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:]
}
