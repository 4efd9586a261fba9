package main

import "testing"

// The committed types are what the Go contract says today.
func TestTypesAreCurrent(t *testing.T) {
	if err := run("../../../kioskui/src/gen/screen.ts", true); err != nil {
		t.Error(err)
	}
}
