// Package lds reads the files of a travel document (逻辑数据结构 LDS), by ICAO 9303-10: EF.COM, the data groups 1 (zone), 2
// (face), 11 and 12 (details), 14 and EF.CardAccess (protocols). Contents come from a chip that anybody may have made:
// each length is checked, nothing here can panic, and errors name places, never contents.
package lds

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"tongban/drivers/passport/icao/tlv"
)

// File identifiers.
const (
	FileCardAccess uint16 = 0x011C
	FileCOM        uint16 = 0x011E
	FileSOD        uint16 = 0x011D
)

// FileDG is the identifier of a data group, 1 to 16.
func FileDG(n int) uint16 { return 0x0100 + uint16(n&0x1F) }

// tags of the data groups, by number.
var tags = [17]byte{0, 0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70} //nolint:gochecknoglobals // a table

// COM is the table of contents (目录).
type COM struct {
	Version string
	Groups  []int
}

// ParseCOM reads EF.COM. Tags that no standard names are left out.
func ParseCOM(b []byte) (COM, error) {
	v, err := tlv.Find(b, 0x60)
	if err != nil {
		return COM{}, fmt.Errorf("EF.COM: %w", err)
	}
	var c COM
	if version, err := tlv.Find(v, 0x5F01); err == nil && len(version) <= 8 {
		c.Version = printable(version)
	}
	list, err := tlv.Find(v, 0x5C)
	if err != nil {
		return COM{}, fmt.Errorf("EF.COM: %w", err)
	}
	for _, t := range list {
		for n := 1; n <= 16; n++ {
			if tags[n] == t {
				c.Groups = append(c.Groups, n)
			}
		}
	}
	return c, nil
}

// ParseDG1 reads the machine readable zone and breaks it into lines: 90 characters are three lines, 72 and 88 are two.
func ParseDG1(b []byte) (string, error) {
	v, err := tlv.Path(b, 0x61, 0x5F1F)
	if err != nil {
		return "", fmt.Errorf("data group 1: %w", err)
	}
	width := map[int]int{90: 30, 72: 36, 88: 44}[len(v)]
	if width == 0 {
		return "", fmt.Errorf("data group 1: a zone of %d characters", len(v))
	}
	var lines []string
	for ; len(v) > 0; v = v[width:] {
		lines = append(lines, string(v[:width]))
	}
	return strings.Join(lines, "\n"), nil
}

// Image formats.
const (
	JPEG     = "jpeg"
	JPEG2000 = "jp2"
)

// Face is the portrait (人像). Personal data: it shows its size only.
type Face struct {
	Format        string
	Width, Height int
	Image         []byte
}

func (f Face) String() string { return fmt.Sprintf("[人像 %s %d×%d]", f.Format, f.Width, f.Height) }

// ParseDG2 reads the first face of data group 2: a face record of ISO/IEC 19794-5 within biometric templates.
func ParseDG2(b []byte) (Face, error) {
	group, err := tlv.Path(b, 0x75, 0x7F61, 0x7F60)
	if err != nil {
		return Face{}, fmt.Errorf("data group 2: %w", err)
	}
	record, err := tlv.Find(group, 0x5F2E)
	if err != nil {
		if record, err = tlv.Find(group, 0x7F2E); err != nil {
			return Face{}, fmt.Errorf("data group 2: %w", err)
		}
	}
	f, err := face(record)
	if err != nil {
		return Face{}, fmt.Errorf("data group 2: %w", err)
	}
	return f, nil
}

var errFace = errors.New("face record is malformed")

// face reads: "FAC\0" "010\0" length(4) faces(2), then for the first face length(4) points(2) details(14), eight bytes per
// feature point, type(1) coding(1) width(2) height(2) details(6), image.
func face(b []byte) (Face, error) {
	const header, details, image = 14, 20, 12
	if len(b) < header+details+image || string(b[:4]) != "FAC\x00" || binary.BigEndian.Uint16(b[12:]) == 0 {
		return Face{}, errFace
	}
	b = b[header:]
	size, points := int(binary.BigEndian.Uint32(b)), int(binary.BigEndian.Uint16(b[4:]))
	if size > len(b) || size < details+8*points+image {
		return Face{}, errFace
	}
	i := b[details+8*points : size]
	f := Face{Width: int(binary.BigEndian.Uint16(i[2:])), Height: int(binary.BigEndian.Uint16(i[4:])), Image: i[image:]}
	switch { // by its content: the coding byte is wrong on documents in the field
	case strings.HasPrefix(string(f.Image), "\xFF\xD8\xFF"):
		f.Format = JPEG
	case strings.HasPrefix(string(f.Image), "\x00\x00\x00\x0CjP  "), strings.HasPrefix(string(f.Image), "\xFF\x4F\xFF\x51"):
		f.Format = JPEG2000
	default:
		return Face{}, fmt.Errorf("%w: neither JPEG nor JPEG 2000", errFace)
	}
	return f, nil
}

// printable drops what is not text.
func printable(b []byte) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F || r == '\uFFFD' {
			return -1
		}
		return r
	}, string(b)))
}
