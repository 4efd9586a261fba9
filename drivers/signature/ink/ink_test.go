package ink

import (
	"bytes"
	"encoding/hex"
	"errors"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"tongban/drivers"
)

// hand writes a wave of n points and a dot: nobody's name.
func hand(n int) drivers.Ink {
	i := drivers.Ink{Width: 26000, Height: 16000, PerMM: 100}
	var s drivers.Stroke
	for k := range n {
		t := float64(k) / float64(n)
		s = append(s, drivers.InkPoint{X: math.Round(3000 + 20000*t), Y: math.Round(8000 + 3000*math.Sin(9*t)), Pressure: float64(k%100) / 100, At: time.Duration(k) * 5 * time.Millisecond})
	}
	i.Strokes = []drivers.Stroke{s, {{X: 24000, Y: 4000, Pressure: 1, At: time.Duration(n+20) * 5 * time.Millisecond}}}
	return i
}

func same(a, b drivers.Ink) bool {
	if a.Width != b.Width || a.Height != b.Height || math.Abs(a.PerMM-b.PerMM) > a.PerMM/4096 || len(a.Strokes) != len(b.Strokes) {
		return false
	}
	for n := range a.Strokes {
		if len(a.Strokes[n]) != len(b.Strokes[n]) {
			return false
		}
		for k, p := range a.Strokes[n] {
			q := b.Strokes[n][k]
			if p.X != q.X || p.Y != q.Y || math.Abs(p.Pressure-q.Pressure) > 1.0/fullForce || (p.At-q.At).Abs() > time.Millisecond/2 {
				return false
			}
		}
	}
	return true
}

// The record stands here byte for byte: header, channels X Y T F S, three samples and the pen's leaving.
func TestRecord(t *testing.T) {
	i := drivers.Ink{Width: 1000, Height: 500, PerMM: 100, Strokes: []drivers.Stroke{{
		{X: 1, Y: 2}, {X: 300, Y: 400, Pressure: 0.5, At: 5 * time.Millisecond}, {X: 1000, Y: 500, Pressure: 1, At: 300 * time.Millisecond},
	}}}
	want := "53444900 20313000 c160" + // SDI, 10, channels
		"e0 b480 0000 03e8" + "e0 b480 0000 01f4" + // X and Y: 100 = (1+1152/2048)·2^(22-16), limits
		"80 cfa0" + "60 0000 ffff" + "00" + "00" + // T: 1000 a second; F: limits; S; reserved
		"00 000004" + "0001 0002 0000 0000 01" + "012c 0190 0005 8000 01" + "03e8 01f4 012c ffff 01" + "03e8 01f4 012c 0000 00"
	got, err := Encode(i)
	if err != nil || hex.EncodeToString(got) != strings.ReplaceAll(want, " ", "") {
		t.Fatalf("%x %v", got, err)
	}
	if back, err := Decode(got); err != nil || !same(i, back) {
		t.Errorf("%#v %v", back, err)
	}
}

func TestRoundTrip(t *testing.T) {
	large, slow, plain := hand(300), hand(300), hand(10)
	large.PerMM = 0
	slow.Strokes[1][0].At = 3 * time.Minute
	plain.PerMM = 0
	for name, i := range map[string]drivers.Ink{"pad": hand(900), "no size": large, "one": plain} {
		b, err := Encode(i)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if back, err := Decode(b); err != nil || !same(i, back) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b, err := Encode(slow)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Decode(b); err != nil || back.Strokes[1][0].At != 3*time.Minute {
		t.Errorf("three minutes: %v %v", back.Strokes[1][0].At, err)
	}
	big := hand(5) // more units than two bytes hold
	big.Width, big.Height, big.Strokes[0][0].X = 80000, 50000, 79999
	if b, err = Encode(big); err != nil {
		t.Fatal(err)
	}
	back, err := Decode(b)
	if x := back.Strokes[0][0].X / back.PerMM; err != nil || math.Abs(x-799.99) > 0.2 {
		t.Errorf("large pad: %v mm, %v", x, err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	point := func(p drivers.InkPoint) drivers.Ink {
		return drivers.Ink{Width: 100, Height: 100, Strokes: []drivers.Stroke{{p}}}
	}
	for name, i := range map[string]drivers.Ink{
		"nothing": {Width: 100, Height: 100}, "no area": {Strokes: []drivers.Stroke{{{}}}}, "outside": point(drivers.InkPoint{X: 101}),
		"no number": point(drivers.InkPoint{Y: math.NaN()}), "before": point(drivers.InkPoint{At: -1}), "for hours": point(drivers.InkPoint{At: 3 * time.Hour}),
	} {
		if _, err := Encode(i); !errors.Is(err, ErrRange) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A record of somebody else: more channels, time as differences, a mean, extended data.
func TestDecodeForeign(t *testing.T) {
	b, err := hex.DecodeString(strings.ReplaceAll("53444900 20313000 e0e0"+ // X Y Z, DT F S
		"80 b480"+"80 b480"+"00"+"80 cfa0"+"30 0400 0200"+"00"+"00"+"80 000003"+
		"0064 0032 0007 0000 0200 01"+"ff9c 0033 0007 0005 0400 01"+"0065 0034 0007 0005 0000 00"+"0003 010203", " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	i, err := Decode(b)
	if err != nil || len(i.Strokes) != 1 || len(i.Strokes[0]) != 2 || i.Strokes[0][1].X != -100 || i.Strokes[0][1].At != 5*time.Millisecond || i.PerMM != 100 {
		t.Errorf("%#v %v", i.Strokes, err)
	}
	for n := range b {
		if _, err := Decode(b[:n]); !errors.Is(err, ErrForm) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

func TestDraw(t *testing.T) {
	i := drivers.Ink{Width: 1000, Height: 400, Strokes: []drivers.Stroke{{{X: 100, Y: 200, Pressure: 0}, {X: 900, Y: 200, Pressure: 1}}}}
	img := Draw(i, 500)
	if b := img.Bounds(); b.Dx() != 500 || b.Dy() != 200 {
		t.Fatalf("picture of %v", b)
	}
	thickAt := func(x int) int {
		n := 0
		for y := range 200 {
			if img.GrayAt(x, y).Y < 128 {
				n++
			}
		}
		return n
	}
	if l, r := thickAt(60), thickAt(440); l < 1 || r <= l {
		t.Errorf("%d pixels thick at no pressure, %d at full", l, r)
	}
	soft := 0
	for _, v := range img.Pix {
		if v > 0 && v < 255 {
			soft++
		}
	}
	if soft < 400 || img.GrayAt(20, 100).Y != 255 || img.GrayAt(250, 100).Y > 40 {
		t.Errorf("%d soft pixels, paper %d, ink %d", soft, img.GrayAt(20, 100).Y, img.GrayAt(250, 100).Y)
	}
	var out bytes.Buffer
	if err := PNG(&out, hand(500), 900); err != nil {
		t.Fatal(err)
	}
	if c, err := png.DecodeConfig(&out); err != nil || c.Width != 900 || c.Height != 554 {
		t.Errorf("%+v %v", c, err)
	}
	if Draw(drivers.Ink{}, 900) != nil || Draw(i, 0) != nil || Draw(i, 90_000) != nil {
		t.Error("a picture of no area")
	}
	wild := drivers.Ink{Width: 100, Height: 100, Strokes: []drivers.Stroke{{{X: math.Inf(1)}, {Y: math.NaN()}, {X: 1e300, Pressure: math.NaN()}}}}
	Draw(wild, 100) // and does not hang
}

// The one allocation of a picture is its pixels.
func TestDrawAllocates(t *testing.T) {
	i := hand(2000)
	if n := testing.AllocsPerRun(5, func() { Draw(i, 900) }); n > 4 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDecode(f *testing.F) {
	b, err := Encode(hand(20))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:40])
	f.Add([]byte(isoHead + "\xff\xff"))
	f.Fuzz(func(t *testing.T, in []byte) {
		i, err := Decode(in)
		if err != nil {
			return
		}
		if i.Points() == 0 || i.Width < 1 || i.Height < 1 {
			t.Fatalf("%d points on %v × %v", i.Points(), i.Width, i.Height)
		}
		Draw(i, 50)
		out, err := Encode(i)
		if err != nil {
			return
		}
		if i.Width > maxValue || i.Height > maxValue {
			return // made smaller
		}
		if back, err := Decode(out); err != nil || len(back.Strokes) != len(i.Strokes) || back.Points() != i.Points() {
			t.Fatalf("written as %x, read as %d strokes %v", out, len(back.Strokes), err)
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	i := hand(2000)
	b.ReportAllocs()
	for b.Loop() {
		Draw(i, 900)
	}
}
