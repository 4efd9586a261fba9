package synth_test

import (
	"reflect"
	"testing"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/check"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/synth"
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// A history is the same for the same seed, its numbers and persons are well formed, nothing in it happens before what it follows
// from, and its ledger counts what was given.
func TestHistory(t *testing.T) {
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	plan := synth.Plan{
		N: 4000, Seed: 7, Months: 18, Last: calendar.On(2026, 11, 20), Hall: "某大厅", Windows: []string{"A01", "A02"}, Calendar: cal,
		Places: func(matter.Item) (string, string) { return "510703000000", "d" },
		Items: []matter.Item{
			{Code: "a", Handling: matter.Immediate},
			{Code: "b", Promise: matter.Limit{Days: 5, Unit: "working"}, Statutory: matter.Limit{Days: 20, Unit: "working"}},
		},
	}
	make := func() (all []synth.Case, l synth.Ledger) {
		l, err := synth.Make(plan, func(c synth.Case) error {
			all = append(all, c)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return all, l
	}
	cases, ledger := make()
	again, same := make()
	if !reflect.DeepEqual(cases, again) || !reflect.DeepEqual(ledger, same) {
		t.Error("the same seed made another history")
	}
	numbers := map[string]bool{}
	states := map[window.State]int{}
	for _, c := range cases {
		if no, err := wire.ParseCaseNo(c.No); err != nil || no != c.No || numbers[c.No] {
			t.Fatalf("number %s: %s, %v, again %v", c.No, no, err, numbers[c.No])
		}
		numbers[c.No] = true
		if r := check.Verify(check.ID, c.ID); !r.OK() {
			t.Fatalf("identity %s: %v", c.ID, r)
		}
		if !c.Accepted.IsZero() && c.Accepted.Before(c.Received) || !c.Done.IsZero() && c.Done.Before(c.Received) || c.Done.After(plan.Last) {
			t.Fatalf("out of order: %+v", c)
		}
		if c.State.Open() != c.Done.IsZero() {
			t.Fatalf("%s ended on %s", c.State, c.Done)
		}
		states[c.State]++
	}
	for _, s := range []window.State{window.Received, window.Accepted, window.Granted, window.Denied, window.Refused, window.Withdrawn} {
		if states[s] == 0 {
			t.Errorf("no case is %s: %v", s, states)
		}
	}
	var received, ended int64
	for _, m := range ledger {
		received, ended = received+m.Received, ended+m.Ended
	}
	if received != 4000 || ended != int64(states[window.Granted]+states[window.Denied]+states[window.Refused]+states[window.Withdrawn]) || len(ledger) < 18 {
		t.Errorf("ledger of %d months: %d received, %d ended, states %v", len(ledger), received, ended, states)
	}
}
