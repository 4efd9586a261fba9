package page

import (
	"image/color"
	"math"
	"testing"

	"tongban/drivers"
)

// lidded is a paper on the glass of a scanner below a white lid.
func lidded() scene {
	s := base()
	s.w, s.h, s.mat, s.paper, s.noise = 1050, 1485, color.RGBA{250, 250, 250, 255}, color.RGBA{248, 248, 246, 255}, 2
	s.long, s.short = 1, 1/math.Sqrt2
	return s
}

func TestGlass(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*scene)
		want   drivers.PageVerdict
		whole  bool
	}{
		"A4 below a white lid":            {func(*scene) {}, drivers.PageGood, true},
		"identity card below a white lid": {func(s *scene) { s.cx, s.cy, s.long, s.short, s.rows = 0.3, 0.2, 0.18, 0.29, 6 }, drivers.PageGood, false},
		"A5 below a white lid":            {func(s *scene) { s.cx, s.cy, s.long, s.short = 0.4, 0.4, 0.7, 0.5 }, drivers.PageGood, false},
		"A5 below a dark lid":             {func(s *scene) { s.mat, s.long, s.short, s.turn = color.RGBA{30, 30, 30, 255}, 0.7, 0.5, 4 }, drivers.PageGood, false},
		"bare glass":                      {func(s *scene) { s.long, s.short = 0, 0 }, drivers.PageNone, true},
		"blank sheet":                     {func(s *scene) { s.rows = 0 }, drivers.PageNone, true},
		"lid open at night":               {func(s *scene) { s.long, s.short, s.mat = 0, 0, color.RGBA{12, 12, 12, 255} }, drivers.PageDark, true},
		"lifted book":                     {func(s *scene) { s.blur = 7 }, drivers.PageBlurred, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := lidded()
			c.change(&s)
			p, err := Glass(encode(t, s.draw()))
			if err != nil || p.Verdict != c.want {
				t.Fatalf("%v %v, want %s", p, err, c.want)
			}
			if c.want != drivers.PageGood {
				return
			}
			if whole := p.Width*p.Height > s.w*s.h*9/10; whole != c.whole {
				t.Errorf("page of %d×%d from a glass of %d×%d", p.Width, p.Height, s.w, s.h)
			}
			got, err := decode(p.JPEG)
			if err != nil || got.Bounds().Dx() != p.Width || got.Bounds().Dy() != p.Height {
				t.Fatalf("picture: %v", err)
			}
			if !c.whole { // all of the print is there: it stays within the drawn paper, and reaches as far as its print
				q := s.corners()
				long := q[3].sub(q[0]).length()
				if high := float64(p.Corners[3].Y - p.Corners[0].Y); s.turn == 0 && (high < 0.8*long || high > 1.1*long) {
					t.Errorf("%.0f rows of a paper of %.0f", high, long)
				}
			}
		})
	}
	if _, err := Glass([]byte("no picture")); err == nil {
		t.Error("taken")
	}
}
