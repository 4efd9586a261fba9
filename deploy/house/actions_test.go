package house

import (
	"testing"

	"tongban/central/kernel/audit/actions"
)

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
