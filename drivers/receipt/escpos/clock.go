package escpos

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After}

// Waits. The order matters: a command must be told within 3 s what went wrong, Status within 1 s.
const (
	waitReply = 400 * time.Millisecond  // one answer of a healthy printer
	patience  = 1600 * time.Millisecond // how long a printer may keep silent before it counts as gone
	pollEvery = 100 * time.Millisecond  // between two status questions while a job runs
	readSlice = 50 * time.Millisecond   // one Read of the line
	lostEvery = 200 * time.Millisecond  // between two looks at a line that is gone
)
