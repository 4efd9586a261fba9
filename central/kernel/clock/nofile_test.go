//go:build !testhooks

package clock_test

import (
	"testing"

	"tongban/central/kernel/clock"
)

// A product that was not built for tests refuses to have its time moved.
func TestNoFileClockInTheProduct(t *testing.T) {
	if c, err := clock.FromFile("anywhere"); err == nil || c != nil {
		t.Error("the product has a test clock")
	}
}
