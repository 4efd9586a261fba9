package reading

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After} //nolint:forbidigo // the clock itself

// Waits. A fault must be told within 3 s of its cause.
const (
	findLimit   = 350 * time.Millisecond // Find as a whole
	statusLimit = 900 * time.Millisecond // Status as a whole
)
