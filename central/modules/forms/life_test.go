package forms

import (
	"errors"
	"testing"
)

// Every pair of state and act is either a row of the table or refused.
func TestLifeOfADraft(t *testing.T) {
	allowed := map[State]map[Act]State{
		Editing:   {ActSave: Editing, ActSubmit: Submitted, ActDrop: Gone},
		Submitted: {ActWithdraw: Editing, ActReturn: Returned, ActPublish: Gone},
		Returned:  {ActSave: Editing, ActSubmit: Submitted, ActDrop: Gone},
		Gone:      {},
	}
	for from, acts := range allowed {
		for _, act := range []Act{ActSave, ActSubmit, ActWithdraw, ActReturn, ActPublish, ActDrop} {
			got, err := Next(from, act)
			want, ok := acts[act]
			if ok && (err != nil || got != want) {
				t.Errorf("%s %s: %q, %v; want %q", from, act, got, err, want)
			}
			if !ok && !errors.Is(err, ErrNotNow) {
				t.Errorf("%s %s is let through to %q", from, act, got)
			}
		}
	}
}
