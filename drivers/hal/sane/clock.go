package sane

import "time"

// after is the only source of time here.
func after(d time.Duration) <-chan time.Time { return time.After(d) } //nolint:forbidigo // the clock itself

// Waits for the program.
const (
	waitAfterKill = 200 * time.Millisecond  // that was ended
	waitForEnd    = 10 * time.Second        // whose last page has come: a scanner drives its lamp home
	waitAfterWord = 1500 * time.Millisecond // that has said why it stops: it may hang in its own library, and a fault is told within 3 s
)
