package pcsc

import (
	"bytes"
	"errors"
	"testing"
)

// line writes one line of the table of readers.
func line(name string, state uint32, atr []byte, length uint32) []byte {
	b := append([]byte(name), make([]byte, nameSize-len(name))...)
	b = append(b, words(1, state, 0)...)
	b = append(append(b, atr...), make([]byte, atrSize+3-len(atr))...)
	return append(b, words(length, 0)...)
}

func table(lines ...[]byte) []byte {
	b := bytes.Join(lines, nil)
	return append(b, make([]byte, readerCount*readerSize-len(b))...)
}

func TestParseReaders(t *testing.T) {
	chip := []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
	list, err := parseReaders(table(line("A 00 00", 0x34, chip, 5), line("B 00 00", 0x02, nil, 0), nil, line("C", 0x04, nil, 34)))
	if err != nil || len(list) != 3 {
		t.Fatalf("%+v %v", list, err)
	}
	if a := list[0]; a.Name != "A 00 00" || !a.Present || !a.Contactless() {
		t.Errorf("%+v", a)
	}
	if b := list[1]; b.Name != "B 00 00" || b.Present || b.Contactless() {
		t.Errorf("%+v", b)
	}
	if c := list[2]; !c.Present || len(c.ATR) != 0 {
		t.Errorf("a card whose answer is not yet known: %+v", c)
	}
	for _, b := range [][]byte{nil, make([]byte, readerSize), append(bytes.Repeat([]byte("x"), readerSize), make([]byte, readerSize*15)...)} {
		if _, err := parseReaders(b); !errors.Is(err, errShape) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

func TestSplit(t *testing.T) {
	for in, want := range map[string][2]string{
		"": {}, "ACS ACR122U PICC Interface 00 00": {"ACS ACR122U PICC Interface 00 00", ""}, "?socket=/run/x.comm": {"", "/run/x.comm"},
		" HID [5022] (1) 00 00?socket=/a b": {"HID [5022] (1) 00 00", "/a b"},
	} {
		reader, socket := Split(in)
		if reader != want[0] || socket != want[1] {
			t.Errorf("%q: %q %q", in, reader, socket)
		}
		if r := ReaderOf(Scheme + ":" + Join(reader, socket)); r != reader {
			t.Errorf("%q: reader %q", in, r)
		}
	}
	if r := ReaderOf("tape"); r != "" {
		t.Errorf("a tape names %q", r)
	}
}

// Whatever a table holds: no panic, and no name that cannot be sent back.
func FuzzParseReaders(f *testing.F) {
	f.Add(table(line("A 00 00", 0x34, []byte{0x3B, 0x80, 0x80, 0x01, 0x01}, 5)))
	f.Add(table(line("B", 0xFFFFFFFF, nil, 0xFFFFFFFF)))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := parseReaders(b)
		for _, r := range list {
			if err != nil || len(r.Name) == 0 || len(r.Name) >= nameSize || len(r.ATR) > atrSize {
				t.Errorf("%+v %v", r, err)
			}
		}
	})
}
