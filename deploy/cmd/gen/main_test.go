package main

import (
	"reflect"
	"testing"
)

// The committed types are what the Go contract says today.
func TestTypesAreCurrent(t *testing.T) {
	if err := run("../../../kioskui/src/gen/screen.ts", true); err != nil {
		t.Error(err)
	}
}

// A list inside a list keeps its brackets: "T[] | null" taken as an element would lose one of them.
func TestListsOfLists(t *testing.T) {
	for _, c := range []struct {
		value any
		want  string
	}{
		{[]string(nil), "string[] | null"},
		{[][]string(nil), "(string[] | null)[] | null"},
		{[][][4]float64(nil), "([number, number, number, number][] | null)[] | null"},
		{map[string][]int(nil), "Record<string, number[] | null> | null"},
	} {
		if got := (&printer{}).name(reflect.TypeOf(c.value)); got != c.want {
			t.Errorf("%T: %s, want %s", c.value, got, c.want)
		}
	}
}
