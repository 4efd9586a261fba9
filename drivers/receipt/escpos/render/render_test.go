package render

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"tongban/deploy/sim/simtest"
	"tongban/drivers"
	"tongban/drivers/receipt/escpos"
)

// tee keeps what the driver writes to the emulator.
type tee struct {
	drivers.Port
	sent bytes.Buffer
}

func (t *tee) Write(b []byte) (int, error) { t.sent.Write(b); return t.Port.Write(b) }

func lines() drivers.Slip {
	return drivers.Slip{Key: "k", QR: "https://t.example.org/p/ABCDEFGH", Lines: []drivers.Line{
		{Text: "收件凭证", Align: drivers.Centre, Size: 2, Bold: true}, {Text: "申请人  陈*芳"}, {Text: "𠮷野家 1份", Align: drivers.Right}}}
}

// The capture of a real job, drawn here and by the emulator, is the same paper dot by dot where it is dots, and the same
// words where it is text.
func TestDriverStreamIsClean(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 384, 300))
	for i := range picture.Pix {
		x, y := i%384, i/384
		if y%50 > 30 || x < 16 || (x*7+y*5)%4 > 1 {
			picture.Pix[i] = 255
		}
	}
	for name, slip := range map[string]drivers.Slip{"picture": {Key: "k", Image: picture}, "lines": lines()} {
		t.Run(name, func(t *testing.T) {
			b := simtest.Start(t, simtest.Receipt)
			port := &tee{Port: dial(t, b.ReceiptTCP)}
			p, err := escpos.Open(t.Context(), port, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			if _, err := p.Print(t.Context(), slip); err != nil {
				t.Fatal(err)
			}
			rep, img, err := Check(&port.sent)
			if err != nil || !rep.OK() || rep.Slips != 1 || rep.Dots != 384 {
				t.Fatalf("%+v %v", rep, err)
			}
			if dir := os.Getenv("TONGBAN_LOOK"); dir != "" {
				f, _ := os.Create(dir + "/render-" + name + ".png")
				_ = png.Encode(f, img)
				_ = f.Close()
			}
			if name == "lines" {
				if got := strings.Join(rep.Text, "|"); got != "收件凭证|申请人  陈*芳|𠮷野家 1份" || len(rep.QR) != 1 || rep.QR[0] != slip.QR {
					t.Errorf("%q %q", got, rep.QR)
				}
				return
			}
			raw, err := b.Control.SlipPNG(t.Context(), 1)
			if err != nil {
				t.Fatal(err)
			}
			other, err := png.Decode(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if d := differ(img, other); d > 384/4+4 { // the cut line is drawn on the last row
				t.Errorf("%d dots differ from the emulator's paper %v", d, other.Bounds())
			}
		})
	}
}

func differ(a, b image.Image) int {
	n := 0
	r := a.Bounds().Intersect(b.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p, _, _, _ := a.At(x, y).RGBA()
			q, _, _, _ := b.At(x, y).RGBA()
			if (p < 0x8000) != (q < 0x8000) {
				n++
			}
		}
	}
	return n
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"unknown":          {"\x1bq\x01hi\n\x1dV\x00", "unknown command"},
		"cut short":        {"\x1dv0\x00\x30\x00\x10\x00abc", "cut short"},
		"not cut":          {"hello\n", "not cut"},
		"empty cut":        {"\x1dV\x00", "nothing printed"},
		"too wide":         {"\x1dL\x08\x00\x1dv0\x00\x30\x00\x01\x00" + strings.Repeat("\xff", 48) + "\x1dV\x00", "does not fit"},
		"real-time inside": {"\x1dv0\x00\x02\x00\x01\x00\x10\x04\x1dV\x00", "real-time"},
		"half character":   {"\xca\n\x1dV\x00", "half a character"},
		"no character":     {"\xff\xff\n\x1dV\x00", "no character"},
		"small QR":         {"\x1d(k\x03\x00\x31\x43\x02\x1d(k\x05\x00\x31\x50\x30ab\x1d(k\x03\x00\x31\x51\x30\x1dV\x00", "hard to read"},
		"column picture":   {"\x1b*\x00\x01\x00a\n\x1dV\x00", "not drawn"},
		"process id":       {"a\n\x1d(H\x06\x00\x30\x30\x00\x00\x00\x00\x1dV\x00", "not printable"},
	} {
		rep, img, err := Check(strings.NewReader(c.in))
		if err != nil || img == nil || rep.OK() {
			t.Fatalf("%s: %+v %v", name, rep, err)
		}
		found := false
		for _, p := range rep.Problems {
			found = found || strings.Contains(p.What, c.want)
		}
		if !found {
			t.Errorf("%s: %+v", name, rep.Problems)
		}
	}
}

func TestWideStreamIsInferred(t *testing.T) {
	in := "\x1dv0\x00\x48\x00\x01\x00" + strings.Repeat("\x55", 72) + "\x1dVB\x00"
	if rep, _, err := Check(strings.NewReader(in)); err != nil || !rep.OK() || rep.Dots != 576 {
		t.Errorf("%+v %v", rep, err)
	}
	if _, _, err := Check(io.LimitReader(endless{}, MaxBytes+5)); err == nil {
		t.Error("an endless capture was taken")
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"\x1b@hello\n\x1dVB\x00", "\x1dv0\x00\x02\x00\x01\x00ab", "\x1d(k\x05\x00\x31\x50\x30ab\x1d(k\x03\x00\x31\x51\x30", "\x1d8L\xff\xff\xff\xff", "\x1bD", "\x10\x14\x08"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		start := time.Now()
		rep, img, err := Check(bytes.NewReader(in))
		if err != nil || img == nil {
			t.Fatal(err)
		}
		if rep.Bytes != len(in) || rep.Height > maxHeight {
			t.Fatalf("%+v", rep)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Fatalf("took %v", took)
		}
	})
}
