package onvif

import "time"

// clock is the driver's only source of time.
type clock struct {
	now       func() time.Time
	afterFunc func(time.Duration, func()) *time.Timer
}

var wall = clock{now: time.Now, afterFunc: time.AfterFunc} //nolint:forbidigo // the clock itself

// Limits of the commands, from the contract in drivers/cctv.go, less what telling the caller takes.
const (
	limitOpen   = 4 * time.Second
	limitStatus = 900 * time.Millisecond
	limitStill  = 4800 * time.Millisecond
	limitSilent = 2 * time.Second // of waiting for the next moving picture; told within 3 s, though one may still be looked at
)
