package app

import (
	"testing"

	"tongban/fleet/wire/matter"
)

// The index is made once for a list, and anew for the list that replaces it, however alike they look.
func TestItemIndexFollowsTheList(t *testing.T) {
	var x itemIndex
	list := []matter.Item{{Code: "a", Name: "社会保障卡申领"}, {Code: "b", Name: "食品经营许可"}}
	first := x.of(list)
	if x.of(list) != first {
		t.Error("the same list was indexed twice")
	}
	next := []matter.Item{{Code: "a", Name: "社会保障卡申领"}, {Code: "b", Name: "养犬登记"}}
	if hits, _, nearest := x.of(next).SearchExactly("养犬登记"); nearest || len(hits) != 1 || next[hits[0].Index].Code != "b" {
		t.Errorf("after the list was replaced: %v, nearest %v", hits, nearest)
	}
	if x.of(nil) == first {
		t.Error("an empty list has the index of another")
	}
}
