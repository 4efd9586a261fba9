package iso_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"

	"tongban/deploy/sim/fingerprint/skin"
	"tongban/drivers/fingerprint/iso"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/fingerprint/minutiae"
)

func sample() iso.View {
	return iso.View{Position: iso.RightThumb, Template: minutiae.Template{Width: 256, Height: 360, DPI: 500, Quality: 80, Points: []minutiae.Minutia{
		{X: 100, Y: 200, Angle: math.Pi / 2, Kind: minutiae.Ending, Quality: 90}, {X: 17, Y: 300, Angle: math.Pi, Kind: minutiae.Fork, Quality: 40},
	}}}
}

// The bytes, written out by hand from the layout.
func TestBytes(t *testing.T) {
	t.Parallel()
	b, err := iso.Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	want := "464d520020323000" + "0000002a" + "0000" + "01000168" + "00c500c5" + "0100" + // head: 42 bytes, 256 by 360, 197 a centimetre, one view
		"01005002" + // right thumb, live plain, quality 80, two points
		"4064" + "00c8" + "40" + "5a" + // ending at 100, 200, a quarter turn, quality 90
		"8011" + "012c" + "80" + "28" + // fork at 17, 300, half a turn, quality 40
		"0000"
	if got := hex.EncodeToString(b); got != want {
		t.Errorf("\n%s\n%s", got, want)
	}
}

// A real finger goes through a record and is still the same finger: the record keeps angles to 1.4 degrees and is small.
func TestFingerSurvivesItsRecord(t *testing.T) {
	t.Parallel()
	f := skin.Grow(5)
	a, err := minutiae.Extract(f.Impression(1, skin.Press{Noise: 5}))
	if err != nil {
		t.Fatal(err)
	}
	b, err := iso.Encode(iso.View{Template: a})
	if err != nil {
		t.Fatal(err)
	}
	views, err := iso.Parse(b)
	if err != nil || len(views) != 1 || len(views[0].Template.Points) != len(a.Points) || views[0].Template.Quality != a.Quality {
		t.Fatalf("%v %v", views, err)
	}
	if s := match.Score(a, views[0].Template); s < 0.8 {
		t.Errorf("score %.2f against itself", s)
	}
	again, err := iso.Encode(views...)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("written again it differs: %v", err)
	}
}

func TestStrict(t *testing.T) {
	t.Parallel()
	good, err := iso.Encode(sample(), sample())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := iso.Parse(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(b []byte) []byte{
		"empty":       func([]byte) []byte { return nil },
		"magic":       func(b []byte) []byte { b[0] = 'X'; return b },
		"version":     func(b []byte) []byte { b[5] = '3'; return b },
		"cut":         func(b []byte) []byte { return b[:len(b)-1] },
		"longer":      func(b []byte) []byte { return append(b, 0) },
		"no view":     func(b []byte) []byte { b[22] = 0; return b },
		"more views":  func(b []byte) []byte { b[22]++; return b },
		"fewer views": func(b []byte) []byte { b[22]--; return b },
		"reserved":    func(b []byte) []byte { b[23] = 1; return b },
		"position":    func(b []byte) []byte { b[24] = 11; return b },
		"impression":  func(b []byte) []byte { b[25] = 5; return b },
		"quality":     func(b []byte) []byte { b[26] = 101; return b },
		"points":      func(b []byte) []byte { b[27] = 200; return b },
		"kind":        func(b []byte) []byte { b[28] |= 0xC0; return b },
		"outside":     func(b []byte) []byte { b[28], b[29] = 0x41, 0x00; return b },
		"bits of y":   func(b []byte) []byte { b[30] |= 0x80; return b },
		"point":       func(b []byte) []byte { b[33] = 120; return b },
		"size":        func(b []byte) []byte { b[14], b[15] = 0, 0; return b },
		"extension":   func(b []byte) []byte { b[len(b)-1] = 9; return b },
	} {
		if v, err := iso.Parse(spoil(bytes.Clone(good))); err == nil {
			t.Errorf("%s: read as %v", name, v)
		}
	}
	bad := sample()
	bad.Template.Points[0].X = 256
	if _, err := iso.Encode(bad); err == nil {
		t.Error("a point outside of its picture was written")
	}
}

func FuzzParse(f *testing.F) {
	if b, err := iso.Encode(sample()); err == nil {
		f.Add(b)
	}
	f.Add([]byte("FMR\x00 20\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		views, err := iso.Parse(b)
		if err != nil {
			return
		}
		again, err := iso.Encode(views...)
		if err != nil {
			t.Skip() // other resolutions round, and extensions are not kept
		}
		if back, err := iso.Parse(again); err != nil || len(back) != len(views) {
			t.Fatalf("%v", err)
		}
	})
}
