package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// The states of a row of deploy/docs/security/*.tsv. Only "shown" needs tests; every other needs a reason in words.
var securityStates = map[string]bool{
	"shown":   true,  // a test shows it
	"design":  false, // it follows from how the product is built; the reason says how
	"process": false, // the operator's part, by the document that the reason names
	"none":    false, // the product has nothing that it could apply to
	"open":    false, // not met; the reason says why, and what stands in for it
}

// ASVS 5.0.0 has 70 requirements of level 1 and 183 of level 2, by chapter.
var asvsPerChapter = map[string][2]int{
	"V1": {8, 19}, "V2": {4, 7}, "V3": {8, 11}, "V4": {2, 8}, "V5": {4, 5}, "V6": {13, 22}, "V7": {6, 12}, "V8": {4, 3}, "V9": {4, 3},
	"V10": {5, 24}, "V11": {3, 11}, "V12": {3, 6}, "V13": {1, 12}, "V14": {2, 7}, "V15": {3, 10}, "V16": {0, 16}, "V17": {0, 7},
}

// Each control of level 3 (GB/T 22239-2019) and each ASVS requirement of levels 1 and 2 leads to tests that exist or to a
// reason in words.
func TestSecurityMap(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	known := shows(t, root)
	controls := securityRows(t, filepath.Join(root, "deploy/docs/security/controls.tsv"), "id\tclause\tstate\tshown by\tnote", known)
	for _, id := range strings.Fields("ID-1 ID-2 ID-3 ID-4 AC-1 AC-2 AC-3 AC-4 AC-5 AU-1 AU-2 AU-3 IN-1 IN-2 IN-3 IN-4 TV-1 DI-1 DC-1 BK-1 RI-1 PI-1 PI-2 PI-3 PI-4 MC IOT " +
		"API1 API2 API3 API4 API5 API6 API7 API8 API9 API10") {
		if controls[id] == "" {
			t.Errorf("control %s has no row", id)
		}
	}
	got := map[string][2]int{}
	for id, level := range securityRows(t, filepath.Join(root, "deploy/docs/security/asvs.tsv"), "id\tlevel\tstate\tshown by\tnote", known) {
		chapter, _, _ := strings.Cut(id, ".")
		n := got[chapter]
		switch level {
		case "1":
			n[0]++
		case "2":
			n[1]++
		default:
			t.Errorf("%s has level %q", id, level)
		}
		got[chapter] = n
	}
	for chapter, want := range asvsPerChapter {
		if got[chapter] != want {
			t.Errorf("%s: %v rows of levels 1 and 2, want %v", chapter, got[chapter], want)
		}
	}
}

// securityRows reads one table and returns id → second column.
func securityRows(t *testing.T, path, header string, known map[string]bool) map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	if lines[0] != header {
		t.Fatalf("%s: header is %q", filepath.Base(path), lines[0])
	}
	out := map[string]string{}
	for _, line := range lines[1:] {
		col := strings.Split(line, "\t")
		if len(col) != 5 {
			t.Errorf("%q has %d columns, want 5", line, len(col))
			continue
		}
		id, state, by, note := col[0], col[2], col[3], col[4]
		if out[id] != "" {
			t.Errorf("%s comes twice", id)
		}
		out[id] = col[1]
		needsTest, ok := securityStates[state]
		if !ok {
			t.Errorf("%s: state %q", id, state)
		}
		if !needsTest {
			if by != "" || utf8.RuneCountInString(note) < 7 {
				t.Errorf("%s: %s wants a reason and no tests", id, state)
			}
			continue
		}
		for name := range strings.SplitSeq(by, "; ") {
			if !known[name] {
				t.Errorf("%s: nothing is called %q", id, name)
			}
		}
	}
	return out
}
