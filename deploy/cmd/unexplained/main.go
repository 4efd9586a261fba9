// Command unexplained reads the findings of scanners (扫描结果) and prints those that nobody has explained in the code: a line may
// carry "#nosec G304 -- why" or "//nolint:gosec // why", and then only that line. It ends with 1 when any is left.
//
//	unexplained gosec FINDINGS.json
//	unexplained staticcheck FINDINGS.txt
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	left, all, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "unexplained:", err)
		os.Exit(2)
	}
	fmt.Printf("%s: %d findings, %d explained in code, %d open\n", os.Args[1], all, all-left, left)
	if left > 0 {
		os.Exit(1)
	}
}

// finding is one place that a scanner does not like.
type finding struct {
	file, rule, words string
	line              int
}

func run(args []string, out io.Writer) (left, all int, err error) {
	if len(args) != 2 {
		return 0, 0, errors.New("write: unexplained gosec|staticcheck FILE")
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return 0, 0, fmt.Errorf("read findings: %w", err)
	}
	read := map[string]func([]byte) ([]finding, error){"gosec": gosec, "staticcheck": staticcheck}[args[0]]
	if read == nil {
		return 0, 0, fmt.Errorf("unknown scanner %q", args[0])
	}
	findings, err := read(text)
	if err != nil {
		return 0, 0, err
	}
	for _, f := range findings {
		why, err := explained(f)
		if err != nil {
			return 0, 0, err
		}
		if !why {
			left++
			fmt.Fprintf(out, "%s:%d: %s %s\n", f.file, f.line, f.rule, f.words)
		}
	}
	return left, len(findings), nil
}

func gosec(text []byte) ([]finding, error) {
	var report struct {
		Issues []struct {
			Rule    string `json:"rule_id"`
			Details string `json:"details"`
			File    string `json:"file"`
			Line    string `json:"line"` // "12" or "12-14"
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return nil, fmt.Errorf("read gosec's report: %w", err)
	}
	var out []finding
	for _, i := range report.Issues {
		first, _, _ := strings.Cut(i.Line, "-")
		line, err := strconv.Atoi(first)
		if err != nil {
			return nil, fmt.Errorf("line %q of %s: %w", i.Line, i.File, err)
		}
		out = append(out, finding{i.File, i.Rule, i.Details, line})
	}
	return out, nil
}

var place = regexp.MustCompile(`^(\S+\.go):(\d+):\d+: (.*) \(([A-Z]+\d+)\)$`)

func staticcheck(text []byte) ([]finding, error) {
	var out []finding
	for row := range strings.SplitSeq(string(text), "\n") {
		m := place.FindStringSubmatch(row)
		if m == nil {
			if row != "" && !strings.HasPrefix(row, "\t") {
				return nil, fmt.Errorf("staticcheck says %q", row)
			}
			continue
		}
		line, err := strconv.Atoi(m[2])
		if err != nil {
			return nil, fmt.Errorf("line of %q: %w", row, err)
		}
		out = append(out, finding{m[1], m[4], m[3], line})
	}
	return out, nil
}

// reason is an exception with words behind it.
var reason = regexp.MustCompile(`#nosec ([G0-9, ]+)-- \S|//nolint:[a-z,]*(gosec|staticcheck|unused)[a-z,]* // \S|//lint:ignore \S+ \S`)

// explained reports whether the line of f, or the one above, says why.
func explained(f finding) (bool, error) {
	text, err := os.ReadFile(filepath.Clean(f.file))
	if err != nil {
		return false, fmt.Errorf("read source: %w", err)
	}
	lines := strings.Split(string(text), "\n")
	for n := f.line - 2; n < f.line; n++ {
		if n < 0 || n >= len(lines) {
			continue
		}
		m := reason.FindStringSubmatch(lines[n])
		if n == f.line-2 && !strings.HasPrefix(strings.TrimSpace(lines[n]), "//") {
			continue // above counts only a line of its own
		}
		if m != nil && (m[1] == "" || strings.Contains(m[1], f.rule)) {
			return true, nil
		}
	}
	return false, nil
}
