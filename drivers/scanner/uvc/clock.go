package uvc

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After} //nolint:forbidigo // the clock itself

// Limits of the commands, from the contract in drivers/scanner.go, less what telling the caller takes. They bound the waiting
// for the camera; what the processor makes of a picture afterwards comes on top.
const (
	limitOpen    = 2500 * time.Millisecond
	limitStatus  = 850 * time.Millisecond
	limitPreview = 470 * time.Millisecond
	limitCapture = 4500 * time.Millisecond
	limitSilent  = 2500 * time.Millisecond // a still that has not come by then does not come
	limitBusy    = 2500 * time.Millisecond // how long a busy camera is asked again
	retryAfter   = 60 * time.Millisecond
)
