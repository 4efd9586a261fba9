package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
)

var metric = regexp.MustCompile(`([\d.]+) ([\w-]+)`)

// itemRows runs the catalogue's own benchmarks: the first start with all items, search and questionnaire step, beside raw queries.
func itemRows(ctx context.Context) ([]row, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Load|Search825|Search825Raw|Search5000|Search5000Raw|Step|StepRaw)$", "-benchtime", "1s", "./central/modules/catalogue/internal/app").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("bench catalogue: %w: %s", err, out)
	}
	of := map[string]map[string]float64{}
	for _, m := range benchLine.FindAllStringSubmatch(string(out), -1) {
		of[m[1]] = map[string]float64{}
		for _, v := range metric.FindAllStringSubmatch(m[2], -1) {
			of[m[1]][v[2]], _ = strconv.ParseFloat(v[1], 64)
		}
	}
	load := of["Load"]
	if load["first-s"] == 0 || of["Step"]["p95-ns"] == 0 || of["Search5000Raw"]["p95-ns"] == 0 {
		return nil, fmt.Errorf("bench catalogue: no numbers in %s", out)
	}
	rows := []row{
		{"first start with 825 items, SQLite", fmt.Sprintf("%.2f s", load["first-s"]), fmt.Sprintf("%.2f s with nothing changed", load["again-s"]), "≤ 10 s, ≤ 1 s", load["first-s"] <= 10 && load["again-s"] <= 1},
		{"snapshot of 825 items for a terminal", fmt.Sprintf("%.0f KiB packed", load["gzip-KiB"]), fmt.Sprintf("%.0f KiB open, decoded in %.0f ms", load["json-KiB"], load["decode-ms"]), "≤ 1 MiB", load["gzip-KiB"] <= 1024},
	}
	for _, b := range []struct{ name, what string }{{"Search825", "search over 825 items, p95"}, {"Search5000", "search over 5,000 items, p95"}, {"Step", "questionnaire step, p95"}} {
		p, raw := of[b.name]["p95-ns"]/1e6, of[b.name+"Raw"]["p95-ns"]/1e6
		rows = append(rows, row{b.what, fmt.Sprintf("%.2f ms", p), fmt.Sprintf("%.2f ms, one raw query; ratio %.1f", raw, p/raw), "≤ 100 ms", p <= 100})
	}
	return rows, nil
}
