package desk_test

import (
	"errors"
	"testing"

	"tongban/central/modules/desk"
)

// Every pair of state and act is looked at: what the table does not name is refused.
func TestLifeIsExactlyItsTable(t *testing.T) {
	want := map[desk.State]map[desk.Act]desk.State{
		desk.Waiting:  {desk.ActSign: desk.Reviewing, desk.ActRefuse: desk.Returned, desk.ActClose: desk.Closed},
		desk.Returned: {desk.ActResend: desk.Waiting, desk.ActClose: desk.Closed},
		desk.Reviewing: {
			desk.ActAsk: desk.Asking, desk.ActForward: desk.Forwarded, desk.ActDecide: desk.Decided, desk.ActClose: desk.Closed,
			desk.ActPause: desk.Reviewing, desk.ActResume: desk.Reviewing, desk.ActExtend: desk.Reviewing,
		},
		desk.Asking: {
			desk.ActAsk: desk.Asking, desk.ActAnswer: desk.Asking, desk.ActSettle: desk.Reviewing, desk.ActClose: desk.Closed,
			desk.ActPause: desk.Asking, desk.ActResume: desk.Asking, desk.ActExtend: desk.Asking,
		},
		desk.Forwarded: {
			desk.ActReply: desk.Reviewing, desk.ActClose: desk.Closed,
			desk.ActPause: desk.Forwarded, desk.ActResume: desk.Forwarded, desk.ActExtend: desk.Forwarded,
		},
		desk.Decided: {}, desk.Closed: {},
	}
	acts := []desk.Act{
		desk.ActSign, desk.ActRefuse, desk.ActResend, desk.ActAsk, desk.ActAnswer, desk.ActSettle, desk.ActForward, desk.ActReply,
		desk.ActPause, desk.ActResume, desk.ActExtend, desk.ActDecide, desk.ActClose, "", "burn",
	}
	for from, allowed := range want {
		if from.Text() == "" {
			t.Errorf("%s has no word", from)
		}
		if from.Open() != (len(allowed) > 0) {
			t.Errorf("%s: open is %v with %d ways on", from, from.Open(), len(allowed))
		}
		for _, act := range acts {
			to, err := desk.Next(from, act)
			if goal, ok := allowed[act]; ok != (err == nil) || to != goal {
				t.Errorf("%s, %s: got %q, %v; want %q", from, act, to, err, goal)
			}
			if err != nil && !errors.Is(err, desk.ErrNotNow) {
				t.Errorf("%s, %s: %v", from, act, err)
			}
		}
	}
}
