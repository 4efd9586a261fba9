package house

import (
	"strconv"
	"strings"
	"testing"
)

// printers are the packages that make PDF pages, and how what they print is verified (打印件核验). Papers that bind anybody are drawn in one
// place, which signs them.
var printers = map[string]string{
	"central/kernel/paper/official":          "templates; whoever renders them is below",
	"central/modules/window/internal/papers": "official papers: signed, TestEveryKindOfPaperVerifies",
	"central/modules/forms/internal/ink":     "a form before it is handed in: a draft of the applicant, which claims nothing",
	"central/modules/desk/internal/app":      "the label of a folder: its code leads staff to the chain of hands, which is checked there",
	"central/modules/running/internal/app":   "a report of an inspection for the operators, which names its records",
}

// A package that begins to print has to say how what it prints is verified; and nobody but the window draws official papers.
func TestWhatIsPrintedVerifies(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range files(t) {
		if f.test() || strings.HasPrefix(f.pkg, "deploy/") {
			continue
		}
		for _, imp := range f.ast.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			switch strings.TrimPrefix(p, module) {
			case "central/kernel/paper":
				seen[f.pkg] = true
				if printers[f.pkg] == "" {
					t.Errorf("%s prints; say in printers how what it prints is verified", f.path)
				}
			case "central/kernel/paper/official":
				if f.pkg != "central/modules/window/internal/papers" {
					t.Errorf("%s draws official papers past the one place that signs them", f.path)
				}
			}
		}
	}
	for pkg := range printers {
		if !seen[pkg] {
			t.Errorf("%s prints no more; take it out of printers", pkg)
		}
	}
}
