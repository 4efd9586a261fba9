package minutiae_test

import (
	"fmt"
	"image"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"tongban/deploy/sim/fingerprint/skin"
	"tongban/drivers/fingerprint/minutiae"
)

func press(t testing.TB, seed uint64, p skin.Press) minutiae.Template {
	t.Helper()
	x, err := minutiae.Extract(skin.Grow(3).Impression(seed, p))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// common counts the points of a that b has too, after b was shifted and turned about the middle as told.
func common(a, b minutiae.Template, dx, dy, turn float64) int {
	n := 0
	s, c := math.Sincos(turn)
	for _, p := range a.Points {
		for _, q := range b.Points {
			x, y := float64(q.X)-128+dx, float64(q.Y)-180+dy
			x, y = x*c-y*s+128, x*s+y*c+180
			// rows run down, so that a picture's turn of s is one of -s of angles
			if math.Hypot(x-float64(p.X), y-float64(p.Y)) < 8 && math.Abs(math.Remainder(q.Angle-turn-p.Angle, 2*math.Pi)) < 0.4 {
				n++
				break
			}
		}
	}
	return n
}

// The same skin gives the same points, wherever and however turned it lies, and other skin gives others.
func TestPointsFollowTheFinger(t *testing.T) {
	t.Parallel()
	plain := press(t, 1, skin.Press{Noise: 3})
	if len(plain.Points) < 20 {
		t.Fatalf("%v", plain)
	}
	moved := press(t, 2, skin.Press{Noise: 6, DX: 12, DY: -9, Turn: 0.2})
	got, most := common(plain, moved, 12, -9, 0.2), len(plain.Points)
	if got < most*6/10 {
		t.Errorf("%d of %d points came again", got, most)
	}
	if by := common(plain, moved, 60, 40, -0.5); by > got/2 {
		t.Errorf("%d points fit by chance, %d by the right move", by, got)
	}
	for _, p := range plain.Points {
		if p.X < 8 || p.Y < 8 || p.X > 248 || p.Y > 352 || p.Angle < 0 || p.Angle >= 2*math.Pi || p.Quality < 1 || p.Quality > 100 || p.Kind == minutiae.Other {
			t.Errorf("point %d %d %.2f %d", p.X, p.Y, p.Angle, p.Quality)
		}
	}
}

// A hard press thickens ridges until endings become forks: what a point is may change, where it is and where it points must not.
func TestPressureKeepsPointsAndAngles(t *testing.T) {
	t.Parallel()
	light, hard := press(t, 1, skin.Press{Noise: 4, Pressure: -0.8}), press(t, 2, skin.Press{Noise: 4, Pressure: 0.8})
	if got := common(light, hard, 0, 0, 0); got < len(light.Points)*6/10 {
		t.Errorf("%d of %d points came again", got, len(light.Points))
	}
}

// Glass, noise and stripes of no finger have no points that one could compare.
func TestNothingIsNoFinger(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // noise
	glass, flat := image.NewGray(image.Rect(0, 0, 256, 360)), image.NewGray(image.Rect(0, 0, 256, 360))
	for i := range glass.Pix {
		glass.Pix[i], flat.Pix[i] = uint8(225+5*r.NormFloat64()), 128
	}
	for name, img := range map[string]*image.Gray{"glass": glass, "flat": flat} {
		x, err := minutiae.Extract(img)
		if err != nil || len(x.Points) != 0 || x.Quality != 0 || x.Area != 0 {
			t.Errorf("%s: %v area %d, %v", name, x, x.Area, err)
		}
	}
	if _, err := minutiae.Extract(image.NewGray(image.Rect(0, 0, 20, 20))); err == nil {
		t.Error("a picture of 20 pixels was read")
	}
}

// Quality falls with each thing that makes a finger hard to compare, and noise over the whole picture is no finger.
func TestQualityFalls(t *testing.T) {
	t.Parallel()
	f := skin.Grow(3)
	score := func(p skin.Press) int { s, _ := minutiae.Quality(f.Impression(1, p)); return s }
	good := score(skin.Press{Noise: 4})
	if good < 80 {
		t.Errorf("good finger: %d", good)
	}
	for name, row := range map[string][]skin.Press{
		"dry":   {{Noise: 4, Dry: 0.6}, {Noise: 4, Dry: 0.9}},
		"worn":  {{Noise: 4, Worn: 0.3}, {Noise: 4, Worn: 0.6}},
		"noise": {{Noise: 40}, {Noise: 90}},
		"small": {{Noise: 4, Area: 0.6}, {Noise: 4, Area: 0.4}},
	} {
		before := good
		for _, p := range row {
			if s := score(p); s >= before {
				t.Errorf("%s: %d after %d", name, s, before)
			} else {
				before = s
			}
		}
		if before > 70 {
			t.Errorf("%s: the worst still scores %d", name, before)
		}
	}
}

func TestTemplateHidesItself(t *testing.T) {
	t.Parallel()
	x := minutiae.Template{Width: 4321, Points: []minutiae.Minutia{{X: 1234, Y: 2345}}}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("finger", "template", x)
	for _, s := range []string{fmt.Sprint(x), fmt.Sprintf("%+v", x), fmt.Sprintf("%#v", x), log.String()} {
		if strings.Contains(s, "1234") || strings.Contains(s, "2345") || !strings.Contains(s, "指纹模板 1") {
			t.Errorf("%s", s)
		}
	}
	points := x.Points
	if x.Wipe(); x.Points != nil || points[0].X != 0 {
		t.Error("points are still there")
	}
}

func FuzzExtract(f *testing.F) {
	f.Add([]byte("\x00\xff\x80"), uint16(100), uint16(120))
	f.Add([]byte("stripes and more stripes"), uint16(256), uint16(99))
	f.Fuzz(func(t *testing.T, b []byte, w, h uint16) {
		img := image.NewGray(image.Rect(0, 0, int(w%300), int(h%300)))
		for i := range img.Pix {
			if len(b) > 0 {
				img.Pix[i] = b[i%len(b)] ^ byte(i/(1+len(b)))
			}
		}
		x, err := minutiae.Extract(img)
		if err != nil {
			return
		}
		if x.Quality < 0 || x.Quality > 100 || len(x.Points) > minutiae.Most {
			t.Fatalf("%v", x)
		}
		for _, p := range x.Points {
			if p.X < 0 || p.Y < 0 || p.X >= x.Width || p.Y >= x.Height || !(p.Angle >= 0 && p.Angle < 2*math.Pi) {
				t.Fatal("a point outside of its picture")
			}
		}
	})
}

// A citizen waits for this.
func BenchmarkExtract(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // made-up skin
	img := skin.Grow(1).Impression(1, skin.AnyPress(r, 1))
	for b.Loop() {
		if _, err := minutiae.Extract(img); err != nil {
			b.Fatal(err)
		}
	}
}
