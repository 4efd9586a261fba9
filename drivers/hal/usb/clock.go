package usb

import "time"

// newTimer is the only source of time here.
func newTimer(d time.Duration) *time.Timer { return time.NewTimer(d) }

// Limits.
const (
	writeLimit = 10 * time.Second       // one piece that the device does not take: a printer out of paper says so long before
	closeLimit = 400 * time.Millisecond // for a transfer under way to end; Close may take 500 ms
	pieceSize  = 4096                   // of a long write, so that the limit is one of progress
)
