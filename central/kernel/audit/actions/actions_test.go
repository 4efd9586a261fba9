package actions_test

import (
	"regexp"
	"slices"
	"testing"

	"tongban/central/kernel/audit/actions"
)

var name = regexp.MustCompile(`^[a-z]+\.[a-z]+(_[a-z]+)*$`)

func TestListIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range actions.All() {
		if !name.MatchString(a.Name) || a.Title == "" || a.Object == "" || a.Level.Title() == "" {
			t.Errorf("%+v lacks something", a)
		}
		if !slices.Contains([]string{actions.OK, actions.Denied, actions.Failed}, a.Result) {
			t.Errorf("%s ends in %q", a.Name, a.Result)
		}
		if seen[a.Name] {
			t.Errorf("%s stands twice", a.Name)
		}
		seen[a.Name] = true
	}
}
