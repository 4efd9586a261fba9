// Package house tests the house itself (房屋检查): who may import whom, what every package says of itself, how long files
// are, that links resolve and that no requirement is claimed without a test. Files are parsed here and not by go list,
// so the test cache sees every change and every build tag is covered.
package house

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Root finds the folder of go.mod above the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find working directory: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = up
	}
}

// skipped are folders that hold nothing of ours.
var skipped = map[string]bool{"node_modules": true, ".git": true, ".demo": true, ".cache": true, "bin": true, "dist": true, "results": true}

// walk calls f with every file of ours, by its slash path from the root.
func walk(root string, f func(path string) error) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped[d.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		return f(filepath.ToSlash(rel))
	})
}

// goFile is one parsed file.
type goFile struct {
	path string // from the root
	pkg  string // folder
	ast  *ast.File
	fset *token.FileSet
}

func (f goFile) test() bool { return strings.HasSuffix(f.path, "_test.go") }

func goFiles(root string) ([]goFile, error) {
	var out []goFile
	fset := token.NewFileSet()
	err := walk(root, func(path string) error {
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		a, err := parser.ParseFile(fset, filepath.Join(root, path), nil, parser.ParseComments)
		if err != nil {
			return fmt.Errorf("parse %s: %w", path, err)
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		out = append(out, goFile{path: path, pkg: dir, ast: a, fset: fset})
		return nil
	})
	return out, err
}
