package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	mdLink = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	adr    = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)
)

func TestMarkdownLinksResolve(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	err = walk(root, func(path string) error {
		if !strings.HasSuffix(path, ".md") {
			return nil
		}
		b, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			return err
		}
		for _, m := range mdLink.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", path, m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestDecisionNumbersAreUnique(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(root, "deploy/docs/adr"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, e := range entries {
		m := adr.FindStringSubmatch(e.Name())
		if m == nil {
			t.Errorf("deploy/docs/adr/%s is not NNNN-title.md", e.Name())
			continue
		}
		if other := seen[m[1]]; other != "" {
			t.Errorf("%s and %s share a number", other, e.Name())
		}
		seen[m[1]] = e.Name()
	}
}
