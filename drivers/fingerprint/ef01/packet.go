package ef01

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Kinds of packets.
const (
	kindCommand = 0x01
	kindData    = 0x02
	kindAck     = 0x07
	kindLast    = 0x08
)

const (
	headLen    = 9 // EF 01, address, kind, length
	sumLen     = 2
	maxContent = 256
)

// packet is one frame of the line: EF 01 | address(4) | kind | length(2) | content | sum(2).
type packet struct {
	kind    byte
	content []byte
}

func (p packet) encode(address uint32) []byte {
	out := binary.BigEndian.AppendUint32([]byte{0xEF, 0x01}, address)
	out = append(out, p.kind)
	out = binary.BigEndian.AppendUint16(out, uint16(len(p.content)+sumLen)) //nolint:gosec // bounded by maxContent
	out = append(out, p.content...)
	return binary.BigEndian.AppendUint16(out, sum(out[6:]))
}

func sum(b []byte) uint16 {
	var s uint16
	for _, c := range b {
		s += uint16(c)
	}
	return s
}

var errSum = errors.New("checksum is wrong")

// cut takes the first packet off b. Without a whole one ok is false; what cannot begin a packet is dropped.
func cut(b []byte, address uint32) (p packet, rest []byte, ok bool, err error) {
	mark := binary.BigEndian.AppendUint32([]byte{0xEF, 0x01}, address)
	for {
		i := bytes.Index(b, mark)
		if i < 0 {
			return packet{}, b[max(0, len(b)-len(mark)+1):], false, nil
		}
		if b = b[i:]; len(b) < headLen {
			return packet{}, b, false, nil
		}
		n := int(binary.BigEndian.Uint16(b[7:]))
		if n < sumLen || n > maxContent+sumLen {
			b = b[1:]
			continue
		}
		if len(b) < headLen+n {
			return packet{}, b, false, nil
		}
		end := headLen + n
		if sum(b[6:end-sumLen]) != binary.BigEndian.Uint16(b[end-sumLen:]) {
			return packet{}, b[end:], true, errSum
		}
		return packet{kind: b[6], content: bytes.Clone(b[headLen : end-sumLen])}, b[end:], true, nil
	}
}
