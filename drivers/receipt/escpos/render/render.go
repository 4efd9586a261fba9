// Package render reads a captured ESC/POS byte stream (打印数据核对) and draws what a printer would put on paper, so that a
// technician or a test sees a slip without a printer. It is written from the command tables and shares nothing with the
// driver beside it: one checks the other.
package render

import (
	"errors"
	"fmt"
	"image"
	"io"
)

// MaxBytes bounds a capture; a slip has some ten thousand bytes.
const MaxBytes = 16 << 20

// ErrTooLong is a capture beyond MaxBytes.
var ErrTooLong = errors.New("capture is too long")

// Report says what a capture holds.
type Report struct {
	Bytes    int            `json:"bytes"`
	Dots     int            `json:"dots"`   // width of the paper, inferred: 384 or 576
	Height   int            `json:"height"` // of all paper, dots
	MM       float64        `json:"mm"`     // the same at 8 dots a millimetre
	Slips    int            `json:"slips"`  // cuts with something printed before them
	Commands map[string]int `json:"commands"`
	Text     []string       `json:"text,omitempty"`
	QR       []string       `json:"qr,omitempty"`
	Barcodes []string       `json:"barcodes,omitempty"`
	Asks     []string       `json:"asks,omitempty"` // process ids (GS ( H)
	Font     string         `json:"font"`           // file that text was drawn with, empty for boxes
	Problems []Problem      `json:"problems,omitempty"`
}

// Problem is something a printer may stumble over, with its place in the stream.
type Problem struct {
	Offset int    `json:"offset"`
	What   string `json:"what"`
}

// OK reports whether the stream is one or more whole slips without problems.
func (r Report) OK() bool { return r.Slips > 0 && len(r.Problems) == 0 }

func (r *Report) problem(at int, format string, args ...any) {
	const enough = 100
	if len(r.Problems) < enough {
		r.Problems = append(r.Problems, Problem{at, fmt.Sprintf(format, args...)})
	}
}

// Check reads a capture to its end and draws it. An error means that it could not be read; everything wrong inside it is
// a Problem.
func Check(r io.Reader) (Report, image.Image, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Report{}, nil, fmt.Errorf("read capture: %w", err)
	}
	if len(b) > MaxBytes {
		return Report{}, nil, ErrTooLong
	}
	rep := Report{Bytes: len(b), Commands: map[string]int{}}
	cmds := split(b, &rep)
	rep.Dots = width(cmds)
	f, name := systemFont()
	rep.Font = name
	p := newPrinter(rep.Dots, f, &rep)
	for _, c := range cmds {
		rep.Commands[c.name]++
		p.run(c)
	}
	p.end(len(b))
	rep.Height = p.paper.height()
	rep.MM = float64(rep.Height) / 8
	return rep, p.paper.image(), nil
}

// width takes the paper of the widest picture; text alone fits any paper.
func width(cmds []command) int {
	const narrow, wide = 384, 576
	for _, c := range cmds {
		if c.name == "GS v 0" && len(c.args) > 5 && 8*(int(c.args[2])|int(c.args[3])<<8) > narrow {
			return wide
		}
	}
	return narrow
}
