package v4l2

import "time"

// clock is the only source of time here.
func clock() time.Time { return time.Now() } //nolint:forbidigo // the clock itself

// after is how long nothing is waited for.
func after(d time.Duration) <-chan time.Time { return time.After(d) } //nolint:forbidigo // the clock itself

// afterFunc runs f later; the returned function calls that off.
func afterFunc(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop }

// Waits.
const (
	slice     = 20 * time.Millisecond  // one look at a camera while the port is read; Close waits no longer
	askEvery  = 50 * time.Millisecond  // between two looks at the caller's context
	restAfter = 5 * time.Second        // a camera that nobody looks through is stopped
	openLimit = 300 * time.Millisecond // one try to open a lost camera again
)
