package sharing

import (
	"slices"
	"testing"
)

var (
	states = []State{Offered, Opened, Proved, Agreed, Refused, Revoked, Blocked, Replaced, Used}
	acts   = []Act{ActOpen, ActProve, ActBlock, ActAgree, ActRefuse, ActRevoke, ActReplace, ActUse}
)

// Every pair of state and act, by a list that is written apart from the table.
func TestLife(t *testing.T) {
	may := map[State]map[Act]State{
		Offered: {ActOpen: Opened, ActReplace: Replaced},
		Opened:  {ActProve: Proved, ActBlock: Blocked, ActRefuse: Refused, ActReplace: Replaced},
		Proved:  {ActAgree: Agreed, ActRefuse: Refused, ActReplace: Replaced},
		Agreed:  {ActAgree: Agreed, ActRevoke: Revoked, ActUse: Used},
		Revoked: {ActAgree: Agreed},
	}
	for _, s := range states {
		if s.Text() == "" {
			t.Errorf("%s has no words", s)
		}
		for _, act := range acts {
			got, err := Next(s, act)
			want, ok := may[s][act]
			if ok != (err == nil) || ok && got != want || !ok && got != s {
				t.Errorf("%s %s: %s, %v", s, act, got, err)
			}
		}
	}
}

// Nobody agrees without the proof: with it taken out of the table, no way leads to an agreement.
func TestNoAgreementWithoutProof(t *testing.T) {
	reached := []State{Offered}
	for range states {
		for _, s := range reached {
			for _, act := range acts {
				if to, err := Next(s, act); err == nil && act != ActProve && !slices.Contains(reached, to) {
					reached = append(reached, to)
				}
			}
		}
	}
	if slices.Contains(reached, Agreed) || slices.Contains(reached, Used) {
		t.Errorf("reached %v without a proof", reached)
	}
}
