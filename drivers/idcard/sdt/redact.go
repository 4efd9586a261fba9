package sdt

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// redactor replaces the holder in recorded answers by a sample person of the same kind of card, so that the tape still
// plays through the whole driver. What is no good frame is blanked: it may be a piece of a record.
type redactor struct{ buf []byte }

// ToDevice implements drivers.Redactor: questions hold nothing personal.
func (r *redactor) ToDevice(p []byte) []byte { return p }

// FromDevice implements drivers.Redactor.
func (r *redactor) FromDevice(p []byte) []byte {
	r.buf = append(r.buf, p...)
	var out []byte
	for {
		i := bytes.Index(r.buf, preamble)
		if i < 0 {
			keep := max(0, len(r.buf)-len(preamble)+1)
			return append(out, make([]byte, r.cut(keep))...)
		}
		out = append(out, make([]byte, r.cut(i))...)
		if len(r.buf) < headLen {
			return out
		}
		n := int(binary.BigEndian.Uint16(r.buf[len(preamble):]))
		if n < minLen || n > maxLen {
			out = append(out, r.buf[:len(preamble)]...)
			r.cut(len(preamble))
			continue
		}
		if len(r.buf) < headLen+n {
			return out
		}
		out = append(out, harmless(r.buf[:headLen+n])...)
		r.cut(headLen + n)
	}
}

// Rest implements drivers.Redactor.
func (r *redactor) Rest() []byte {
	out := make([]byte, len(r.buf))
	if bytes.HasPrefix(r.buf, preamble) {
		copy(out, r.buf[:min(len(r.buf), headLen)])
	}
	r.buf = nil
	return out
}

func (r *redactor) cut(n int) int {
	r.buf = append(r.buf[:0], r.buf[n:]...)
	return n
}

// harmless is a whole frame without the holder. A wrong checksum stays wrong.
func harmless(whole []byte) []byte {
	body := bytes.Clone(whole[headLen : len(whole)-1])
	f := frame{data: body[3:]}
	copy(f.sw[:], body)
	text, _, card := blocks(f)
	switch {
	case card && xor(whole[len(preamble):]) == 0:
		sample := sampleText(text)
		blank(f.data[4:])
		copy(f.data[4:], sample)
	case len(f.data) == addedLen:
		copy(f.data, encodeUTF16("四川省绵阳市样例区通办路2号", addedLen))
	case len(f.data) != samLen: // the module's number is the reader's, not the holder's
		blank(f.data)
	}
	out := seal(body)
	if xor(whole[len(preamble):]) != 0 {
		out[len(out)-1] ^= 0x5A
	}
	return out
}

func blank(b []byte) {
	for i := range b {
		b[i] = 0
	}
}

// sampleText is a text block with the sample values of the same kind of card.
func sampleText(text []byte) []byte {
	out := encodeUTF16("", textLen)
	mark := binary.LittleEndian.Uint16(text[markAt:])
	l, ok := layoutFor(rune(mark))
	if !ok {
		return out
	}
	binary.LittleEndian.PutUint16(out[markAt:], mark)
	for _, f := range l.fields {
		copy(out[f.off:], encodeUTF16(f.sample, f.len))
	}
	return out
}

// encodeUTF16 fills n bytes with s and blanks.
func encodeUTF16(s string, n int) []byte {
	out := make([]byte, 0, n)
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	for len(out) < n {
		out = binary.LittleEndian.AppendUint16(out, ' ')
	}
	return out[:n]
}
