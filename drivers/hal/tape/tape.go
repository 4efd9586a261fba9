// Package tape records what goes over a port and plays it back as a test (录制带). A tape is a text file that a reviewer
// can read; a driver that sends one byte else than on the tape, or leaves something on it, has changed.
package tape

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// magic is the first line of every tape.
const magic = "tongban-tape 1"

// Kinds of pieces, the first character of a line.
const (
	ToDevice   = '>' // bytes written
	FromDevice = '<' // bytes read
	Failed     = '!' // the port failed here; the text says how
)

// Piece is a run of bytes in one direction, or a failure of the port.
type Piece struct {
	Kind  byte
	Bytes []byte
	Text  string // of a failure
}

// Tape is a recording.
//
//	tongban-tape 1
//	driver: idcard/sdt
//	# a remark
//	> AA AA AA 96 69 00 03 20 01 22
//	< AA AA AA 96 69 00 08 00 00 9F 00*4 97
//	! unplugged
//
// "00*4" is four times the byte 00; a line may also be a text in quotes. Neighbouring lines of one kind are one piece.
type Tape struct {
	Head   map[string]string // driver, note and whatever a recorder finds worth keeping
	Pieces []Piece
}

// maxBytes bounds a tape: a repetition is short to write and long to hold.
const maxBytes = 64 << 20

// Parse reads a tape.
func Parse(r io.Reader) (*Tape, error) {
	t := &Tape{Head: map[string]string{}}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	total, no := 0, 0
	for s.Scan() {
		no++
		line := strings.TrimSpace(s.Text())
		switch {
		case no == 1:
			if line != magic {
				return nil, fmt.Errorf("parse tape: first line is not %q", magic)
			}
		case line == "" || line[0] == '#':
		case line[0] == Failed:
			t.Pieces = append(t.Pieces, Piece{Kind: Failed, Text: oneLine(line[1:])})
		case line[0] == ToDevice || line[0] == FromDevice:
			b, err := parseBytes(line[1:], maxBytes-total)
			if err != nil {
				return nil, fmt.Errorf("parse tape: line %d: %w", no, err)
			}
			total += len(b)
			t.add(line[0], b)
		default:
			k, v, ok := strings.Cut(line, ":")
			if !ok || len(t.Pieces) > 0 {
				return nil, fmt.Errorf("parse tape: line %d is neither bytes nor a remark", no)
			}
			t.Head[strings.TrimSpace(k)] = strings.TrimSpace(v)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("parse tape: %w", err)
	}
	if no == 0 {
		return nil, fmt.Errorf("parse tape: it is empty")
	}
	return t, nil
}

func (t *Tape) add(kind byte, b []byte) {
	if len(b) == 0 {
		return
	}
	if n := len(t.Pieces); n > 0 && t.Pieces[n-1].Kind == kind {
		t.Pieces[n-1].Bytes = append(t.Pieces[n-1].Bytes, b...)
		return
	}
	t.Pieces = append(t.Pieces, Piece{Kind: kind, Bytes: b})
}

func parseBytes(s string, room int) ([]byte, error) {
	if s = strings.TrimSpace(s); strings.HasPrefix(s, `"`) {
		text, err := strconv.Unquote(s)
		if err != nil || len(text) > room {
			return nil, fmt.Errorf("not a text in quotes")
		}
		return []byte(text), nil
	}
	var out []byte
	for w := range strings.FieldsSeq(s) {
		h, times, repeated := strings.Cut(w, "*")
		v, err := strconv.ParseUint(h, 16, 8)
		if err != nil || len(h) != 2 {
			return nil, fmt.Errorf("%q is not a byte", w)
		}
		n := 1
		if repeated {
			if n, err = strconv.Atoi(times); err != nil || n < 1 {
				return nil, fmt.Errorf("%q is not a repetition", w)
			}
		}
		if n > room-len(out) {
			return nil, fmt.Errorf("more than %d bytes", maxBytes)
		}
		for range n {
			out = append(out, byte(v))
		}
	}
	return out, nil
}
