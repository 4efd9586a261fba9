package render

import "bytes"

// command is one command or one run of text.
type command struct {
	at   int    // offset in the stream
	name string // as in the manuals: "ESC @", "GS v 0", "text", "LF"
	args []byte // after the name's bytes
}

// shapes says how many bytes follow a command, for those of fixed length.
var shapes = map[string]int{
	"ESC @": 0, "ESC a": 1, "ESC E": 1, "ESC G": 1, "ESC -": 1, "ESC !": 1, "ESC d": 1, "ESC J": 1, "ESC 2": 0, "ESC 3": 1, "ESC $": 2,
	"ESC \\": 2, "ESC t": 1, "ESC R": 1, "ESC M": 1, "ESC V": 1, "ESC {": 1, "ESC  ": 1, "ESC p": 3, "ESC i": 0, "ESC m": 0, "ESC c": 2,
	"ESC =": 1, "ESC S": 0, "ESC L": 0, "ESC T": 1, "ESC W": 8, "ESC r": 1,
	"FS &": 0, "FS .": 0, "FS !": 1, "FS -": 1, "FS S": 2, "FS W": 1, "FS C": 1, "FS p": 2,
	"GS !": 1, "GS B": 1, "GS L": 2, "GS W": 2, "GS a": 1, "GS r": 1, "GS I": 1, "GS h": 1, "GS w": 1, "GS H": 1, "GS f": 1, "GS P": 2,
	"GS g": 4, "GS b": 1, "GS $": 2, "GS \\": 2, "GS T": 1, "GS /": 1, "GS :": 0, "GS j": 1, "GS ^": 3,
	"DLE EOT": 1, "DLE ENQ": 1,
}

// split cuts the stream into commands. Bytes that fit no command are reported and skipped two at a time, as printers do.
func split(b []byte, rep *Report) []command {
	var out []command
	for at := 0; at < len(b); {
		c, n := next(b[at:])
		switch {
		case n == 0:
			rep.problem(at, "command %s is cut short by the end of the data", c.name)
			return out
		case c.name == "":
			rep.problem(at, "unknown command % X", b[at:at+n])
			at += n
			continue
		}
		c.at = at
		out = append(out, c)
		at += n
	}
	return out
}

// next reads the first command of b and its length; 0 when the data ends within it, no name when it is unknown.
func next(b []byte) (command, int) {
	prefix := map[byte]string{0x1B: "ESC ", 0x1C: "FS ", 0x1D: "GS ", 0x10: "DLE "}[b[0]]
	if prefix == "" {
		return plain(b)
	}
	if len(b) < 2 {
		return command{name: prefix + "?"}, 0
	}
	name := prefix + string(rune(b[1]))
	if b[0] == 0x10 {
		name = prefix + map[byte]string{0x04: "EOT", 0x05: "ENQ", 0x14: "DC4"}[b[1]]
	}
	args, ok := argLength(name, b[2:])
	switch {
	case !ok:
		return command{}, 2
	case args < 0 || len(b) < 2+args:
		return command{name: name}, 0
	}
	if name == "GS v" {
		name = "GS v 0"
	}
	return command{name: name, args: b[2 : 2+args]}, 2 + args
}

func plain(b []byte) (command, int) {
	switch {
	case b[0] == '\n':
		return command{name: "LF"}, 1
	case b[0] < 0x20:
		return command{name: "control", args: b[:1]}, 1
	}
	n := 0
	for n < len(b) && b[n] >= 0x20 {
		n++
	}
	return command{name: "text", args: b[:n]}, n
}

// argLength is the number of argument bytes, -1 when the data ends before it is known; ok is false for a command that
// nobody knows.
func argLength(name string, rest []byte) (int, bool) {
	need := func(n int, f func() int) (int, bool) {
		if len(rest) < n {
			return -1, true
		}
		return f(), true
	}
	word := func(i int) int { return int(rest[i]) | int(rest[i+1])<<8 }
	switch name {
	case "GS v":
		return need(6, func() int { return 6 + word(2)*word(4) })
	case "GS (", "FS (", "ESC (":
		return need(3, func() int { return 3 + word(1) })
	case "GS 8":
		return need(5, func() int { return 5 + (word(1) | word(3)<<16) })
	case "GS V":
		return need(1, func() int {
			if rest[0] >= 65 {
				return 2
			}
			return 1
		})
	case "GS k":
		return need(2, func() int {
			if rest[0] >= 65 {
				return 2 + int(rest[1])
			}
			if i := bytes.IndexByte(rest[1:], 0); i >= 0 {
				return 2 + i
			}
			return -1
		})
	case "ESC *":
		return need(3, func() int {
			if rest[0] >= 32 {
				return 3 + 3*word(1)
			}
			return 3 + word(1)
		})
	case "ESC D":
		if i := bytes.IndexByte(rest, 0); i >= 0 {
			return i + 1, true
		}
		return -1, true
	case "DLE DC4":
		return need(1, func() int { return max(1, map[byte]int{1: 3, 2: 3, 3: 3, 7: 2, 8: 8}[rest[0]]) })
	}
	n, ok := shapes[name]
	return n, ok
}
