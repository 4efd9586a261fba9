// Package tlv takes apart and puts together the data objects of smart cards (BER-TLV 数据对象), by ISO/IEC 7816-4. Only
// definite lengths exist there, and no file of a document is near a megabyte: everything else is refused, never guessed.
package tlv

import (
	"errors"
	"fmt"
)

// MaxLen is the longest value taken, in bytes.
const MaxLen = 1 << 20

// maxNodes bounds a list, so that a hostile chip cannot make the program busy with empty objects.
const maxNodes = 4096

// ErrShort means that the object goes on behind the end of the bytes.
var ErrShort = errors.New("object is cut short")

// Node is one data object.
type Node struct {
	Tag   uint32 // all its bytes, big endian: 0x5F1F
	Value []byte
}

// Header reads tag and length only: the size of the header and of the value in bytes. A reader needs it to know how much
// of a file to fetch.
func Header(b []byte) (tag uint32, head, size int, err error) {
	if len(b) == 0 {
		return 0, 0, 0, ErrShort
	}
	tag, i := uint32(b[0]), 1
	if b[0]&0x1F == 0x1F {
		for more := true; more; i++ {
			if i >= len(b) {
				return 0, 0, 0, ErrShort
			}
			if i > 2 {
				return 0, 0, 0, errors.New("tag is longer than three bytes")
			}
			tag, more = tag<<8|uint32(b[i]), b[i]&0x80 != 0
		}
	}
	if i >= len(b) {
		return 0, 0, 0, ErrShort
	}
	n := int(b[i])
	i++
	if n < 0x80 {
		return tag, i, n, nil
	}
	count := n & 0x7F
	if count == 0 || count > 4 {
		return 0, 0, 0, fmt.Errorf("length of %d bytes is not served", count)
	}
	if i+count > len(b) {
		return 0, 0, 0, ErrShort
	}
	size = 0
	for _, c := range b[i : i+count] {
		size = size<<8 | int(c)
	}
	if size > MaxLen {
		return 0, 0, 0, errors.New("object is longer than any file of a document")
	}
	return tag, i + count, size, nil
}

// Next reads the first object of b and returns what stands behind it.
func Next(b []byte) (Node, []byte, error) {
	tag, head, size, err := Header(b)
	if err != nil {
		return Node{}, nil, err
	}
	if head+size > len(b) {
		return Node{}, nil, ErrShort
	}
	return Node{Tag: tag, Value: b[head : head+size]}, b[head+size:], nil
}

// All reads b to its end.
func All(b []byte) ([]Node, error) {
	var out []Node
	for len(b) > 0 {
		if len(out) == maxNodes {
			return nil, errors.New("too many objects")
		}
		n, rest, err := Next(b)
		if err != nil {
			return nil, err
		}
		out, b = append(out, n), rest
	}
	return out, nil
}

// Find returns the value of the first object with tag.
func Find(b []byte, tag uint32) ([]byte, error) {
	for len(b) > 0 {
		n, rest, err := Next(b)
		if err != nil {
			return nil, err
		}
		if n.Tag == tag {
			return n.Value, nil
		}
		b = rest
	}
	return nil, fmt.Errorf("no object %X", tag)
}

// Path goes down through nested objects and returns the innermost value.
func Path(b []byte, tags ...uint32) ([]byte, error) {
	var err error
	for _, t := range tags {
		if b, err = Find(b, t); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// Encode writes one object; several parts are its value in a row.
func Encode(tag uint32, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	var out []byte
	for shift := 24; shift >= 0; shift -= 8 {
		if b := byte(tag >> shift); len(out) > 0 || b != 0 || shift == 0 { // #nosec G115 -- a length or tag byte by byte, as the card protocol wants it; lengths are bounded by the protocol
			out = append(out, b)
		}
	}
	switch {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}
