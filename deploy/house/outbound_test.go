package house

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// waysOut are the names by which a program opens a line to somewhere.
var waysOut = map[string][]string{
	"http": {"Client", "Get", "Post", "PostForm", "Head", "DefaultClient", "DefaultTransport", "Transport"},
	"net":  {"Dial", "DialTimeout", "Dialer", "DialTCP", "DialUDP"},
	"tls":  {"Dial", "DialWithDialer", "Dialer"},
}

// mayGoOut are the packages of the centre that may use them, each with the reason.
var mayGoOut = map[string]string{
	"central/kernel/outbound": "the one way out: it judges addresses where the line is opened",
	"central/kernel/blobs":    "the store is ours: its address comes from the operator's configuration alone",
	"central/kernel/obs":      "the collector is ours: its address comes from the operator's configuration alone",
	"central/kernel/sso":      "hands the OpenID library a client whose every call goes through kernel/outbound",
	"fleet/internal/simterm":  "plays terminals in tests and benches, no part of the centre",
}

// Every call of the centre to another system goes through kernel/outbound, which nobody can talk into calling inwards.
func TestOneWayOut(t *testing.T) {
	used := map[string]bool{}
	for _, f := range files(t) {
		if f.test() || !strings.HasPrefix(f.pkg, "central/") && !strings.HasPrefix(f.pkg, "fleet/") {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok || pkg.Obj != nil || !slices.Contains(waysOut[pkg.Name], sel.Sel.Name) {
				return true
			}
			used[f.pkg] = true
			if mayGoOut[f.pkg] == "" {
				t.Errorf("%s:%d uses %s.%s: call other systems through kernel/outbound, or kernel/adapter",
					f.path, f.fset.Position(n.Pos()).Line, pkg.Name, sel.Sel.Name)
			}
			return true
		})
	}
	if !used["central/kernel/outbound"] {
		t.Error("the search finds nothing any more")
	}
}
