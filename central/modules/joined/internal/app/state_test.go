package app

import (
	"testing"

	"tongban/central/modules/joined"
	"tongban/central/modules/window"
)

// Every state of a case has one of the contract, and those that end a case end the item.
func TestEveryStateOfACaseIsOneOfTheContract(t *testing.T) {
	want := map[window.State]joined.State{
		window.Received: joined.Underway, window.Noticed: joined.Supplement, window.Accepted: joined.Underway, window.Suspended: joined.Underway,
		window.Refused: joined.Refused, window.Granted: joined.Done, window.Denied: joined.Refused, window.Withdrawn: joined.Refused, window.Lapsed: joined.Refused,
	}
	for from, to := range want {
		if got := ofCase(from); got != to || !got.Known() {
			t.Errorf("%s → %s, want %s", from, got, to)
		}
	}
}
