package region

import (
	"errors"
	"testing"
)

// Every state, every act, with and without originals: what is not written here does not happen.
func TestTheWholeLife(t *testing.T) {
	type row struct {
		s State
		a Act
	}
	both := map[row]State{
		{Registered, ActSend}: Sent, {Registered, ActWithdraw}: Withdrawn,
		{Sent, ActCorrect}: Correcting, {Sent, ActDecline}: Declined, {Sent, ActWithdraw}: Withdrawn,
		{Underway, ActArrive}: Arrived, {Underway, ActLose}: Sent, {Underway, ActAccept}: Accepted, {Underway, ActCorrect}: Correcting, {Underway, ActDecline}: Declined, {Underway, ActWithdraw}: Withdrawn,
		{Arrived, ActAccept}: Accepted, {Arrived, ActCorrect}: Correcting, {Arrived, ActDecline}: Declined, {Arrived, ActWithdraw}: Withdrawn,
		{Correcting, ActSupplement}: Registered, {Correcting, ActAccept}: Accepted, {Correcting, ActDecline}: Declined, {Correcting, ActWithdraw}: Withdrawn,
		{Accepted, ActDecide}: Decided, {Accepted, ActWithdraw}: Withdrawn,
		{Decided, ActDispatch}: Returning, {Decided, ActLand}: Returned,
		{Declined, ActDispatch}: Returning, {Declined, ActLand}: Returned,
		{Returning, ActLand}: Returned, {Returned, ActHand}: Handed,
	}
	only := map[bool]map[row]State{
		true:  {{Sent, ActPost}: Underway, {Sent, ActArrive}: Arrived},
		false: {{Sent, ActAccept}: Accepted},
	}
	for _, paper := range []bool{true, false} {
		for _, s := range States {
			for _, a := range Acts {
				want, ok := both[row{s, a}]
				if special, there := only[paper][row{s, a}]; there {
					want, ok = special, true
				}
				got, err := Next(s, a, paper)
				if ok && (err != nil || got != want) || !ok && (!errors.Is(err, ErrNotNow) || got != s) {
					t.Errorf("%s %s, paper %v: %s %v, want %s %v", s, a, paper, got, err, want, ok)
				}
			}
		}
	}
}

// Something is owed by somebody as long as it is open, and by nobody after.
func TestSomebodyOwes(t *testing.T) {
	for _, s := range States {
		if s.Text() == "" {
			t.Errorf("%s has no words", s)
		}
		for _, paper := range []bool{true, false} {
			if who := Owes(s, paper); (who != Nobody) != s.Open() {
				t.Errorf("%s, paper %v: %q owes", s, paper, who)
			}
		}
	}
	if Owes(Sent, true) != Here || Owes(Sent, false) != Home {
		t.Error("after sending, the window owes the papers where there are any, and else the home authority its answer")
	}
}

// The legal clock begins over there: no act of ours leads to the acceptance, and papers that never left cannot be accepted.
func TestAcceptanceIsTheHomeAuthoritys(t *testing.T) {
	for _, s := range States {
		for _, a := range []Act{ActSend, ActPost, ActLose, ActSupplement, ActWithdraw, ActHand} {
			if got, err := Next(s, a, true); err == nil && got == Accepted {
				t.Errorf("%s by %s is accepted", s, a)
			}
		}
	}
	if _, err := Next(Sent, ActAccept, true); err == nil {
		t.Error("accepted before the papers left")
	}
}

// A letter that was confirmed never leaves again, and nothing but a receipt confirms it.
func TestLetters(t *testing.T) {
	want := map[Letter]map[Passage]Letter{
		Queued: {Depart: OnLine}, OnLine: {Confirm: Confirmed, Reject: Rejected, Missing: Queued, Unsure: OnLine, Hold: Queued}, Confirmed: {}, Rejected: {Resend: Queued},
	}
	for l, steps := range want {
		for _, p := range []Passage{Depart, Confirm, Reject, Missing, Unsure, Hold, Resend} {
			got, ok := l.Next(p)
			if to, may := steps[p]; ok != may || got != to {
				t.Errorf("%s by %s: %s %v, want %s %v", l, p, got, ok, to, may)
			}
		}
		if l.Text() == "" {
			t.Errorf("%s has no words", l)
		}
	}
}
