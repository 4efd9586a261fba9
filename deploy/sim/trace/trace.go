// Package trace keeps the last byte lines of a device (字节流): when, which way, which bytes, and in plain Chinese what
// they mean. Long frames are shortened, so that a card's content never stands in the stream.
package trace

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"tongban/deploy/sim/clock"
)

// Keep is how many lines are remembered.
const Keep = 500

// Directions and levels of a line.
const (
	ToDevice   = "to-device"
	FromDevice = "from-device"
	Act        = "act" // a hand did something: no bytes

	Good = "good"
	Bad  = "bad"
)

// Line is one row of the stream.
type Line struct {
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"`
	Device  string    `json:"device"`
	Dir     string    `json:"dir"`
	Hex     string    `json:"hex"`
	Bytes   int       `json:"bytes"`
	Meaning string    `json:"meaning"`
	Level   string    `json:"level,omitempty"`
}

// Log is shared by the devices of one terminal.
type Log struct {
	mu    sync.Mutex
	seq   int
	lines []Line
	subs  map[chan Line]bool
}

// New makes an empty log.
func New() *Log { return &Log{subs: map[chan Line]bool{}} }

// Add appends a line and hands it to the listeners; a listener that is too slow loses lines, never stops a device.
func (l *Log) Add(device, dir string, b []byte, level, meaning string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	line := Line{Seq: l.seq, At: clock.Now(), Device: device, Dir: dir, Hex: Hex(b), Bytes: len(b), Meaning: meaning, Level: level}
	l.lines = append(l.lines, line)
	if len(l.lines) > Keep {
		l.lines = append(l.lines[:0:0], l.lines[len(l.lines)-Keep:]...)
	}
	for ch := range l.subs {
		select {
		case ch <- line:
		default:
		}
	}
}

// Last returns the lines kept, of one device or of all.
func (l *Log) Last(device string) []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Line, 0, len(l.lines))
	for _, x := range l.lines {
		if device == "" || x.Device == device {
			out = append(out, x)
		}
	}
	return out
}

// Subscribe returns the lines so far together with those to come.
func (l *Log) Subscribe() ([]Line, <-chan Line, func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ch := make(chan Line, Keep)
	l.subs[ch] = true
	return append([]Line(nil), l.lines...), ch, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.subs, ch)
	}
}

// Hex writes b as spaced hexadecimal, long runs as head … tail.
func Hex(b []byte) string {
	const head, tail = 14, 2
	if len(b) <= head+tail+4 {
		return spaced(b)
	}
	return spaced(b[:head]) + " ⋯ " + spaced(b[len(b)-tail:])
}

func spaced(b []byte) string {
	var s strings.Builder
	for i, x := range b {
		if i > 0 {
			s.WriteByte(' ')
		}
		fmt.Fprintf(&s, "%02X", x)
	}
	return s.String()
}
