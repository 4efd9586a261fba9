package edid

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// block is a screen of 21.5 inches, put together here by the tables of the standard.
func block(edit func([]byte)) []byte {
	b := make([]byte, Block)
	copy(b, "\x00\xff\xff\xff\xff\xff\xff\x00\x4e\x96\x15\x21\x39\x30\x00\x00\x01\x24\x01\x04\x80\x30\x1b")
	copy(b[54:], "\x02\x3a\x80\x18\x71\x38\x2d\x40\x58\x2c\x45\x00\xdd\x0c\x11\x00\x00\x1e")
	copy(b[72:], "\x00\x00\x00\xfc\x00SMPL 21\n     ")
	copy(b[90:], "\x00\x00\x00\xff\x00510799-01\n   ")
	copy(b[108:], "\x00\x00\x00\x10\x00")
	if edit != nil {
		edit(b)
	}
	return seal(b)
}

func seal(b []byte) []byte {
	sum := byte(0)
	for _, x := range b[:Block-1] {
		sum += x
	}
	b[Block-1] = -sum
	return b
}

func TestParse(t *testing.T) {
	want := Info{Maker: "STV", Product: 0x2115, Serial: "510799-01", Name: "SMPL 21", WidthMM: 477, HeightMM: 268, Width: 1920, Height: 1080, Year: 2026}
	if got, err := Parse(block(nil)); err != nil || got != want {
		t.Errorf("got %+v %v\nwant %+v", got, err, want)
	}
	for name, c := range map[string]struct {
		edit func([]byte)
		want func(*Info)
	}{
		"projector":  {func(b []byte) { b[21], b[22] = 0, 0 }, func(i *Info) { i.WidthMM, i.HeightMM = 0, 0 }},
		"ratio":      {func(b []byte) { b[54+12], b[54+13], b[54+14] = 16, 9, 0 }, func(i *Info) { i.WidthMM, i.HeightMM = 480, 270 }},
		"no letters": {func(b []byte) { b[8], b[9] = 0, 0 }, func(i *Info) { i.Maker = "" }},
		"odd text":   {func(b []byte) { b[72+5], b[72+6] = 0x07, 0xFF }, func(i *Info) { i.Name = "PL 21" }},
	} {
		w := want
		c.want(&w)
		got, err := Parse(block(c.edit))
		if err != nil || got != w {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	bad := block(nil)
	bad[20]++
	for name, c := range map[string]struct {
		b   []byte
		err error
	}{"empty": {nil, ErrShort}, "cut": {block(nil)[:127], ErrShort}, "zeros": {make([]byte, 128), ErrHead}, "sum": {bad, ErrSum}} {
		if _, err := Parse(c.b); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(block(nil))
	f.Add(block(nil)[:100])
	f.Fuzz(func(t *testing.T, b []byte) {
		if b = bytes.Clone(b); len(b) >= Block {
			copy(b, "\x00\xff\xff\xff\xff\xff\xff\x00") // or hardly anything would come further
			seal(b)
		}
		i, err := Parse(b)
		if err != nil {
			return
		}
		if i.WidthMM < 0 || i.HeightMM < 0 || i.Width > 4095 || i.Height > 4095 || strings.ContainsFunc(i.Name+i.Serial+i.Maker, func(r rune) bool { return r < 0x20 || r > 0x7E }) {
			t.Fatalf("%+v", i)
		}
	})
}
