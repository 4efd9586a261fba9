package hall

import (
	"slices"
	"testing"
)

// Every state meets every act; what is not named here is refused and changes nothing.
func TestEveryStepOfATicket(t *testing.T) {
	want := map[TicketState]map[TicketAct]TicketState{
		Waiting: {ActCall: Called, ActTransfer: Waiting, ActLeave: Left},
		Called:  {ActRecall: Called, ActStart: Serving, ActSkip: Passed, ActTransfer: Waiting, ActFinish: Done, ActLeave: Left},
		Serving: {ActHold: Held, ActTransfer: Waiting, ActFinish: Done, ActLeave: Left},
		Passed:  {ActCall: Called, ActRequeue: Waiting, ActLeave: Left},
		Held:    {ActResume: Serving, ActTransfer: Waiting, ActLeave: Left},
		Done:    {},
		Left:    {},
	}
	for _, from := range TicketStates {
		for _, act := range TicketActs {
			to, err := from.After(act)
			w, is := want[from][act]
			if is != (err == nil) || is && to != w || !is && to != from {
				t.Errorf("%s %s → %s %v, want %q", from, act, to, err, w)
			}
		}
		if from.Text() == "" {
			t.Errorf("%s has no word", from)
		}
		if from.Ended() != (len(want[from]) == 0) {
			t.Errorf("%s: ended %v", from, from.Ended())
		}
	}
	for i, s := range life {
		if slices.ContainsFunc(life[:i], func(o step) bool { return o.from == s.from && o.act == s.act }) {
			t.Errorf("%s %s stands twice", s.from, s.act)
		}
	}
}
