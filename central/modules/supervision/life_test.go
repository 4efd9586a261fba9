package supervision_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/modules/supervision"
)

// Every state, act and weight of card is asked once; what is not written here is refused.
func TestLifeOfACard(t *testing.T) {
	want := strings.Join([]string{
		"issued read notified", "issued reply replied", "issued cancel cancelled", "issued remind issued", "issued end closed (mild)", "issued rise closed (mild)",
		"notified reply replied", "notified cancel cancelled", "notified remind notified", "notified end closed (mild)", "notified rise closed (mild)",
		"replied accept accepted", "replied return returned", "replied cancel cancelled", "replied end closed (mild)", "replied rise closed (mild)",
		"returned reply replied", "returned cancel cancelled", "returned remind returned", "returned end closed (mild)", "returned rise closed (mild)",
		"accepted cancel cancelled", "accepted close closed", "accepted end closed", "accepted rise closed (mild)",
	}, "\n")
	var got []string
	for _, from := range supervision.States() {
		for _, act := range supervision.Acts() {
			mild, errMild := supervision.Next(from, act, supervision.Yellow)
			grave, errGrave := supervision.Next(from, act, supervision.Red)
			switch {
			case errMild == nil && errGrave == nil && mild == grave:
				got = append(got, fmt.Sprintf("%s %s %s", from, act, mild))
			case errMild == nil && errors.Is(errGrave, supervision.ErrNotNow) && grave == from:
				got = append(got, fmt.Sprintf("%s %s %s (mild)", from, act, mild))
			case errMild == nil || errGrave == nil:
				t.Errorf("%s %s: %s, %v and %s, %v", from, act, mild, errMild, grave, errGrave)
			}
		}
	}
	if d := cmp.Diff(want, strings.Join(got, "\n")); d != "" {
		t.Errorf("life (-want +got):\n%s", d)
	}
}

func TestWordsOfLevelsAndStates(t *testing.T) {
	for _, l := range supervision.Levels() {
		if l.Title() == "" || l.Grade() == 0 {
			t.Errorf("level %s has no word", l)
		}
	}
	for _, s := range supervision.States() {
		if s.Title() == "" || s.Open() == (s == supervision.Closed || s == supervision.Cancelled) {
			t.Errorf("state %s", s)
		}
	}
}
