package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// faults are the times that the contract of each driver hands out (故障矩阵的数字): the longest from a fault until it was told and
// from the replug until the driver worked again, over all rounds.
type faults struct {
	drivers map[string]*marks
	ends    map[string]int // of a test without its cases: once a round
	crashes map[string]int // of those that were under way when the program died
}

// marks are those of one driver.
type marks struct {
	tests      map[string]bool
	told, back mark
}

type mark struct {
	times   int
	longest time.Duration
}

func (m *mark) add(took time.Duration) {
	m.times++
	m.longest = max(m.longest, took)
}

func newFaults() *faults {
	return &faults{drivers: map[string]*marks{}, ends: map[string]int{}, crashes: map[string]int{}}
}

// whole is the test that a case belongs to.
func whole(test string) string {
	name, _, _ := strings.Cut(test, "/")
	return name
}

// see takes one line of go test -json.
func (f *faults) see(e event) {
	switch e.Action {
	case "attr":
		f.measured(e)
	case "pass", "fail":
		if e.Test != "" && e.Test == whole(e.Test) {
			f.ends[e.Test]++
		}
	}
}

// measured reads "DRIVER TIME" under the names "told" and "back".
func (f *faults) measured(e event) {
	driver, text, _ := strings.Cut(e.Value, " ")
	took, err := time.ParseDuration(text)
	if err != nil || e.Key != "told" && e.Key != "back" {
		return
	}
	d := f.drivers[driver]
	if d == nil {
		d = &marks{tests: map[string]bool{}}
		f.drivers[driver] = d
	}
	d.tests[whole(e.Test)] = true
	if e.Key == "told" {
		d.told.add(took)
		return
	}
	d.back.add(took)
}

// died notes the tests that a program took with it.
func (f *faults) died(tests []string) {
	seen := map[string]bool{}
	for _, t := range tests {
		if name := whole(t); !seen[name] {
			seen[name] = true
			f.crashes[name]++
		}
	}
}

// print writes one line for each driver.
func (f *faults) print(out io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(f.drivers)) {
		d := f.drivers[name]
		rounds, crashes := 0, 0
		for t := range d.tests {
			rounds = max(rounds, f.ends[t])
			crashes += f.crashes[t]
		}
		fmt.Fprintf(out, "faults: %-20s %3d rounds, %d crashes; told %5d times, at most after %.2f s (limit 3); back after a replug %4d times, at most after %.2f s (limit 10)\n",
			name, rounds, crashes, d.told.times, d.told.longest.Seconds(), d.back.times, d.back.longest.Seconds())
	}
}
