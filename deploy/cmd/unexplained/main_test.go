package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhatCountsAsExplained(t *testing.T) {
	for code, want := range map[string]int{
		`	a := b // #nosec G304 -- the operator names it`: 0,
		`	a := b // #nosec G304 -- why; more words`:       0,
		`	a := b // #nosec G115 -- another rule`:          1,
		`	a := b // #nosec G304`:                          1,
		`	a := b // #nosec`:                               1,
		`	a := b //nolint:gosec // the standard says so`:  0,
		`	a := b //nolint:gosec`:                          1,
		`	a := b //nolint:errcheck // closed anyway`:      1,
		`	a := b`: 1,
		"	// #nosec G304 -- a line of its own above\n	a := b": 0,
		"	c() // #nosec G304 -- somebody else's\n	a := b":     1,
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "a.go")
		if err := os.WriteFile(file, []byte("package a\n"+code+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		line := strings.Count(code, "\n") + 2
		report := filepath.Join(dir, "gosec.json")
		text := fmt.Sprintf(`{"Issues":[{"rule_id":"G304","file":%q,"line":"%d","details":"inclusion"}]}`, file, line)
		if err := os.WriteFile(report, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		left, all, err := run([]string{"gosec", report}, &strings.Builder{})
		if err != nil || all != 1 || left != want {
			t.Errorf("%q: %d open of %d, %v; want %d", code, left, all, err, want)
		}
	}
}

func TestStaticcheckIsReadWhole(t *testing.T) {
	good := "a.go:1:2: it is not used (U1000)\n\tb.go:3:4: here\n"
	if got, err := staticcheck([]byte(good)); err != nil || len(got) != 1 || got[0].rule != "U1000" {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := staticcheck([]byte("a.go: does not compile\n")); err == nil {
		t.Error("a run that failed counts as clean")
	}
}
