package main

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
)

// passportRows runs the passport reader's benchmarks: data groups 1 and 2 with a portrait of 15 kB, beside what the chip and its radio
// link alone take for them.
func passportRows(ctx context.Context) ([]row, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkPassport(BAC|PACE)$", "-benchtime", "5x", "./drivers/drivertest").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("bench passport: %w: %s", err, out)
	}
	var rows []row
	for _, m := range benchLine.FindAllStringSubmatch(string(out), -1) {
		of := map[string]float64{}
		for _, v := range metric.FindAllStringSubmatch(m[2], -1) {
			of[v[2]], _ = strconv.ParseFloat(v[1], 64)
		}
		rows = append(rows, row{
			"passport, groups 1 and 2 (15 kB), " + m[1][len("Passport"):], fmt.Sprintf("%.0f ms", of["data-ms"]),
			fmt.Sprintf("chip and link alone %.0f ms", of["line-ms"]), "≤ 1.5 × the link", of["line-ms"] > 0 && of["data-ms"] <= 1.5*of["line-ms"],
		})
	}
	if len(rows) != 2 {
		return nil, fmt.Errorf("bench passport: no numbers in %s", out)
	}
	return rows, nil
}
