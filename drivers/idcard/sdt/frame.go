package sdt

import (
	"bytes"
	"encoding/binary"
)

// Frames of the security module, both ways, Len big-endian and counting what follows it:
//
//	to the reader    AA AA AA 96 69 | Len Len | CMD Para [Data]       | CHK
//	from the reader  AA AA AA 96 69 | Len Len | SW1 SW2 SW3 [Data]    | CHK
//
// CHK is the exclusive or of all from Len to the last data byte.
var preamble = []byte{0xAA, 0xAA, 0xAA, 0x96, 0x69}

const (
	headLen = 7    // preamble and Len
	minLen  = 4    // SW1 SW2 SW3 CHK
	maxLen  = 2400 // the longest answer has 2314; more is a garbled length
)

// request builds a frame to the reader.
func request(cmd, para byte, data ...byte) []byte {
	return seal(append([]byte{cmd, para}, data...))
}

// seal puts preamble, length and checksum around a body.
func seal(body []byte) []byte {
	f := append(make([]byte, 0, headLen+len(body)+1), preamble...)
	f = binary.BigEndian.AppendUint16(f, uint16(len(body)+1)) //nolint:gosec // bodies are shorter than maxLen
	f = append(f, body...)
	return append(f, xor(f[len(preamble):]))
}

func xor(b []byte) byte {
	var x byte
	for _, c := range b {
		x ^= c
	}
	return x
}

// frame is one whole answer.
type frame struct {
	sw   [3]byte
	data []byte
}

// event is what the scanner found.
type event int

const (
	evNone    event = iota // nothing whole yet
	evFrame                // a good frame
	evDamaged              // a frame whose length or checksum is wrong
)

// scanner finds answers in a stream of bytes that may begin anywhere, break off and carry noise.
type scanner struct {
	buf  []byte
	junk int // bytes that belong to no frame, since reset
}

func (s *scanner) reset() { s.buf, s.junk = s.buf[:0], 0 }

func (s *scanner) feed(b []byte) { s.buf = append(s.buf, b...) }

// waiting reports that the start of a frame waits for its rest.
func (s *scanner) waiting() bool { return len(s.buf) >= len(preamble) }

// next returns what is complete. A damaged frame gives up its preamble only: what its length claimed may hide a good one.
func (s *scanner) next() (frame, event) {
	i := bytes.Index(s.buf, preamble)
	if i < 0 {
		keep := max(0, len(s.buf)-len(preamble)+1)
		for keep < len(s.buf) && !bytes.HasPrefix(preamble, s.buf[keep:]) {
			keep++
		}
		s.junk += keep
		s.drop(keep)
		return frame{}, evNone
	}
	s.junk += i
	s.drop(i)
	if len(s.buf) < headLen {
		return frame{}, evNone
	}
	n := int(binary.BigEndian.Uint16(s.buf[len(preamble):]))
	if n < minLen || n > maxLen {
		s.giveUp()
		return frame{}, evDamaged
	}
	if len(s.buf) < headLen+n {
		return frame{}, evNone
	}
	whole := s.buf[:headLen+n]
	if xor(whole[len(preamble):]) != 0 { // the checksum folded in makes zero
		s.giveUp()
		return frame{}, evDamaged
	}
	body := whole[headLen : len(whole)-1]
	f := frame{sw: [3]byte(body), data: bytes.Clone(body[3:])}
	s.drop(len(whole))
	return f, evFrame
}

// giveUp drops the preamble at the start, so that the search goes on behind it.
func (s *scanner) giveUp() {
	s.junk += len(preamble)
	s.drop(len(preamble))
}

func (s *scanner) drop(n int) { s.buf = append(s.buf[:0], s.buf[n:]...) }
