package typeface

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/tdewolff/font"
)

// assemble writes the tables of a font as a file. The library's own writer puts the time of day into the head table, which would make
// two copies of the same paper differ; here the table keeps the date of the font it came from.
func assemble(sfnt *font.SFNT) []byte {
	const header, record = 12, 16
	tags := make([]string, 0, len(sfnt.Tables))
	for tag := range sfnt.Tables {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	n := len(tags)
	selector := bits.Len(uint(n)) - 1
	searchRange := record << selector

	out := make([]byte, header+record*n)
	binary.BigEndian.PutUint32(out, 0x00010000)
	binary.BigEndian.PutUint16(out[4:], uint16(n))                     // #nosec G115 -- tables of a font of ours, far below 4 GiB
	binary.BigEndian.PutUint16(out[6:], uint16(searchRange))           // #nosec G115 -- tables of a font of ours, far below 4 GiB
	binary.BigEndian.PutUint16(out[8:], uint16(selector))              // #nosec G115 -- tables of a font of ours, far below 4 GiB
	binary.BigEndian.PutUint16(out[10:], uint16(record*n-searchRange)) // #nosec G115 -- tables of a font of ours, far below 4 GiB
	adjustment := -1
	for i, tag := range tags {
		offset := len(out)
		out = append(out, sfnt.Tables[tag]...)
		length := len(out) - offset
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
		if tag == "head" {
			adjustment = offset + 8
			binary.BigEndian.PutUint32(out[adjustment:], 0)
		}
		at := out[header+record*i:]
		copy(at, tag)
		binary.BigEndian.PutUint32(at[4:], checksum(out[offset:]))
		binary.BigEndian.PutUint32(at[8:], uint32(offset))  // #nosec G115 -- tables of a font of ours, far below 4 GiB
		binary.BigEndian.PutUint32(at[12:], uint32(length)) // #nosec G115 -- tables of a font of ours, far below 4 GiB
	}
	if adjustment >= 0 {
		binary.BigEndian.PutUint32(out[adjustment:], 0xB1B0AFBA-checksum(out))
	}
	return out
}

// checksum is the sum of the big-endian words, as the font format wants it.
func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	return sum
}
