package observe_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"tongban/deploy/house"
	"tongban/deploy/observe"
)

var update = flag.Bool("update", false, "print the files anew")

func TestFilesAreWhatTheCodePrints(t *testing.T) {
	dashboard, err := observe.Dashboard()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"rules.yaml": observe.Rules(), "dashboard.json": dashboard} {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the code prints: go test ./deploy/observe -update (%v)", name, err)
		}
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr, For string }
		}
	}
	if err := yaml.Unmarshal(observe.Rules(), &rules); err != nil || len(rules.Groups) != 1 || len(rules.Groups[0].Rules) != len(observe.Alerts()) {
		t.Fatalf("rules do not parse as YAML: %+v, %v", rules, err)
	}
	for i, r := range rules.Groups[0].Rules {
		if r.Expr != observe.Alerts()[i].Expr {
			t.Errorf("%s reads as %s", r.Alert, r.Expr)
		}
	}
}

var (
	made = regexp.MustCompile(`\.(Counter|Gauge|Histogram)\(\s*"([a-z_]+)"`)
	used = regexp.MustCompile(`\b([a-z]+(?:_[a-z]+)+)\b(\s*\()?`)
)

// metrics reads from the source which metrics the programs have.
func metrics(t *testing.T) map[string]bool {
	t.Helper()
	root, err := house.Root()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, dir := range []string{"central", "fleet"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "node_modules" {
				return fs.SkipDir
			}
			if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
				return nil
			}
			b, err := os.ReadFile(p)
			for _, m := range made.FindAllSubmatch(b, -1) {
				name := string(m[2])
				out[name] = true
				if string(m[1]) == "Histogram" {
					out[name+"_bucket"], out[name+"_count"], out[name+"_sum"] = true, true, true
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 15 {
		t.Fatalf("only %d metrics found: the search is broken", len(out))
	}
	return out
}

// A rule over a metric that nobody makes never rings: it is worse than none.
func TestEveryMetricThatIsWatchedExists(t *testing.T) {
	known := metrics(t)
	functions := []string{"histogram_quantile"}
	look := func(where, expr string) {
		found := 0
		for _, m := range used.FindAllStringSubmatch(expr, -1) {
			if m[2] != "" && slices.Contains(functions, m[1]) {
				continue
			}
			found++
			if !known[m[1]] {
				t.Errorf("%s watches %s, which no program has", where, m[1])
			}
		}
		if found == 0 && !strings.HasPrefix(expr, "up{") {
			t.Errorf("%s watches nothing", where)
		}
	}
	seen := map[string]bool{}
	for _, a := range observe.Alerts() {
		look(a.Name, a.Expr)
		if seen[a.Name] || a.Summary == "" || a.Severity != "page" && a.Severity != "ticket" {
			t.Errorf("%+v", a)
		}
		seen[a.Name] = true
	}
	for _, p := range observe.Panels() {
		look(p.Title, p.Expr)
	}
}
