package sdt

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After} //nolint:forbidigo // the clock itself

// Waits. A fault must be told within 3 s of its cause, so no single wait and no row of tries may come near that.
const (
	readSlice    = 50 * time.Millisecond   // one Read of the port: how soon a cancelled command ends
	gap          = 250 * time.Millisecond  // silence within a frame after which its rest will not come
	quietFor     = 40 * time.Millisecond   // silence after which the line is free for asking again
	quietLimit   = 300 * time.Millisecond  // how long to wait for that
	troubleLimit = 2700 * time.Millisecond // from the first sign of trouble to the verdict
	findLimit    = 380 * time.Millisecond  // Find as a whole
	statusLimit  = 900 * time.Millisecond  // Status as a whole
	presentEvery = 100 * time.Millisecond  // between two looks whether a card is gone
)
