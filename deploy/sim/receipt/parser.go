package receipt

import "bytes"

// op is one command or one run of text as it stands in the stream.
type op struct {
	kind string // "text", "dle", "esc", "fs", "gs", "lf", "ctl", "unknown"
	cmd  byte   // the letter after the prefix
	args []byte // everything after the letter
	raw  []byte
}

// maxData bounds the data of one command; a longer one is taken for line noise.
const maxData = 8 << 20

const (
	dle = 0x10
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// parser cuts the byte stream into commands.
type parser struct{ buf []byte }

// feed takes bytes as they come; the pieces of a command may arrive one by one.
func (p *parser) feed(b []byte) []op {
	p.buf = append(p.buf, b...)
	var out []op
	for len(p.buf) > 0 {
		o, n := cutOp(p.buf)
		if n == 0 {
			break
		}
		o.raw = bytes.Clone(p.buf[:n])
		if len(o.args) > 0 {
			o.args = o.raw[n-len(o.args):]
		}
		p.buf = p.buf[n:]
		out = append(out, o)
	}
	return out
}

// midway says whether a command waits for its rest.
func (p *parser) midway() bool { return len(p.buf) > 0 }

func (p *parser) reset() { p.buf = nil }

// cutOp returns the first command of b and its length, or 0 if more bytes are needed.
func cutOp(b []byte) (op, int) {
	switch b[0] {
	case dle:
		return prefixed("dle", b, dleArgs)
	case esc:
		return prefixed("esc", b, escArgs)
	case fs:
		return prefixed("fs", b, fsArgs)
	case gs:
		return prefixed("gs", b, gsArgs)
	case '\n':
		return op{kind: "lf"}, 1
	}
	if b[0] < 0x20 {
		return op{kind: "ctl", cmd: b[0]}, 1
	}
	n := 1
	for n < len(b) && b[n] >= 0x20 {
		n++
	}
	return op{kind: "text", args: b[:n]}, n
}

// Results of an argument rule other than a length.
const (
	more    = -1 // cannot tell yet
	unknown = -2
)

func prefixed(kind string, b []byte, rule func(cmd byte, rest []byte) int) (op, int) {
	if len(b) < 2 {
		return op{}, 0
	}
	n := rule(b[1], b[2:])
	switch {
	case n == unknown || n > maxData:
		return op{kind: "unknown", cmd: b[1]}, 2
	case n == more || len(b) < 2+n:
		return op{}, 0
	}
	return op{kind: kind, cmd: b[1], args: b[2 : 2+n]}, 2 + n
}

func dleArgs(cmd byte, rest []byte) int {
	switch cmd {
	case 0x04, 0x05:
		return 1
	case 0x14:
		if len(rest) == 0 {
			return more
		}
		switch rest[0] {
		case 1, 2:
			return 3
		case 7:
			return 2
		case 8:
			return 8
		}
	}
	return unknown
}

// Argument counts of the plain commands.
var (
	escPlain = map[byte]int{'@': 0, 'a': 1, 'E': 1, 'G': 1, '-': 1, '!': 1, 'd': 1, 'J': 1, '2': 0, '3': 1, '$': 2, '\\': 2, 't': 1,
		'R': 1, 'M': 1, 'V': 1, '{': 1, ' ': 1, 'p': 3, 'i': 0, 'm': 0, 'c': 2, 'S': 0, 'L': 0, 'T': 1, 'W': 8, '=': 1, 'r': 1, 'e': 1, 'K': 1}
	fsPlain = map[byte]int{'&': 0, '.': 0, '!': 1, '-': 1, 'S': 2, 'W': 1, 'C': 1, 'p': 2}
	gsPlain = map[byte]int{'!': 1, 'B': 1, 'L': 2, 'W': 2, 'a': 1, 'r': 1, 'I': 1, 'h': 1, 'w': 1, 'H': 1, 'f': 1, 'P': 2, 'g': 4,
		'b': 1, 'c': 0, '$': 2, '\\': 2, 'T': 1, '^': 3, '/': 1, ':': 0, 'j': 1}
)

func escArgs(cmd byte, rest []byte) int {
	switch cmd {
	case '*': // m nL nH, then columns of one or three bytes
		if len(rest) < 3 {
			return more
		}
		n := int(rest[1]) | int(rest[2])<<8
		if rest[0] >= 32 {
			n *= 3
		}
		return 3 + n
	case 'D':
		return untilNUL(rest)
	}
	return plain(escPlain, cmd)
}

func fsArgs(cmd byte, rest []byte) int {
	if cmd == '(' {
		return counted(rest)
	}
	return plain(fsPlain, cmd)
}

func gsArgs(cmd byte, rest []byte) int {
	switch cmd {
	case '(':
		return counted(rest)
	case 'V':
		if len(rest) == 0 {
			return more
		}
		if rest[0] >= 65 {
			return 2
		}
		return 1
	case 'k':
		return barcodeArgs(rest)
	case 'v': // 0 m xL xH yL yH, then the dots
		if len(rest) < 6 {
			return more
		}
		return 6 + (int(rest[2])|int(rest[3])<<8)*(int(rest[4])|int(rest[5])<<8)
	case '8':
		if len(rest) < 5 {
			return more
		}
		return 5 + (int(rest[1]) | int(rest[2])<<8 | int(rest[3])<<16 | int(rest[4])<<24)
	}
	return plain(gsPlain, cmd)
}

func barcodeArgs(rest []byte) int {
	if len(rest) < 2 {
		return more
	}
	if rest[0] >= 65 {
		return 2 + int(rest[1])
	}
	if n := untilNUL(rest[1:]); n >= 0 {
		return 1 + n
	}
	return more
}

// counted is the shape "letter pL pH data" of the bracket commands.
func counted(rest []byte) int {
	if len(rest) < 3 {
		return more
	}
	return 3 + (int(rest[1]) | int(rest[2])<<8)
}

func untilNUL(rest []byte) int {
	if i := bytes.IndexByte(rest, 0); i >= 0 {
		return i + 1
	}
	if len(rest) > 255 {
		return unknown
	}
	return more
}

func plain(table map[byte]int, cmd byte) int {
	if n, ok := table[cmd]; ok {
		return n
	}
	return unknown
}
