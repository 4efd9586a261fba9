// Command tongban-bench measures the road's budgets (性能预算), each beside a control of the same run: absolute numbers say
// what this machine is, ratios say what the code is. It exits 1 when a budget is broken.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"tongban/deploy/stack"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the programs")
	rounds := flag.Int("rounds", 20, "submissions to measure")
	only := flag.Bool("devices", false, "the drivers alone, without the product")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	measure := func() ([]row, error) { return product(ctx, *bin, *rounds) }
	if *only {
		measure = func() ([]row, error) { return drivesAlone(ctx) }
	}
	if err := run(measure); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// row is one budget with what was measured.
type row struct {
	what, measured, control, budget string
	ok                              bool
}

var errBroken = errors.New("a budget is broken")

// run prints what was measured, also where something could not be: the rows before it count all the same.
func run(measure func() ([]row, error)) error {
	rows, err := measure()
	broken := false
	fmt.Printf("%-44s %-24s %-34s %-18s\n", "what", "measured", "control, same run", "budget")
	for _, r := range rows {
		mark := "ok"
		if !r.ok {
			mark, broken = "BROKEN", true
		}
		fmt.Printf("%-44s %-24s %-34s %-18s %s\n", r.what, r.measured, r.control, r.budget, mark)
	}
	if broken {
		return errors.Join(err, errBroken)
	}
	return err
}

// drivesAlone measures the drivers without the product around them.
func drivesAlone(ctx context.Context) ([]row, error) {
	rows, err := deviceRows(ctx, nil)
	passport, perr := passportRows(ctx)
	return append(rows, passport...), errors.Join(err, perr)
}

// product measures the whole product, then its parts.
func product(ctx context.Context, bin string, rounds int) ([]row, error) {
	dir, err := os.MkdirTemp("", "tongban-bench-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(dir) //nolint:errcheck // left for the system to tidy
	s, err := stack.Start(ctx, stack.Config{Bin: bin, Dir: dir, Terminals: stack.Usual()[:1]})
	if err != nil {
		return nil, err
	}
	defer s.Stop() //nolint:errcheck // the numbers are there already
	rows, card, err := road(ctx, s, rounds)
	if err != nil {
		return nil, err
	}
	tap, err := tapRow(ctx, s)
	if err != nil {
		return nil, err
	}
	rows = append(rows, tap)
	alone, err := deviceRows(ctx, card)
	if err != nil {
		return nil, err
	}
	rows = append(rows, alone...)
	passport, err := passportRows(ctx)
	if err != nil {
		return nil, err
	}
	rows = append(rows, passport...)
	queue, err := queueRows(ctx)
	if err != nil {
		return nil, err
	}
	rows = append(rows, queue...)
	items, err := itemRows(ctx)
	if err != nil {
		return nil, err
	}
	return append(rows, items...), nil
}

// at returns the p-th percentile of sorted or unsorted durations.
func at(d []time.Duration, p int) time.Duration {
	if len(d) == 0 {
		return 0
	}
	s := slices.Clone(d)
	slices.Sort(s)
	return s[min(len(s)*p/100, len(s)-1)]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
