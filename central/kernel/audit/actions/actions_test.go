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

// Every act that the program records is on the list, and every act on the list is recorded somewhere.
func TestEveryActionIsNamedAndWritten(t *testing.T) {
	written := writtenActions(t)
	listed := map[string]bool{}
	for _, a := range actions.All() {
		listed[a.Name] = true
		if len(written[a.Name]) == 0 {
			t.Errorf("%s (%s) is on the list and written nowhere", a.Name, a.Title)
		}
	}
	for n, where := range written {
		if !listed[n] {
			t.Errorf("%s writes %q, which is not on the list: add a line to central/kernel/audit/actions/list.go", where[0], n)
		}
	}
	t.Logf("%d named actions", len(listed))
}
