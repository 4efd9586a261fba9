package drivers

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A reason that is written in this package and not in the list would have words nowhere, and no test would say so.
func TestEveryReasonIsListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var written []string
	for _, f := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || len(v.Values) != 1 {
				return true
			}
			typ, named := v.Type.(*ast.Ident)
			value, text := v.Values[0].(*ast.BasicLit)
			if named && text && typ.Name == "Reason" {
				written = append(written, strings.Trim(value.Value, `"`))
			}
			return true
		})
	}
	if len(written) < 25 {
		t.Fatalf("only %d reasons found in the source: the test looks in the wrong place", len(written))
	}
	for _, w := range written {
		if !slices.Contains(reasons, Reason(w)) {
			t.Errorf("reason %q is not in Reasons()", w)
		}
	}
	if len(reasons) != len(written) {
		t.Errorf("%d reasons listed, %d written", len(reasons), len(written))
	}
}
