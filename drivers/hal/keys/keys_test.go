package keys

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/usb"
)

// stroke is a key that goes down and up.
func stroke(codes ...uint16) []Event {
	var out []Event
	for _, c := range codes {
		out = append(out, Event{1, c, 1}, Event{0, 0, 0}, Event{1, c, 0}, Event{0, 0, 0})
	}
	return out
}

// with holds a key during others.
func with(key uint16, inner []Event) []Event {
	out := append([]Event{{1, key, 1}}, inner...)
	return append(out, Event{1, key, 0})
}

func join(parts ...[]Event) []Event {
	var out []Event
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestTypist(t *testing.T) {
	for name, c := range map[string]struct {
		events []Event
		want   string
	}{
		"letters":        {join(stroke(30), with(keyLeftShift, stroke(48)), stroke(2, keyEnter)), "aB1\r"},
		"AIM identifier": {join(stroke(27), with(keyRightShift, stroke(16)), stroke(2)), "]Q1"},
		"caps lock":      {join(stroke(keyCapsLock), stroke(30, 2), with(keyLeftShift, stroke(30)), stroke(keyCapsLock), stroke(30)), "A1aa"},
		// 样 is D1F9 in GBK, 53753 in decimal, typed on the number pad.
		"GBK by number": {with(keyLeftAlt, stroke(76, 81, 71, 76, 81)), "\xD1\xF9"},
		"one byte":      {with(keyLeftAlt, stroke(82, 77, 76)), "A"},
		"alt alone":     {with(keyLeftAlt, nil), ""},
		"alt too long":  {with(keyLeftAlt, stroke(79, 79, 79, 79, 79, 79)), ""},
		"group mark":    {with(keyLeftCtrl, stroke(27)), "\x1d"},
		"line feed":     {with(keyLeftCtrl, stroke(36)), "\n"},
		"record mark":   {with(keyLeftCtrl, with(keyLeftShift, stroke(7))), "\x1e"},
		"unit mark":     {with(keyLeftCtrl, with(keyLeftShift, stroke(12))), "\x1f"},
		"repeat":        {[]Event{{1, 30, 1}, {1, 30, 2}, {1, 30, 2}, {1, 30, 0}}, "a"},
		"unknown key":   {stroke(59, 200), ""},
	} {
		var typist Typist
		var got []byte
		for _, e := range c.events {
			got = append(got, typist.Type(e)...)
		}
		if string(got) != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzTypist(f *testing.F) {
	f.Add([]byte{1, 30, 1, 0, 30, 0, 1, 56, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		var typist Typist
		for ; len(b) >= 3; b = b[3:] {
			if got := typist.Type(Event{uint16(b[0]), uint16(b[1]), int32(int8(b[2]))}); len(got) > 2 {
				t.Fatalf("%q", got)
			}
		}
	})
}

type board struct {
	rows [][]Event
	err  error
}

func (b *board) Grab(context.Context, usb.Wanted) (Device, error) { return b, nil }
func (b *board) Close() error                                     { return nil }
func (b *board) Read(time.Duration) ([]Event, error) {
	if len(b.rows) == 0 {
		return nil, b.err
	}
	e := b.rows[0]
	b.rows = b.rows[1:]
	return e, nil
}

func TestPort(t *testing.T) {
	b := &board{rows: [][]Event{stroke(30, 48, 46)}}
	p, err := Open(t.Context(), b, usb.Wanted{}, "keys:0001:0002")
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2)
	for _, want := range []string{"ab", "c", ""} {
		if n, err := p.Read(buf, 0); err != nil || string(buf[:n]) != want {
			t.Errorf("%q %v, want %q", buf[:n], err, want)
		}
	}
	// What was typed before a discard is gone, but a key that is held since then still counts.
	b.rows = [][]Event{stroke(30), {{1, keyLeftShift, 1}}}
	if err := p.Discard(); err != nil {
		t.Fatal(err)
	}
	b.rows = [][]Event{stroke(48)}
	if n, err := p.Read(buf, 0); err != nil || string(buf[:n]) != "B" {
		t.Errorf("%q %v", buf[:n], err)
	}
	b.err = usb.ErrGone
	if _, err := p.Read(buf, 0); drivers.Fault(err) == nil || drivers.Fault(err).Reason != drivers.ReasonUnplugged || !errors.Is(err, usb.ErrGone) {
		t.Errorf("pulled: %v", err)
	}
	if _, err := p.Write([]byte("x")); drivers.Fault(err) == nil || drivers.Fault(err).Code != drivers.CodeInvalidData {
		t.Errorf("write: %v", err)
	}
}
