package escpos

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"

	"tongban/drivers"
)

func TestDefuseLeavesNoRealtimeCommand(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		b := make([]byte, 64)
		for i := range b {
			b[i] = []byte{0x10, 0x04, 0x05, 0x14, 0x30, byte(r.IntN(256))}[r.IntN(6)]
		}
		was := bytes.Clone(b)
		defuse(b)
		for i := range b {
			if b[i]&was[i] != was[i] {
				t.Fatal("a dot vanished")
			}
			if i > 0 && b[i-1] == dle && (b[i] == 0x04 || b[i] == 0x05 || b[i] == 0x14) {
				t.Fatalf("% X still commands", b)
			}
		}
	}
}

func gray(w, h int, ink func(x, y int) bool) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
		if ink(i%w, i/w) {
			img.Pix[i] = 0
		}
	}
	return img
}

func TestWhiteCostsNothing(t *testing.T) {
	cfg, _ := decode(nil)
	white, err := compose(drivers.Slip{Image: gray(384, 800, func(int, int) bool { return false })}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(bytes.Join(white.body, nil)); n > 40 {
		t.Errorf("100 mm of white paper cost %d bytes", n)
	}
	cfg.quirks[quirkSolidRaster], cfg.quirks[quirkFullWidth] = true, true
	solid, _ := compose(drivers.Slip{Image: gray(384, 800, func(int, int) bool { return false })}, cfg)
	if n := len(bytes.Join(solid.body, nil)); n < 48*800 {
		t.Errorf("solid raster of %d bytes", n)
	}
}

func TestPiecesAreSmall(t *testing.T) {
	for _, dots := range []int{384, 576} {
		cfg, _ := decode(drivers.Params{"dots": dots})
		j, err := compose(drivers.Slip{Image: gray(dots, 1200, func(x, y int) bool { return (x*31+y*17)%3 == 0 })}, cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range j.body {
			if len(p) > padding {
				t.Errorf("a piece of %d bytes is not ended by the padding of %d", len(p), padding)
			}
		}
	}
}

func TestTextLine(t *testing.T) {
	cfg, _ := decode(nil)
	b, _, err := textLine(drivers.Line{Text: "a\x1b@\x10\x04\x01b"}, cfg)
	if err != nil || !bytes.HasSuffix(b, []byte("a @   b\n")) {
		t.Errorf("% X %v: a name commands the printer", b, err)
	}
	b, _, err = textLine(drivers.Line{Text: "𠮷"}, cfg)
	if err != nil || !bytes.HasSuffix(b, []byte("\x95\x34\xb2\x35\n")) {
		t.Errorf("% X %v", b, err)
	}
	cfg.quirks[quirkTwoByte] = true
	if _, _, err = textLine(drivers.Line{Text: "𠮷"}, cfg); err == nil {
		t.Error("a two-byte font got a four-byte character")
	}
	if _, _, err = textLine(drivers.Line{Text: "陈"}, cfg); err != nil {
		t.Error(err)
	}
}

func TestQRFits(t *testing.T) {
	for n := 1; n < 213; n += 20 {
		b, rows, err := qrCode(string(bytes.Repeat([]byte("x"), n)), 384)
		if err != nil || rows > 384 {
			t.Errorf("%d bytes: %d rows %v", n, rows, err)
		}
		if i := bytes.Index(b, []byte{49, 67}); i < 0 || b[i+2] < 5 {
			t.Errorf("%d bytes: module of %d dots", n, b[i+2])
		}
	}
	if _, _, err := qrCode(string(bytes.Repeat([]byte("x"), 300)), 384); err == nil {
		t.Error("300 bytes fit")
	}
}

// Whatever a slip holds, a text line is its style, printable bytes and one line feed: nothing in it commands.
func FuzzTextLine(f *testing.F) {
	f.Add("陈*芳\x1b@\x1dV\x00")
	f.Add("𠮷\xff\xfe\n")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, _ := decode(nil)
		b, _, err := textLine(drivers.Line{Text: text}, cfg)
		if err != nil {
			return
		}
		const style = 12
		for i, c := range b[style : len(b)-1] {
			if c < 0x20 || c == 0x7F {
				t.Fatalf("byte %d of % X commands", i, b)
			}
		}
	})
}
