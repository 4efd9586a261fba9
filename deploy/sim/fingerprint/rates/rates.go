// Package rates measures how often our own comparison of fingers errs (误识率、拒识率), on made-up fingers: the same finger laid down again and
// not known (FNMR), another's finger taken for it (FMR).
package rates

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"tongban/deploy/sim/fingerprint/skin"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/fingerprint/minutiae"
)

// Trial is how much is compared.
type Trial struct {
	Fingers, Impressions int
	Strength             float64 // of skin.AnyPress: 1 is a person at a counter
	Seed                 uint64
}

// Scores are what the comparisons said, smallest first.
type Scores struct {
	Same, Other []float64
	Lost        int // impressions in which no finger could be read
	Points      int // found in all impressions together
}

// Run grows the fingers, lays each down, and compares: each impression with every other of its finger, and the first two of each finger
// with those of all fingers after it.
func Run(t Trial) (Scores, error) {
	all := make([][]minutiae.Template, t.Fingers)
	var out Scores
	var mu sync.Mutex
	var fail error
	atOnce(t.Fingers, func(i int) {
		f := skin.Grow(t.Seed + uint64(i)) //nolint:gosec // a count
		for j := range t.Impressions {
			r := rand.New(rand.NewPCG(t.Seed+uint64(i), uint64(j)+1)) //nolint:gosec // made-up skin, no secret
			x, err := minutiae.Extract(f.Impression(uint64(j)+1, skin.AnyPress(r, t.Strength)))
			mu.Lock()
			if err != nil {
				fail = err
			}
			if len(x.Points) == 0 {
				out.Lost++
			}
			out.Points += len(x.Points)
			mu.Unlock()
			all[i] = append(all[i], x)
		}
	})
	if fail != nil {
		return Scores{}, fmt.Errorf("read made-up finger: %w", fail)
	}
	atOnce(t.Fingers, func(i int) {
		var same, other []float64
		for j, a := range all[i] {
			for _, b := range all[i][j+1:] {
				same = append(same, match.Score(a, b))
			}
			for _, o := range all[i+1:] {
				if j < 2 {
					other = append(other, match.Score(a, o[j]))
				}
			}
		}
		mu.Lock()
		out.Same, out.Other = append(out.Same, same...), append(out.Other, other...)
		mu.Unlock()
	})
	slices.Sort(out.Same)
	slices.Sort(out.Other)
	return out, nil
}

func atOnce(n int, do func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// FNMR is the share of comparisons of the same finger below the threshold (拒识率).
func (s Scores) FNMR(threshold float64) float64 {
	n, _ := slices.BinarySearch(s.Same, threshold)
	return float64(n) / float64(len(s.Same))
}

// FMR is the share of comparisons of different fingers at the threshold or above (误识率).
func (s Scores) FMR(threshold float64) float64 {
	n, _ := slices.BinarySearch(s.Other, threshold)
	return float64(len(s.Other)-n) / float64(len(s.Other))
}

// Equal is the threshold at which both err as often, and how often.
func (s Scores) Equal() (threshold, rate float64) {
	best := math.Inf(1)
	for t := 0.0; t < 1; t += 0.002 {
		a, b := s.FMR(t), s.FNMR(t)
		if d := math.Abs(a - b); d < best {
			best, threshold, rate = d, t, (a+b)/2
		}
	}
	return threshold, rate
}

// Ceiling is the FMR that is not exceeded with 95 % certainty: Poisson's bound where errors are few, the normal one where they are many.
func (s Scores) Ceiling(threshold float64) float64 {
	n, _ := slices.BinarySearch(s.Other, threshold)
	k := len(s.Other) - n
	if k > 200 {
		return min(1, (float64(k)+1.645*math.Sqrt(float64(k))+1)/float64(len(s.Other)))
	}
	lo, hi := float64(k), float64(k)+10+5*math.Sqrt(float64(k))
	for range 60 { // the mean of which k or fewer happen once in twenty
		m := (lo + hi) / 2
		term, sum := math.Exp(-m), 0.0
		for i := 0; i <= k; i++ {
			sum += term
			term *= m / float64(i+1)
		}
		if sum > 0.05 {
			lo = m
		} else {
			hi = m
		}
	}
	return hi / float64(len(s.Other))
}
