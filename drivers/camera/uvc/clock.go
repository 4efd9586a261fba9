package uvc

import "time"

// clock is the driver's only source of time.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Limits of the commands, from the contract in drivers/camera.go, less what telling the caller takes.
const (
	limitOpen     = 3 * time.Second
	limitStatus   = 900 * time.Millisecond
	limitSnapshot = 900 * time.Millisecond
	limitControls = 2 * time.Second
	limitSilent   = time.Second // a stream that gives nothing for so long while it is watched is lost
	retryAfter    = 60 * time.Millisecond
)
