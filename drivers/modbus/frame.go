// Package modbus speaks Modbus RTU (串行链路上的 Modbus) to boards with relays and contacts: read outputs, read inputs, switch one output.
package modbus

import "errors"

// Functions that boards with relays know.
const (
	readCoils  = 0x01
	readInputs = 0x02
	writeCoil  = 0x05
	refused    = 0x80 // added to the function by a board that does not do it
)

// crc is that of Modbus: 0xA001, begun with all bits set, sent low byte first.
func crc(b []byte) uint16 {
	c := uint16(0xFFFF)
	for _, x := range b {
		c ^= uint16(x)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xA001
			} else {
				c >>= 1
			}
		}
	}
	return c
}

// seal appends the checksum.
func seal(b []byte) []byte {
	c := crc(b)
	return append(b, byte(c), byte(c>>8))
}

func request(unit, function byte, a, b uint16) []byte {
	return seal([]byte{unit, function, byte(a >> 8), byte(a), byte(b >> 8), byte(b)})
}

var (
	errSum    = errors.New("checksum is wrong")
	errOther  = errors.New("answer of another board or to another question")
	errLength = errors.New("answer has not the length that was asked for")
)

// size is how long the answer that begins with b is; 0 as long as its beginning does not say.
func size(b []byte) int {
	switch {
	case len(b) < 2:
		return 0
	case b[1]&refused != 0:
		return 5
	case b[1] == writeCoil:
		return 8
	case len(b) < 3:
		return 0
	}
	return 5 + int(b[2])
}

// content is what a whole answer to a question holds: the bytes behind the head, or the code of a refusal.
func content(question, answer []byte) (data []byte, refusal byte, err error) {
	if len(answer) < 5 || len(answer) != size(answer) {
		return nil, 0, errLength
	}
	body := answer[:len(answer)-2]
	if c := crc(body); answer[len(answer)-2] != byte(c) || answer[len(answer)-1] != byte(c>>8) {
		return nil, 0, errSum
	}
	if body[0] != question[0] || body[1]&^refused != question[1] {
		return nil, 0, errOther
	}
	if body[1]&refused != 0 {
		return nil, body[2], nil
	}
	if question[1] == writeCoil {
		if string(answer) != string(question) { // a board repeats what it was told
			return nil, 0, errOther
		}
		return nil, 0, nil
	}
	if want := (int(question[4])<<8 + int(question[5]) + 7) / 8; len(body)-3 != want {
		return nil, 0, errLength
	}
	return body[3:], 0, nil
}

func bits(data []byte, n int) []bool {
	out := make([]bool, n)
	for i := range out {
		out[i] = data[i/8]>>(i%8)&1 != 0
	}
	return out
}
