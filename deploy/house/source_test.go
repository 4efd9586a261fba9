package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

func files(t *testing.T) []goFile {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	fs, err := goFiles(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(fs) < 50 {
		t.Fatalf("only %d files found below %s", len(fs), root)
	}
	return fs
}

// Every package says what it is, with the Chinese term, so that the glossary is never written by hand.
func TestPackageComments(t *testing.T) {
	said, han := map[string]bool{}, map[string]bool{}
	for _, f := range files(t) {
		if f.test() || strings.HasSuffix(f.ast.Name.Name, "_test") || f.path == "zz_deps.go" {
			continue
		}
		doc := f.ast.Doc.Text()
		said[f.pkg] = said[f.pkg] || doc != ""
		han[f.pkg] = han[f.pkg] || strings.ContainsFunc(doc, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for pkg, ok := range said {
		switch {
		case !ok:
			t.Errorf("%s has no package comment", pkg)
		case !han[pkg]:
			t.Errorf("%s: the package comment lacks the Chinese term", pkg)
		}
	}
}

// Registration is explicit: a list that can be read beats an init that must be found.
func TestNoInit(t *testing.T) {
	for _, f := range files(t) {
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s has an init function", f.path)
			}
		}
	}
}

var wordsThatSayNothing = []string{"utils", "util", "common", "helper", "helpers", "misc", "manager", "shared"}

func TestFolderNames(t *testing.T) {
	for _, f := range files(t) {
		for part := range strings.SplitSeq(f.pkg, "/") {
			for _, w := range wordsThatSayNothing {
				if part == w {
					t.Errorf("%s: a folder called %s says nothing", f.path, w)
				}
			}
		}
	}
}

// A file over 600 lines is two things; over 350 it is listed, so that the list is talked about.
func TestFileSizes(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	err = walk(root, func(path string) error {
		ext := filepath.Ext(path)
		if ext != ".go" && ext != ".ts" && ext != ".vue" && ext != ".css" || strings.Contains(path, "/gen/") || strings.Contains(path, ".gen.") {
			return nil
		}
		b, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		switch n := strings.Count(string(b), "\n"); {
		case n > 600:
			t.Errorf("%s has %d lines", path, n)
		case n > 350:
			t.Logf("long: %s, %d lines", path, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var topLevel = map[string]bool{
	"agent": true, "fleet": true, "drivers": true, "kioskui": true, "central": true, "firmware-profiles": true, "deploy": true,
}

// The customer fixed the top-level folders.
func TestTopLevelFolders(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !topLevel[e.Name()] && !strings.HasPrefix(e.Name(), ".") && !skipped[e.Name()] {
			t.Errorf("folder %s is none of the seven", e.Name())
		}
	}
}

// modernc's libc does not follow semantic versions: it moves only with the sqlite that was built against it.
func TestSQLiteAndLibcMoveTogether(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"modernc.org/sqlite v1.62.0", "modernc.org/libc v1.80.1"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("go.mod lacks %s; change both here and there, after reading sqlite's own go.mod", want)
		}
	}
	if strings.Contains(string(b), "\nreplace ") {
		t.Error("go.mod replaces a module")
	}
}
