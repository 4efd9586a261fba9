package brightness

import "errors"

// Addresses of a screen on its wires. The first is where it listens; the others are how both sides call themselves in messages.
const (
	slave   = 0x37
	display = 0x6E
	host    = 0x51
	reader  = 0x50 // stands for the host in the check byte of answers
)

// Parts of a message of DDC/CI (VESA DDC/CI 1.1, MCCS 2.2).
const (
	lengthMark    = 0x80
	opGet         = 0x01
	opAnswer      = 0x02
	opSet         = 0x03
	codeLuminance = 0x10
	answerSize    = 11 // of the answer to opGet, whole
)

var (
	errNull    = errors.New("the screen has no answer yet")
	errGarbled = errors.New("the screen's answer is garbled")
	errRefused = errors.New("the screen does not know brightness")
)

// request frames a message to the screen, without the address that the bus itself sends.
func request(content ...byte) []byte {
	b := append([]byte{host, lengthMark | byte(len(content))}, content...) //nolint:gosec // five bytes at most
	return append(b, check(display, b))
}

func askLuminance() []byte { return request(opGet, codeLuminance) }

func setLuminance(v uint16) []byte {
	return request(opSet, codeLuminance, byte(v>>8), byte(v)) //nolint:gosec // halves of a word
}

func check(start byte, b []byte) byte {
	for _, x := range b {
		start ^= x
	}
	return start
}

// luminance is the content of an answer.
type luminance struct{ now, most uint16 }

// parse reads an answer. The wires carry as many bytes as were asked for: behind a short message there is nothing of meaning.
func parse(b []byte) (luminance, error) {
	if len(b) < 3 || b[0] != display || b[1]&lengthMark == 0 {
		return luminance{}, errGarbled
	}
	n := int(b[1] &^ lengthMark)
	if n+3 > len(b) || check(reader, b[:n+2]) != b[n+2] {
		return luminance{}, errGarbled
	}
	if n == 0 {
		return luminance{}, errNull
	}
	m := b[2 : n+2]
	if len(m) != answerSize-3 || m[0] != opAnswer || m[2] != codeLuminance {
		return luminance{}, errGarbled // also an answer to what somebody else has asked
	}
	l := luminance{most: uint16(m[4])<<8 | uint16(m[5]), now: uint16(m[6])<<8 | uint16(m[7])}
	if m[1] != 0 || l.most == 0 {
		return luminance{}, errRefused
	}
	if l.now > l.most {
		return luminance{}, errGarbled
	}
	return l, nil
}
