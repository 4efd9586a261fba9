package program

import "time"

// clock is the only source of time here; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After} //nolint:forbidigo // the clock itself

// Waits.
const (
	hangLimit  = 2 * time.Second        // asked and not a byte in answer: it hangs
	startLimit = 5 * time.Second        // the same for its first answer: libraries load, and look for their device
	endLimit   = 150 * time.Millisecond // to end by itself when its input ends
	firstPause = 100 * time.Millisecond // before a program that ended is started again
	lastPause  = 5 * time.Second        // the same, after it ended many times
	steady     = 10 * time.Second       // who lives so long has not failed at the start
)
