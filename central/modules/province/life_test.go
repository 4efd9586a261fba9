package province_test

import (
	"testing"

	"tongban/central/modules/province"
)

var (
	states = []province.State{province.Queued, province.Sent, province.Confirmed, province.Refused, province.Dead, province.Dropped}
	moves  = []province.Move{
		province.MoveDispatch, province.MoveConfirm, province.MoveRefuse, province.MoveAbsent, province.MoveUnsure, province.MoveHold, province.MoveGiveUp, province.MoveResend, province.MoveDrop,
	}
)

// Every state with every move: what is not in the table does not happen, what is settled stays.
func TestLife(t *testing.T) {
	allowed := 0
	for _, s := range states {
		if s.Text() == "" {
			t.Errorf("%s has no words", s)
		}
		for _, m := range moves {
			to, ok := s.Next(m)
			if !ok && to != s {
				t.Errorf("%s moved by %s though it may not", s, m)
			}
			if ok {
				allowed++
				if s.Settled() {
					t.Errorf("%s is settled and moves by %s", s, m)
				}
			}
		}
	}
	if allowed != len(province.Life) {
		t.Errorf("%d moves happen, the table has %d", allowed, len(province.Life))
	}
}
