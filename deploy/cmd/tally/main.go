// Command tally reads go test -json, prints what a person wants to read (one line a package, the whole output of what
// failed) and adds the numbers to a file (测试计数), so that the run can end with one line over all runners. What failed said can go
// into a second file, too: a run of an hour shows it again at its end, where it is looked for.
//
//	go test -json ./… | tally -into FILE -failed FILE
//	go test -json -count=100 -run Contract ./drivers/drivertest | tally -faults
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// event is one line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Key, Value                    string // of an attribute
	Elapsed                       float64
}

type counts struct{ passed, failed, skipped int }

func main() {
	into := flag.String("into", "", "file that takes the line \"passed failed skipped\"")
	again := flag.String("failed", "", "file to which the output of what failed is added")
	drivers := flag.Bool("faults", false, "print for each driver how soon faults were told and replugs recovered from")
	flag.Parse()
	f := newFaults()
	var failed strings.Builder
	n, err := tally(os.Stdin, os.Stdout, &failed, f)
	if *drivers {
		f.print(os.Stdout)
	}
	if err == nil && *into != "" {
		err = add(*into, fmt.Sprintln(n.passed, n.failed, n.skipped))
	}
	if err == nil && *again != "" {
		err = add(*again, failed.String())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(2)
	}
	if n.failed > 0 {
		os.Exit(1)
	}
}

// tally reads one run; what failed is written to failed as well as to out.
func tally(in io.Reader, out, failed io.Writer, f *faults) (counts, error) {
	var n counts
	both := io.MultiWriter(out, failed)
	kept := map[string]*strings.Builder{}
	s := bufio.NewScanner(in)
	s.Buffer(make([]byte, 1<<20), 16<<20)
	for s.Scan() {
		var e event
		if json.Unmarshal(s.Bytes(), &e) != nil {
			fmt.Fprintln(out, s.Text()) // the compiler speaks no JSON
			continue
		}
		key := e.Package + " " + e.Test
		f.see(e)
		switch e.Action {
		case "output":
			if kept[key] == nil {
				kept[key] = &strings.Builder{}
			}
			kept[key].WriteString(e.Output)
			if strings.HasPrefix(e.Output, "loss:") || strings.HasPrefix(e.Output, "road:") {
				fmt.Fprint(out, e.Output)
			}
		case "build-output":
			fmt.Fprint(both, e.Output)
		case "pass", "fail", "skip":
			n.end(e, kept, key, out, both)
			if e.Test == "" && e.Action == "fail" { // also a package that never came to a test
				f.died(orphans(e.Package, kept, both))
			}
		}
	}
	return n, s.Err()
}

func (n *counts) end(e event, kept map[string]*strings.Builder, key string, out, both io.Writer) {
	defer delete(kept, key)
	text := ""
	if kept[key] != nil {
		text = kept[key].String()
	}
	if e.Test == "" {
		switch {
		case e.Action == "fail":
			fmt.Fprintf(both, "FAIL\t%s\t%.1fs\n", e.Package, e.Elapsed)
			if text != "" && !strings.Contains(text, "--- FAIL") {
				fmt.Fprint(both, text)
			}
			n.failed++
		case !strings.Contains(text, "[no test files]"):
			fmt.Fprintf(out, "ok  \t%s\t%.1fs\n", e.Package, e.Elapsed)
		}
		return
	}
	switch e.Action {
	case "fail":
		n.failed++
		fmt.Fprint(both, text)
	case "skip":
		n.skipped++
	default:
		n.passed++
	}
}

// orphans prints what tests said that a package took with it when it died, and names them: a panic or a time limit ends no test by itself.
func orphans(pkg string, kept map[string]*strings.Builder, out io.Writer) []string {
	var tests []string
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		if text := kept[key].String(); strings.HasPrefix(key, pkg+" ") && key != pkg+" " {
			fmt.Fprint(out, text[:min(len(text), 20_000)])
			delete(kept, key)
			tests = append(tests, strings.TrimPrefix(key, pkg+" "))
		}
	}
	return tests
}

func add(file, text string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open tally: %w", err)
	}
	if _, err := f.WriteString(text); err != nil {
		return fmt.Errorf("write tally: %w", err)
	}
	return f.Close()
}
