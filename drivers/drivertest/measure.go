package drivertest

import (
	"testing"
	"time"

	"tongban/drivers"
)

// Bounds that every driver keeps, by the requirements.
const (
	toldLimit = 3 * time.Second
	backLimit = 10 * time.Second
)

// told holds the time from a fault, or from the question that met it, until it was told to its limit (故障上报用时).
func told(t testing.TB, d drivers.Device, took, limit time.Duration) {
	t.Helper()
	if took > limit {
		t.Errorf("told after %v, not within %v", took, limit)
	}
	measured(t, "told", d, took)
}

// back holds the time from the replug until the same driver works again to its limit (恢复用时).
func back(t testing.TB, d drivers.Device, plugged time.Time) {
	t.Helper()
	took := time.Since(plugged)
	if took > backLimit {
		t.Errorf("back after %v, not within %v", took, backLimit)
	}
	measured(t, "back", d, took)
}

// proof leaves a case out of the rounds that look for faults which show in numbers only (make soak): it shows how good or how fast
// something is, and would show the same again.
func proof(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("no fault: shown by the run that is not short")
	}
}

// measured hands a time to whoever reads the run (deploy/cmd/tally); a run of many rounds is judged by the longest of them.
func measured(t testing.TB, what string, d drivers.Device, took time.Duration) {
	t.Helper()
	t.Attr(what, d.Info().Driver+" "+took.Round(time.Millisecond).String())
}
