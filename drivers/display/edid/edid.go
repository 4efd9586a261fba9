// Package edid reads what a screen says of itself (EDID 显示器标识数据): the base block of VESA E-EDID, 128 bytes.
package edid

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Info is what the base block holds.
type Info struct {
	Maker    string // three letters
	Product  uint16
	Serial   string
	Name     string
	WidthMM  int // 0: not said, as by a projector
	HeightMM int
	Width    int // of the preferred mode, in pixels
	Height   int
	Year     int
}

// Errors of blocks.
var (
	ErrShort = errors.New("EDID breaks off")
	ErrHead  = errors.New("EDID does not begin as one")
	ErrSum   = errors.New("checksum of EDID is wrong")
)

// Block is the length of the base block; extensions follow it and are not read.
const Block = 128

const (
	firstDescriptor = 54
	descriptorLen   = 18
	tagName         = 0xFC
	tagSerial       = 0xFF
)

// Parse reads the base block. One whose checksum is wrong is not believed: half of what it says would be another screen's.
func Parse(b []byte) (Info, error) {
	if len(b) < Block {
		return Info{}, ErrShort
	}
	b = b[:Block]
	if string(b[:8]) != "\x00\xff\xff\xff\xff\xff\xff\x00" {
		return Info{}, ErrHead
	}
	sum := byte(0)
	for _, x := range b {
		sum += x
	}
	if sum != 0 {
		return Info{}, ErrSum
	}
	i := Info{Maker: maker(binary.BigEndian.Uint16(b[8:])), Product: binary.LittleEndian.Uint16(b[10:]), Year: 1990 + int(b[17])}
	if n := binary.LittleEndian.Uint32(b[12:]); n != 0 {
		i.Serial = fmt.Sprint(n)
	}
	if b[21] > 0 && b[22] > 0 { // one of them alone is a ratio
		i.WidthMM, i.HeightMM = int(b[21])*10, int(b[22])*10
	}
	for n := range 4 {
		i.descriptor(b[firstDescriptor+n*descriptorLen:][:descriptorLen], n == 0)
	}
	return i, nil
}

// maker is three letters of five bits each.
func maker(v uint16) string {
	out := make([]byte, 3)
	for i := range out {
		c := byte(v>>(10-5*i))&31 + 'A' - 1
		if c < 'A' || c > 'Z' {
			return ""
		}
		out[i] = c
	}
	return string(out)
}

// descriptor reads a text, or a timing: the first is the mode that the screen prefers, and its size is exact to the millimetre.
func (i *Info) descriptor(d []byte, first bool) {
	if d[0] == 0 && d[1] == 0 {
		switch d[3] {
		case tagName:
			i.Name = text(d[5:])
		case tagSerial:
			i.Serial = text(d[5:])
		}
		return
	}
	if !first {
		return
	}
	i.Width, i.Height = int(d[2])|int(d[4]>>4)<<8, int(d[5])|int(d[7]>>4)<<8
	w, h := int(d[12])|int(d[14]>>4)<<8, int(d[13])|int(d[14]&15)<<8
	if near(w, i.WidthMM) && near(h, i.HeightMM) {
		i.WidthMM, i.HeightMM = w, h
	}
}

// near: some screens write a ratio such as 16 by 9 there.
func near(mm, whole int) bool { return mm > 0 && mm >= whole-10 && mm <= whole+10 }

// text ends with a line feed and is filled up with spaces.
func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || r > 0x7E {
			return -1
		}
		return r
	}, s))
}
