package app

import (
	"slices"
	"testing"

	"tongban/central/modules/catalogue"
)

// The twenty smart items: each says why it qualifies, has a rule for every review point, and reads each value from somewhere.
func TestSmartItems(t *testing.T) {
	carriers := map[string]int{}
	items := 0
	for _, en := range readSeed(t).Items {
		if en.Smart == nil {
			continue
		}
		items++
		if en.Smart.Reason == "" || len(en.Smart.Conditions) == 0 || len(en.Smart.Elements) == 0 {
			t.Errorf("%s: the reason, a condition or an element is missing", en.Code)
		}
		for _, p := range en.Points {
			if !slices.ContainsFunc(en.Smart.Rules, func(r catalogue.SmartRule) bool { return r.Point == p.ID && r.Algorithm != "" && r.Fail != "" }) {
				t.Errorf("%s: no rule looks at point %s", en.Code, p.ID)
			}
		}
		for _, e := range en.Smart.Elements {
			carriers[e.Carrier]++
		}
	}
	if items != 20 {
		t.Errorf("%d smart items, want 20", items)
	}
	for _, c := range []string{"form", "material", "share", "answer", "idcard"} {
		if carriers[c] == 0 {
			t.Errorf("nothing is read from a %s", c)
		}
	}
}
