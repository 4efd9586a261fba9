package sdt

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"tongban/drivers"
)

// plain is a record without its manners, which would hide it from the diff.
type plain drivers.IDCard

// block lays out a text block by hand, from the protocol table and not from the driver's own.
func block(places map[int]string) []byte {
	b := make([]byte, 256)
	for i := 0; i < 256; i += 2 {
		b[i] = ' '
	}
	for off, s := range places {
		for i, u := range utf16.Encode([]rune(s)) {
			binary.LittleEndian.PutUint16(b[off+2*i:], u)
		}
	}
	return b
}

func resident() map[int]string {
	return map[int]string{
		0: "周立明", 30: "1", 32: "01", 36: "19900101", 52: "四川省绵阳市样例区通办路1号", 122: "510799199001010018",
		158: "绵阳市公安局样例分局", 188: "20160520", 204: "20360520",
	}
}

func TestParseText(t *testing.T) {
	for name, c := range map[string]struct {
		in   map[int]string
		want drivers.IDCard
	}{
		"resident": {resident(), drivers.IDCard{
			Type: drivers.CardResident, Name: "周立明", Sex: "male", Nation: "01", Birth: "1990-01-01",
			Address: "四川省绵阳市样例区通办路1号", IDNumber: "510799199001010018", Issuer: "绵阳市公安局样例分局", ValidFrom: "2016-05-20", ValidTo: "2036-05-20",
		}},
		"long term, rare name, unknown sex": {with(resident(), 0, "吴𠮷㐂", 30, "9", 204, "长期    "), drivers.IDCard{
			Type: drivers.CardResident, Name: "吴𠮷㐂", Sex: "unknown", Nation: "01",
			Birth: "1990-01-01", Address: "四川省绵阳市样例区通办路1号", IDNumber: "510799199001010018", Issuer: "绵阳市公安局样例分局", ValidFrom: "2016-05-20", ValidTo: "long-term",
		}},
		"hmt": {with(resident(), 32, "  ", 220, "H07990001", 238, "01", 248, "J"), drivers.IDCard{
			Type: drivers.CardHMT, Name: "周立明", Sex: "male", Birth: "1990-01-01",
			Address: "四川省绵阳市样例区通办路1号", IDNumber: "510799199001010018", Issuer: "绵阳市公安局样例分局", ValidFrom: "2016-05-20", ValidTo: "2036-05-20", PermitNumber: "H07990001", IssueCount: "01",
		}},
		"foreign 2017": {
			map[int]string{0: "HARRINGTON, BEATRICE ELEANOR", 120: "2", 122: "CAN519985031507", 152: "CAN", 158: "毕雅静", 188: "20210601", 204: "20310601", 220: "19850315", 236: "01", 240: "5107", 248: "I"},
			drivers.IDCard{Type: drivers.CardForeign2017, Name: "毕雅静", NameEN: "HARRINGTON, BEATRICE ELEANOR", Sex: "female", Nationality: "CAN", Birth: "1985-03-15", PermitNumber: "CAN519985031507", ValidFrom: "2021-06-01", ValidTo: "2031-06-01"},
		},
		"foreign 2023, name cut at a blank": {
			map[int]string{0: "安德明", 30: "1", 32: "00", 36: "19850315", 52: "ABCDEFGHIJ KLMNOPQRST UVWXYZABCDEF ", 122: "951124198503150015", 188: "20240115", 204: "20340115", 220: "GHI JKL", 242: "CAN", 248: "Y", 250: "031"},
			drivers.IDCard{Type: drivers.CardForeign2023, Name: "安德明", NameEN: "ABCDEFGHIJ KLMNOPQRST UVWXYZABCDEF GHI JKL", Sex: "male", Nationality: "CAN", Birth: "1985-03-15", IDNumber: "951124198503150015", IssueCount: "00", ValidFrom: "2024-01-15", ValidTo: "2034-01-15"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := block(c.in)
			got, _, err := parseText(b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plain(c.want), plain(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if odd(b) && got.Type != drivers.CardForeign2023 {
				t.Error("an ordinary card looks odd")
			}
		})
	}
}

func with(m map[int]string, pairs ...any) map[int]string {
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(int)] = pairs[i+1].(string)
	}
	return m
}

func TestParseTextFaults(t *testing.T) {
	for name, c := range map[string]struct {
		in     map[int]string
		reason drivers.Reason
	}{
		"unknown mark":     {with(resident(), 248, "Q"), drivers.ReasonCardUnknown},
		"no name":          {with(resident(), 0, "   "), drivers.ReasonCardUnreadable},
		"no number":        {with(resident(), 122, strings.Repeat(" ", 18)), drivers.ReasonCardUnreadable},
		"birth on 30 Feb":  {with(resident(), 36, "19900230"), drivers.ReasonCardUnreadable},
		"long-term birth":  {with(resident(), 36, "长期      "), drivers.ReasonCardUnreadable},
		"validity garbled": {with(resident(), 188, "2016O520"), drivers.ReasonCardUnreadable},
	} {
		_, _, err := parseText(block(c.in))
		f := drivers.Fault(err)
		if f == nil || f.Reason != c.reason {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
			continue
		}
		for _, personal := range []string{"周立明", "510799", "1990", "2016"} {
			if strings.Contains(err.Error(), personal) {
				t.Errorf("%s: the error shows the holder: %v", name, err)
			}
		}
	}
}

// What does not agree is a warning to the operator without any value, and reason enough to read again.
func TestWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		in   map[int]string
		want string
	}{
		"none":        {resident(), ""},
		"check digit": {with(resident(), 122, "510799199001010019"), "check digit"},
		"birth":       {with(resident(), 36, "19900102"), "differ"},
		"validity":    {with(resident(), 204, "20160519"), "before it begins"},
	} {
		_, warning, err := parseText(block(c.in))
		if err != nil || c.want == "" && warning != "" || !strings.Contains(warning, c.want) {
			t.Errorf("%s: %q %v", name, warning, err)
		}
		if odd(block(c.in)) != (c.want != "") {
			t.Errorf("%s: odd is %v", name, !odd(block(c.in)))
		}
	}
	for name, places := range map[string]map[int]string{
		"control character": with(resident(), 52, "四川\x07"), "text behind the filling": with(resident(), 0, "周立明    X"),
		"reserved place": with(resident(), 250, "Z"), "underscore": with(resident(), 158, "绵阳_"),
	} {
		if !odd(block(places)) {
			t.Errorf("%s does not look odd", name)
		}
	}
}

func TestCheckDigit(t *testing.T) {
	for no, want := range map[string]bool{
		"510799199001010018": true, "11010519491231002X": true, "11010519491231002x": false, "510799199001010017": false,
		"51079919900101001": false, "5107991990010100A8": false, "": false,
	} {
		if got := checkDigit(no); got != want {
			t.Errorf("%q: %v", no, got)
		}
	}
}

func FuzzParseText(f *testing.F) {
	f.Add(block(resident()))
	f.Add(block(with(resident(), 248, "J")))
	f.Add(block(map[int]string{0: "A B", 120: "1", 122: "CAN1", 188: "20200101", 204: "20300101", 220: "19900101", 248: "I"}))
	f.Add(block(map[int]string{0: "安", 36: "19900101", 52: "A", 122: "9", 188: "20200101", 204: "20300101", 248: "Y"}))
	f.Add(make([]byte, 256))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, _, err := parseText(b)
		odd2 := len(b) == textLen && odd(b)
		if err != nil {
			if c.IDNumber != "" || c.Name != "" {
				t.Error("a refused record still carries the holder")
			}
			if len(b) == textLen && !odd2 {
				t.Error("a refused record does not look odd")
			}
			return
		}
		if c.Type == "" || len(c.Birth) != 10 || strings.TrimSpace(c.IDNumber+c.PermitNumber) == "" {
			t.Errorf("accepted: %+v", plain(c))
		}
		if strings.HasPrefix(c.Name, " ") || strings.HasSuffix(c.NameEN, " ") {
			t.Errorf("not trimmed: %q %q", c.Name, c.NameEN)
		}
	})
}
