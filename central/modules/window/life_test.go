package window

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	allStates = []State{Received, Noticed, Accepted, Suspended, Refused, Granted, Denied, Withdrawn, Lapsed, "nonsense"}
	allActs   = []Act{
		ActAccept, ActTolerate, ActNotice, ActRenotice, ActSupplement, ActSupply, ActRefuse, ActGrant, ActDeny, ActPause, ActResume,
		ActExtend, ActWithdraw, ActLapse, "nonsense",
	}
)

// wanted is the life written a second time, from the law's side: for each act, when it is right.
func wanted(n Now, act Act) State {
	in := func(states ...State) bool {
		for _, s := range states {
			if n.State == s {
				return true
			}
		}
		return false
	}
	switch {
	case act == ActAccept && in(Received, Noticed) && !n.Immediate && n.Missing == 0:
		return Accepted
	case act == ActTolerate && in(Received) && !n.Immediate:
		return Accepted
	case act == ActNotice && in(Received) && n.Notices == 0, act == ActRenotice && in(Received) && n.Notices > 0:
		return Noticed
	case act == ActSupplement && in(Noticed):
		return Received
	case act == ActSupply && in(Received, Accepted) && n.Missing > 0:
		return n.State
	case act == ActRefuse && in(Received, Noticed):
		return Refused
	case act == ActGrant && n.Missing == 0 && (in(Accepted) || n.Immediate && in(Received, Noticed)):
		return Granted
	case act == ActDeny && in(Accepted):
		return Denied
	case act == ActPause && in(Accepted):
		return Suspended
	case act == ActResume && in(Suspended), act == ActExtend && in(Accepted) && !n.Extended:
		return Accepted
	case act == ActWithdraw && in(Received, Noticed, Accepted, Suspended):
		return Withdrawn
	case act == ActLapse && n.Late && (in(Noticed) || in(Accepted) && n.Missing > 0):
		return Lapsed
	}
	return ""
}

// Every state × act × kind of item × condition: what is not wanted is forbidden, and says why.
func TestLife(t *testing.T) {
	rows := 0
	each(func(n Now) {
		may := map[Act]bool{}
		for _, a := range Acts(n) {
			may[a] = true
		}
		for _, act := range allActs {
			want := wanted(n, act)
			got, err := Next(n, act)
			if got != want || (err == nil) != (want != "") {
				t.Errorf("%+v, %s → %q, %v; want %q", n, act, got, err, want)
			}
			if may[act] != (want != "") {
				t.Errorf("%+v: %s is offered: %v", n, act, may[act])
			}
			rows++
		}
	})
	if rows < 4000 {
		t.Errorf("only %d rows", rows)
	}
}

// each visits every standing a case can have, as far as its life asks.
func each(visit func(Now)) {
	for _, state := range allStates {
		for bits := range 1 << 5 {
			on := func(i int) int { return bits >> i & 1 }
			visit(Now{State: state, Immediate: on(0) == 1, Notices: on(1), Missing: on(2), Late: on(3) == 1, Extended: on(4) == 1})
		}
	}
}

func TestActsOfAClosedCase(t *testing.T) {
	for _, s := range []State{Refused, Granted, Denied, Withdrawn, Lapsed} {
		if d := cmp.Diff([]Act{}, Acts(Now{State: s, Immediate: true, Missing: 1, Late: true})); d != "" {
			t.Errorf("%s: %s", s, d)
		}
		if s.Open() {
			t.Errorf("%s is open", s)
		}
	}
}

// Every state has a word, every act a word and an event of its own kind.
func TestWords(t *testing.T) {
	for _, s := range allStates[:len(allStates)-1] {
		if s.Text() == string(s) {
			t.Errorf("%s has no word", s)
		}
	}
	for _, a := range allActs[:len(allActs)-1] {
		if a.Text() == "" || a.Topic() == "" {
			t.Errorf("%s: word %q, event %q", a, a.Text(), a.Topic())
		}
	}
}
