package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// deploy/docs/traceability.tsv: requirement id, where (a path), shown by (tests or pages), note. Every row names
// something that shows it, and everything it names exists; names are parted by "; ".
func TestTraceability(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	known := shows(t, root)
	b, err := os.ReadFile(filepath.Join(root, "deploy/docs/traceability.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(b), "\n"), "\n")
	if lines[0] != "id\twhere\tshown by\tnote" {
		t.Fatalf("header is %q", lines[0])
	}
	seen := map[string]bool{}
	for i, line := range lines[1:] {
		col := strings.Split(line, "\t")
		if len(col) != 4 {
			t.Errorf("line %d has %d columns, want 4", i+2, len(col))
			continue
		}
		if !requirementID.MatchString(col[0]) || seen[col[0]] {
			t.Errorf("line %d: id %q is malformed or comes twice", i+2, col[0])
		}
		seen[col[0]] = true
		for where := range strings.SplitSeq(col[1], ", ") {
			if _, err := os.Stat(filepath.Join(root, where)); err != nil {
				t.Errorf("%s: %s is not there", col[0], where)
			}
		}
		for by := range strings.SplitSeq(col[2], "; ") {
			if !known[by] {
				t.Errorf("%s: nothing is called %q", col[0], by)
			}
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d rows", len(seen))
	}
}

var (
	requirementID = regexp.MustCompile(`^[A-Z]{2,4}-[A-Za-z0-9.-]+$`)
	webTest       = regexp.MustCompile(`(?m)^\s*(?:test|it)\(\s*['"\x60]([^'"\x60]+)['"\x60]`)
)

// shows collects what can show a requirement: "folder.TestName" for Go, "spec: title" for the browser and Vitest.
func shows(t *testing.T, root string) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, f := range files(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && f.test() && fn.Recv == nil {
				known[f.pkg+"."+fn.Name.Name] = true
			}
		}
	}
	err := walk(root, func(path string) error {
		if !strings.HasSuffix(path, ".spec.ts") && !strings.HasSuffix(path, ".test.ts") {
			return nil
		}
		b, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		for _, m := range webTest.FindAllStringSubmatch(string(b), -1) {
			known[filepath.Base(path)+": "+m[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return known
}
