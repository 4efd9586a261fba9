package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

var benchLine = regexp.MustCompile(`(?m)^Benchmark(\w+?)(?:-\d+)?\s+\d+\s+[\d.]+ ns/op(.*)$`)

var (
	rowsPerSecond = regexp.MustCompile(`([\d.]+) rows/s`)
	median        = regexp.MustCompile(`([\d.]+) p50-ns`)
)

// queueRows runs the outbox's own benchmarks, which have their raw twins beside them.
func queueRows(ctx context.Context) ([]row, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Enqueue|EnqueueRaw|Drain|DrainRaw)$", "-benchtime", "1s", "./agent/outbox").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("bench outbox: %w: %s", err, out)
	}
	ns, rate := map[string]float64{}, map[string]float64{}
	for _, m := range benchLine.FindAllStringSubmatch(string(out), -1) {
		if p := median.FindStringSubmatch(m[2]); p != nil {
			ns[m[1]], _ = strconv.ParseFloat(p[1], 64)
		}
		if r := rowsPerSecond.FindStringSubmatch(m[2]); r != nil {
			rate[m[1]], _ = strconv.ParseFloat(r[1], 64)
		}
	}
	if ns["Enqueue"] == 0 || ns["EnqueueRaw"] == 0 || rate["DrainRaw"] == 0 {
		return nil, fmt.Errorf("bench outbox: no numbers in %s", out)
	}
	enqueue, drain := ns["Enqueue"]/ns["EnqueueRaw"], rate["Drain"]/rate["DrainRaw"]
	return []row{
		{"enqueue ÷ one raw synced insert, p50", fmt.Sprintf("%.2f", enqueue), fmt.Sprintf("%.0f µs ÷ %.0f µs", ns["Enqueue"]/1000, ns["EnqueueRaw"]/1000), "≤ 2.5", enqueue <= 2.5},
		{"drain ÷ raw batched inserts", fmt.Sprintf("%.2f", drain), fmt.Sprintf("%.0f/s ÷ %.0f/s", rate["Drain"], rate["DrainRaw"]), "≥ 0.10", drain >= 0.10},
	}, nil
}
