package escl

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After}

// Limits of the commands, from the contract in drivers/scanner.go, less what telling the caller takes.
const (
	limitOpen    = 2500 * time.Millisecond
	limitStatus  = 900 * time.Millisecond
	limitPreview = 480 * time.Millisecond
	limitCapture = 4800 * time.Millisecond
	limitBusy    = 2500 * time.Millisecond // how long a busy camera is asked again
	limitAnswer  = 1500 * time.Millisecond // for everything but the picture itself
	limitCleanup = 400 * time.Millisecond
	retryAfter   = 60 * time.Millisecond // between two tries at a busy camera
)
