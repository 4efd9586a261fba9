package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"tongban/drivers"
)

// scene draws what the emulator does not have: any size, place, turn, colour and light of one paper on a mat.
type scene struct {
	w, h           int
	cx, cy         float64 // middle of the paper, share of the picture
	long, short    float64 // sides, share of the picture's longest side
	turn           float64 // degrees
	paper, mat     color.RGBA
	rows           int     // lines of print
	shade          float64 // how much darker the left half is, 0 to 1
	blur           int     // passes of a 3×3 box
	tilt           float64 // how much shorter the far side is
	noise, vignett float64
}

func base() scene {
	return scene{w: 979, h: 1305, cx: 0.5, cy: 0.5, long: 0.75, short: 0.53, paper: color.RGBA{240, 238, 232, 255}, mat: color.RGBA{38, 42, 46, 255}, rows: 30, noise: 3}
}

func (s scene) corners() quad {
	sin, cos := math.Sincos(s.turn * math.Pi / 180)
	side := float64(max(s.w, s.h))
	var q quad
	for i, c := range [4]point{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := c.x*s.short*side/2*(1+s.tilt*c.y/2), c.y*s.long*side/2
		q[i] = point{s.cx*float64(s.w) + x*cos - y*sin, s.cy*float64(s.h) + x*sin + y*cos}
	}
	return q
}

func (s scene) draw() *image.RGBA {
	r := rand.New(rand.NewPCG(7, 9))
	img := image.NewRGBA(image.Rect(0, 0, s.w, s.h))
	q := s.corners()
	inv := invert(unitTo(q))
	for y := range s.h {
		for x := range s.w {
			c := s.mat
			p := inv.apply(float64(x), float64(y))
			u, v := p.x, p.y
			if u >= 0 && u < 1 && v >= 0 && v < 1 {
				c = s.paper
				if s.rows > 0 && u > 0.1 && u < 0.9 && v > 0.08 && v < 0.92 {
					line := (v - 0.08) / 0.84 * float64(s.rows)
					if line-math.Floor(line) < 0.45 && int(u*130+math.Floor(line)*7)%5 < 2 {
						c = color.RGBA{40, 40, 44, 255}
					}
				}
			}
			k := 1.0
			if u < 0.5 {
				k -= s.shade
			}
			dx, dy := float64(x)/float64(s.w)-0.5, float64(y)/float64(s.h)-0.5
			k -= s.vignett * (dx*dx + dy*dy)
			n := (r.Float64() - 0.5) * 2 * s.noise
			f := func(b uint8) uint8 { return uint8(max(0, min(255, float64(b)*k+n))) }
			img.SetRGBA(x, y, color.RGBA{f(c.R), f(c.G), f(c.B), 255})
		}
	}
	for range s.blur {
		img = box3(img)
	}
	return img
}

func invert(m projection) projection {
	return projection{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
}

func box3(src *image.RGBA) *image.RGBA {
	out := image.NewRGBA(src.Rect)
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for y := range h {
		for x := range w {
			for c := range 4 {
				sum := 0
				for j := max(0, y-1); j <= min(h-1, y+1); j++ {
					for i := max(0, x-1); i <= min(w-1, x+1); i++ {
						sum += int(src.Pix[j*src.Stride+i*4+c])
					}
				}
				out.Pix[y*out.Stride+x*4+c] = uint8(sum / ((min(h-1, y+1) - max(0, y-1) + 1) * (min(w-1, x+1) - max(0, x-1) + 1)))
			}
		}
	}
	return out
}

func encode(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// far is how far the worst corner is off, whichever corner comes first.
func far(p drivers.Page, q quad) float64 {
	best := math.Inf(1)
	for shift := range 4 {
		worst := 0.0
		for i, c := range p.Corners {
			worst = max(worst, point{float64(c.X), float64(c.Y)}.sub(q[(i+shift)%4]).length())
		}
		best = min(best, worst)
	}
	return best
}

func TestDrawnPages(t *testing.T) {
	cases := map[string]struct {
		change func(*scene)
		want   drivers.PageVerdict
	}{
		"straight":           {func(*scene) {}, drivers.PageGood},
		"turned 10":          {func(s *scene) { s.turn = 10 }, drivers.PageGood},
		"turned -25":         {func(s *scene) { s.turn, s.long, s.short = -25, 0.6, 0.42 }, drivers.PageGood},
		"turned 45":          {func(s *scene) { s.turn, s.long, s.short = 45, 0.6, 0.42 }, drivers.PageGood},
		"turned 90":          {func(s *scene) { s.turn, s.long, s.short = 90, 0.65, 0.46 }, drivers.PageGood},
		"turned 178":         {func(s *scene) { s.turn = 178 }, drivers.PageGood},
		"tilted":             {func(s *scene) { s.tilt, s.turn = 0.15, 4 }, drivers.PageGood},
		"identity card":      {func(s *scene) { s.long, s.short, s.rows, s.turn = 0.2, 0.3, 6, 5 }, drivers.PageGood},
		"booklet, two pages": {func(s *scene) { s.long, s.short, s.turn = 0.5, 0.68, -3 }, drivers.PageGood},
		"yellow form":        {func(s *scene) { s.paper = color.RGBA{235, 222, 160, 255} }, drivers.PageGood},
		"green booklet":      {func(s *scene) { s.paper = color.RGBA{205, 222, 190, 255} }, drivers.PageGood},
		"shadow over half":   {func(s *scene) { s.shade = 0.3 }, drivers.PageGood},
		"vignette":           {func(s *scene) { s.vignett = 0.9 }, drivers.PageGood},
		"grey mat":           {func(s *scene) { s.mat = color.RGBA{95, 95, 95, 255} }, drivers.PageGood},
		"noisy":              {func(s *scene) { s.noise = 18 }, drivers.PageGood},
		"slightly soft":      {func(s *scene) { s.blur = 1 }, drivers.PageGood},
		"blurred":            {func(s *scene) { s.blur = 6 }, drivers.PageBlurred},
		"blank":              {func(s *scene) { s.rows = 0 }, drivers.PageEmpty},
		"blank in shadow":    {func(s *scene) { s.rows, s.shade = 0, 0.25 }, drivers.PageEmpty},
		"dark":               {func(s *scene) { s.paper, s.mat = color.RGBA{80, 80, 78, 255}, color.RGBA{12, 13, 14, 255} }, drivers.PageDark},
		"out on the left":    {func(s *scene) { s.cx = 0.2 }, drivers.PageCut},
		"out at a corner":    {func(s *scene) { s.cx, s.cy, s.turn = 0.72, 0.7, 8 }, drivers.PageCut},
		"all picture":        {func(s *scene) { s.long, s.short = 1.5, 1.5 }, drivers.PageCut},
		"a scrap":            {func(s *scene) { s.long, s.short = 0.05, 0.05 }, drivers.PageNone},
		"bare mat":           {func(s *scene) { s.long, s.short = 0, 0 }, drivers.PageNone},
		"bare mat, vignette": {func(s *scene) { s.long, s.short, s.vignett = 0, 0, 1.2 }, drivers.PageNone},
		"red cover":          {func(s *scene) { s.paper, s.rows = color.RGBA{120, 24, 28, 255}, 8 }, drivers.PageDark},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := base()
			c.change(&s)
			img := s.draw()
			for kind, p := range map[string]drivers.Page{"rgba": Judge(img), "jpeg": Judge(mustDecode(t, encode(t, img)))} {
				t.Logf("%s: %s sharpness %.2f light %.0f corners %v", kind, p.Verdict, p.Sharpness, p.Light, p.Corners)
				if p.Verdict != c.want {
					t.Errorf("%s: %s, want %s", kind, p.Verdict, c.want)
				}
				if c.want != drivers.PageNone && c.want != drivers.PageCut && far(p, s.corners()) > 3.5 {
					t.Errorf("%s: corners %v, drawn %v", kind, p.Corners, s.corners())
				}
			}
		})
	}
}

func mustDecode(t testing.TB, raw []byte) image.Image {
	t.Helper()
	img, err := decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// A straightened page has its marks where the paper has them, to two pixels in a thousand.
func TestStraightenPutsPrintInPlace(t *testing.T) {
	for _, turn := range []float64{-12, 0, 7} {
		s := base()
		s.w, s.h, s.turn, s.tilt = 1224, 1632, turn, 0.08
		p, err := Straighten(encode(t, s.draw()))
		if err != nil {
			t.Fatal(err)
		}
		flat := planesOf(mustDecode(t, p.JPEG))
		top, bottom := 0, 0 // first and last row with print
		for y := range flat.h {
			dark := 0
			for x := flat.w / 10; x < flat.w*9/10; x++ {
				if flat.y[y*flat.ys+x] < 120 {
					dark++
				}
			}
			if dark > flat.w/10 {
				if top == 0 {
					top = y
				}
				bottom = y
			}
		}
		wantTop, wantBottom := 0.08, 0.08+0.84*(29.45/30)
		if got := float64(top) / float64(flat.h); math.Abs(got-wantTop) > 0.006 {
			t.Errorf("turn %v: print begins at %.4f, want %.4f", turn, got, wantTop)
		}
		if got := float64(bottom) / float64(flat.h); math.Abs(got-wantBottom) > 0.006 {
			t.Errorf("turn %v: print ends at %.4f, want %.4f", turn, got, wantBottom)
		}
	}
}

func TestRefusedPictures(t *testing.T) {
	good := encode(t, base().draw())
	huge := bytes.Clone(good) // claims 65535×65535 pixels
	if i := bytes.Index(huge, []byte{0xFF, 0xC0}); i > 0 {
		copy(huge[i+5:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	}
	start := time.Now()
	for name, raw := range map[string][]byte{"nothing": nil, "text": []byte("not a picture"), "bomb": huge, "half": good[:len(good)/2], "tiny": encode(t, image.NewGray(image.Rect(0, 0, 8, 8)))} {
		if p, err := Straighten(raw); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if took := time.Since(start); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestOddPictures(t *testing.T) {
	for _, img := range []image.Image{image.NewGray(image.Rect(0, 0, 1, 1)), image.NewRGBA(image.Rect(0, 0, 40, 3000)), image.NewNRGBA(image.Rect(5, 5, 205, 105)),
		image.NewYCbCr(image.Rect(0, 0, 99, 101), image.YCbCrSubsampleRatio411), image.NewUniform(color.White)} {
		if u, ok := img.(*image.Uniform); ok {
			img = &image.Paletted{Pix: make([]byte, 10000), Stride: 100, Rect: image.Rect(0, 0, 100, 100), Palette: color.Palette{u.C}}
		}
		t.Log(fmt.Sprintf("%T", img), Judge(img).Verdict)
	}
}

func FuzzStraighten(f *testing.F) {
	s := base()
	s.w, s.h, s.rows = 64, 84, 5
	good := encode(f, s.draw())
	f.Add(good)
	f.Add(good[:len(good)/3])
	s.cx = 0.1
	f.Add(encode(f, s.draw()))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(raw)); err == nil && c.Width*c.Height > 20_000 {
			t.Skip("slow, not wrong")
		}
		start := time.Now()
		p, err := Straighten(raw)
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("took %v", took)
		}
		if err == nil && p.Verdict != drivers.PageNone && (p.Width < 16 || p.Height < 16 || len(p.JPEG) == 0) {
			t.Fatalf("%+v", p)
		}
	})
}

// FuzzQuad draws bright pixels at will: no shape makes the geometry fail.
func FuzzQuad(f *testing.F) {
	f.Add([]byte{0, 255, 255, 0, 255}, uint8(3))
	f.Fuzz(func(_ *testing.T, pix []byte, w uint8) {
		img := image.NewGray(image.Rect(0, 0, 64+int(w), 80))
		if len(pix) == 0 {
			return
		}
		for i := range img.Pix {
			img.Pix[i] = pix[i*7/3%len(pix)]
		}
		src := planesOf(img)
		p, q := examine(src)
		if p.Verdict != drivers.PageNone {
			warp(src, sharpen(src, q))
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	s := base()
	s.w, s.h, s.turn = 960, 1280, 3
	img := mustDecode(b, encode(b, s.draw()))
	for b.Loop() {
		Judge(img)
	}
}

func BenchmarkStraighten8MP(b *testing.B) {
	s := base()
	s.w, s.h, s.turn = 2448, 3264, 3
	raw := encode(b, s.draw())
	for b.Loop() {
		if _, err := Straighten(raw); err != nil {
			b.Fatal(err)
		}
	}
}
