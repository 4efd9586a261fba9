package window

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every state × act × kind of item, written out: what is not here is forbidden.
func TestLife(t *testing.T) {
	type row struct {
		from      State
		act       Act
		immediate bool
	}
	allowed := map[row]State{
		{Received, ActAccept, false}: Accepted,
		{Received, ActNotice, false}: Noticed, {Received, ActNotice, true}: Noticed,
		{Received, ActRefuse, false}: Refused, {Received, ActRefuse, true}: Refused,
		{Received, ActGrant, true}:  Granted,
		{Noticed, ActAccept, false}: Accepted,
		{Noticed, ActRefuse, false}: Refused, {Noticed, ActRefuse, true}: Refused,
		{Noticed, ActGrant, true}:   Granted,
		{Accepted, ActGrant, false}: Granted, {Accepted, ActGrant, true}: Granted,
	}
	for _, from := range []State{Received, Noticed, Accepted, Refused, Granted, "nonsense"} {
		for _, act := range []Act{ActAccept, ActNotice, ActRefuse, ActGrant, "nonsense"} {
			for _, immediate := range []bool{false, true} {
				want := allowed[row{from, act, immediate}]
				got, err := Next(from, act, immediate)
				if got != want || (err == nil) != (want != "") {
					t.Errorf("%s, %s, immediate %v → %q, %v; want %q", from, act, immediate, got, err, want)
				}
			}
		}
	}
}

func TestActsOfAClosedCase(t *testing.T) {
	for _, s := range []State{Refused, Granted} {
		if d := cmp.Diff([]Act{}, Acts(s, true)); d != "" {
			t.Errorf("%s: %s", s, d)
		}
		if s.Open() {
			t.Errorf("%s is open", s)
		}
	}
}
