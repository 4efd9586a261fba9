package serial

import (
	"strings"
	"testing"

	"tongban/drivers"
)

func TestParse(t *testing.T) {
	for name, c := range map[string]struct {
		in, text, symbology, encoding string
		aim                           bool
		err                           error
	}{
		"qr":            {in: "]Q1abc", text: "abc", symbology: "qr", encoding: "ascii", aim: true},
		"utf-8":         {in: "]Q1样例", text: "样例", symbology: "qr", encoding: "utf-8", aim: true},
		"gb18030":       {in: "]Q1\xD1\xF9\xC0\xFD", text: "样例", symbology: "qr", encoding: "gb18030", aim: true},
		"ean8":          {in: "]E496385074", text: "96385074", symbology: "ean8", encoding: "ascii", aim: true},
		"ean13 wrong":   {in: "]E06901234567893", aim: true, err: errCheck},
		"ean13 letters": {in: "]E0690123456789x", aim: true, err: errCheck},
		"gs1":           {in: "]C101\x1d10", text: "01\x1d10", symbology: "gs1-128", encoding: "ascii", aim: true},
		"stx":           {in: "\x02]C0A", text: "A", symbology: "code128", encoding: "ascii", aim: true},
		"plain":         {in: "]Q1abc", text: "]Q1abc", symbology: "unknown", encoding: "ascii"},
		"no identifier": {in: "abcdef", aim: true, err: errNoAIM},
		"odd letter":    {in: "]y1abc", aim: true, err: errNoAIM},
		"empty":         {in: "]Q1", aim: true, err: errEmpty},
		"nul":           {in: "]Q1a\x00b", aim: true, err: errControl},
		"neither":       {in: "]Q1\xFF\xFFab", aim: true, err: errText},
	} {
		b, err := parse([]byte(c.in), c.aim)
		if err != c.err || err == nil && (b.Text != c.text || b.Symbology != c.symbology || b.Encoding != c.encoding) { //nolint:errorlint // exactly these
			t.Errorf("%s: %+v %v", name, b, err)
		}
	}
}

func TestParams(t *testing.T) {
	for _, p := range []drivers.Params{{"suffix": "x"}, {"gap": "1s"}, {"aim": "maybe"}, {"trigger_on": "1"}, {"other": "x"}, {"aim": 1}} {
		if _, err := decodeParams(p); err == nil {
			t.Errorf("%v: taken", p)
		}
	}
}

func TestRedactor(t *testing.T) {
	got := string(new(redactor).FromDevice([]byte("]Q1http://x/51079919900101\r")))
	if got != "]Q1XXXXXXXXX00000000000000\r" {
		t.Errorf("%q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("]Q1\xD1\xF9\xC0\xFD"), true)
	f.Add([]byte("]E06901234567892"), true)
	f.Fuzz(func(t *testing.T, in []byte, aim bool) {
		b, err := parse(in, aim)
		if err == nil && (b.Text == "" || b.Encoding == "" || strings.ContainsRune(b.Text, 0)) {
			t.Fatalf("%+v", b)
		}
	})
}
