package rates_test

import (
	"math"
	"testing"

	"tongban/deploy/sim/fingerprint/rates"
)

// The yardstick, on scores that one can count by hand.
func TestRates(t *testing.T) {
	t.Parallel()
	s := rates.Scores{Same: []float64{0.1, 0.4, 0.5, 0.9}, Other: make([]float64, 1000)}
	for i := range s.Other {
		s.Other[i] = float64(i) / 12500 // up to 0.0799
	}
	for _, c := range []struct{ at, fmr, fnmr float64 }{{0, 1, 0}, {0.04, 0.5, 0}, {0.0795, 0.006, 0}, {0.1, 0, 0}, {0.45, 0, 0.5}, {1, 0, 1}} {
		if m, n := s.FMR(c.at), s.FNMR(c.at); m != c.fmr || n != c.fnmr {
			t.Errorf("at %v: FMR %v, FNMR %v", c.at, m, n)
		}
	}
	for at, want := range map[float64]float64{0.2: 3.0e-3, 0.0795: 11.84e-3, 0.04: 0.538} { // none: rule of three; six: Poisson's table; half
		if got := s.Ceiling(at); math.Abs(got-want) > want/50 {
			t.Errorf("ceiling at %v: %v, want %v", at, got, want)
		}
	}
	if at, rate := s.Equal(); rate != 0 || at < 0.0799 || at > 0.1 {
		t.Errorf("equal error rate %v at %v", rate, at)
	}
}
