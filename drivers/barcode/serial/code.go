package serial

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tongban/drivers"
)

// symbologies by the letter of the AIM identifier (ISO/IEC 15424).
var symbologies = map[byte]string{
	'A': "code39", 'C': "code128", 'E': "ean13", 'e': "databar", 'F': "codabar", 'G': "code93", 'I': "itf", 'L': "pdf417", 'Q': "qr",
	'd': "datamatrix", 'z': "aztec", 'h': "hanxin", 'X': "other",
}

// symbology reads an identifier such as "]Q1"; the modifier tells some apart.
func symbology(aim string) string {
	switch aim {
	case "]E4":
		return "ean8"
	case "]C1":
		return "gs1-128"
	}
	return symbologies[aim[1]]
}

var (
	errEmpty   = errors.New("code without content")
	errControl = errors.New("code holds bytes that no code holds")
	errText    = errors.New("code is neither UTF-8 nor GB18030")
	errNoAIM   = errors.New("code without its AIM identifier")
	errCheck   = errors.New("check digit is wrong")
)

// parse reads the content of one frame. A code is not believed when its check digit, or a byte of it, is wrong: a wrong
// case number is worse than a second try.
func parse(frame []byte, wantAIM bool) (drivers.Barcode, error) {
	b := drivers.Barcode{Symbology: "unknown"}
	frame = bytes.TrimPrefix(frame, []byte{0x02}) // STX of readers that frame with STX and ETX
	if wantAIM {
		if len(frame) < 3 || frame[0] != ']' || symbologies[frame[1]] == "" || !strings.ContainsRune("0123456789ABCDEFabcdefm", rune(frame[2])) {
			return b, errNoAIM
		}
		b.AIM = string(frame[:3])
		b.Symbology, frame = symbology(b.AIM), frame[3:]
	}
	if len(frame) == 0 {
		return b, errEmpty
	}
	for _, c := range frame {
		if c == 0x7F || c < 0x20 && !bytes.ContainsRune([]byte("\t\r\n\x1d\x1e\x04"), rune(c)) { // GS, RS, EOT belong to GS1 and ANSI codes
			return b, errControl
		}
	}
	b.Bytes = bytes.Clone(frame)
	var err error
	if b.Text, b.Encoding, err = text(frame); err != nil {
		return b, err
	}
	if (b.Symbology == "ean13" || b.Symbology == "ean8") && !checkEAN(b.Text) {
		return b, errCheck
	}
	return b, nil
}

// text reads UTF-8, and what is not that as GB18030: codes in Chinese are printed in either, and none says which.
func text(b []byte) (s, encoding string, err error) {
	if utf8.Valid(b) {
		if strings.IndexFunc(string(b), func(r rune) bool { return r >= 0x80 }) < 0 {
			return string(b), "ascii", nil
		}
		return string(b), "utf-8", nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", "", errText
	}
	return string(out), "gb18030", nil
}

// checkEAN verifies the last digit of EAN-13, UPC-A and EAN-8.
func checkEAN(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			d *= 3
		}
		sum += d
	}
	return sum%10 == 0 && (len(s) == 8 || len(s) == 12 || len(s) == 13)
}
