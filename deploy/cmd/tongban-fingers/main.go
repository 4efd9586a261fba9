// Command tongban-fingers prints how often our own comparison of fingers errs on made-up fingers (指纹比对误差测量).
//
//	go run ./deploy/cmd/tongban-fingers > deploy/docs/measured/fingerprint.txt
package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"time"

	"tongban/deploy/sim/fingerprint/rates"
	"tongban/deploy/sim/fingerprint/skin"
	"tongban/drivers/fingerprint/match"
	"tongban/drivers/fingerprint/minutiae"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "tongban-fingers:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	f := flag.NewFlagSet("tongban-fingers", flag.ContinueOnError)
	t := rates.Trial{Seed: 20261128}
	f.IntVar(&t.Fingers, "fingers", 200, "fingers to grow")
	f.IntVar(&t.Impressions, "impressions", 4, "of each")
	f.Float64Var(&t.Strength, "strength", 1, "0: laid down ideally, 1: as at a counter")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("read flags: %w", err)
	}
	s, err := rates.Run(t)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Our own comparison of fingers, on made-up fingers. Printed by: go run ./deploy/cmd/tongban-fingers\n\n")
	fmt.Fprintf(out, "%d fingers x %d impressions of 256 x 360 pixels, strength %.1f, seed %d; %d impressions without a readable finger; %.1f points an impression\n",
		t.Fingers, t.Impressions, t.Strength, t.Seed, s.Lost, float64(s.Points)/float64(t.Fingers*t.Impressions))
	fmt.Fprintf(out, "%d comparisons of the same finger, %d of different ones\n\n", len(s.Same), len(s.Other))
	fmt.Fprintf(out, "%-10s %-12s %-22s %s\n", "threshold", "FMR", "FMR at most (95 %)", "FNMR")
	thresholds := []float64{0.05, 0.08, 0.10, 0.12, 0.14, 0.16, 0.18, 0.20, 0.22, 0.25, 0.30, 0.35, 0.40, 0.50, match.Threshold}
	slices.Sort(thresholds)
	for _, at := range slices.Compact(thresholds) {
		mark := ""
		if at == match.Threshold {
			mark = "   <- match.Threshold"
		}
		fmt.Fprintf(out, "%-10.2f %-12.6f %-22.6f %.4f%s\n", at, s.FMR(at), s.Ceiling(at), s.FNMR(at), mark)
	}
	at, rate := s.Equal()
	fmt.Fprintf(out, "\nequal error rate %.4f at threshold %.3f; lowest score of the same finger %.3f, highest of different ones %.3f\n", rate, at, s.Same[0], s.Other[len(s.Other)-1])
	fmt.Fprintf(out, "\nTime on this machine (%s/%s, %d processors), which other programs share, 40 each:\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	return times(out)
}

// times are those of the steps that a citizen waits for.
func times(out io.Writer) error {
	f := skin.Grow(1)
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // made-up skin, no secret
	a, b := f.Impression(1, skin.AnyPress(r, 1)), f.Impression(2, skin.AnyPress(r, 1))
	x, err := minutiae.Extract(a)
	if err != nil {
		return fmt.Errorf("read made-up finger: %w", err)
	}
	y, err := minutiae.Extract(b)
	if err != nil {
		return fmt.Errorf("read made-up finger: %w", err)
	}
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"quality of a picture of 256 x 360", func() { minutiae.Quality(a) }},
		{"points of a picture of 256 x 360", func() { _, _ = minutiae.Extract(a) }},
		{fmt.Sprintf("comparison of %d with %d points", len(x.Points), len(y.Points)), func() { match.Score(x, y) }},
	} {
		took := make([]time.Duration, 40)
		for i := range took {
			from := time.Now()
			step.do()
			took[i] = time.Since(from)
		}
		slices.Sort(took)
		fmt.Fprintf(out, "  %-40s best %5.1f ms   p50 %5.1f ms   p95 %5.1f ms\n", step.what, inMS(took[0]), inMS(took[19]), inMS(took[37]))
	}
	_, err = fmt.Fprint(out, limits)
	if err != nil {
		return fmt.Errorf("write limits: %w", err)
	}
	return nil
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

const limits = `
Limits
- The fingers are grown by deploy/sim/fingerprint/skin and laid down by its own ideas of shift, turn, stretch, pressure, dryness and wear.
  They say nothing sure about real fingers, real sensors, old or working hands; rates on real ones are expected to be worse.
- The rates are of single comparisons. Who may try three times, or is compared with several fingers, is taken for another more often.
- No made-up or copied finger (gelatine, print-out) is told from a living one: there is no check of life here.
- A decision about a person therefore does not rest on this comparison: see deploy/docs/adapters/fingerprint-library.md.
`
