package sane

import "time"

// after is the only source of time here.
func after(d time.Duration) <-chan time.Time { return time.After(d) } //nolint:forbidigo // the clock itself

// Waits for the program.
const (
	waitAfterKill = 200 * time.Millisecond // that was ended
	waitForEnd    = 10 * time.Second       // that has said its last: a scanner drives its lamp home
)
