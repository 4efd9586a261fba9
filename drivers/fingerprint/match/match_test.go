package match_test

import (
	"testing"

	"tongban/deploy/sim/fingerprint/rates"
	"tongban/deploy/sim/fingerprint/skin"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/fingerprint/minutiae"
)

// A small version of what deploy/cmd/tongban-fingers measures with 200 fingers: at the threshold no finger is taken for another, and at most
// one in twenty comparisons of the same finger fails.
func TestRatesOnMadeUpFingers(t *testing.T) {
	t.Parallel()
	s, err := rates.Run(rates.Trial{Fingers: 12, Impressions: 3, Strength: 1, Seed: 42})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Same) != 36 || len(s.Other) != 132 || s.Lost != 0 {
		t.Fatalf("%d of the same, %d of others, %d lost", len(s.Same), len(s.Other), s.Lost)
	}
	if fmr, fnmr := s.FMR(match.Threshold), s.FNMR(match.Threshold); fmr != 0 || fnmr > 0.05 {
		t.Errorf("FMR %.4f, FNMR %.4f; same from %.3f, others to %.3f", fmr, fnmr, s.Same[0], s.Other[len(s.Other)-1])
	}
	if s.FMR(0) != 1 || s.FNMR(1.01) != 1 { // the yardstick itself
		t.Error("rates do not run from all to none")
	}
}

func finger(t *testing.T, seed uint64, p skin.Press) minutiae.Template {
	t.Helper()
	x, err := minutiae.Extract(skin.Grow(seed).Impression(seed, p))
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestScore(t *testing.T) {
	t.Parallel()
	a, turned, other := finger(t, 7, skin.Press{Noise: 5}), finger(t, 7, skin.Press{Noise: 9, DX: 20, DY: 15, Turn: 0.4}), finger(t, 8, skin.Press{Noise: 5})
	same, back, no := match.Score(a, turned), match.Score(turned, a), match.Score(a, other)
	if same < match.Threshold || back < match.Threshold || no >= match.Threshold {
		t.Errorf("same %.2f and %.2f, other %.2f", same, back, no)
	}
	if self := match.Score(a, a); self < 0.8 || self > 1 {
		t.Errorf("self %.2f", self)
	}
	if place, s := match.Best(a, []minutiae.Template{other, turned, {}}); place != 1 || s < match.Threshold {
		t.Errorf("best is %d with %.2f", place, s)
	}
	if place, _ := match.Best(a, nil); place != -1 {
		t.Errorf("best of none is %d", place)
	}
	few := a
	few.Points = a.Points[:5]
	coarse := a
	coarse.DPI = 250
	if match.Score(few, few) != 0 || match.Score(coarse, a) != 0 || match.Score(minutiae.Template{}, a) != 0 {
		t.Error("a finger that cannot be compared was")
	}
}
