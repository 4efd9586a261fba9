package hal

import "time"

// clock is the only source of time here; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Waits.
const (
	dialLimit  = 2 * time.Second        // first connection to a network device
	healLimit  = 300 * time.Millisecond // one try to open a lost port again; below the 500 ms that Close may take
	healEvery  = 100 * time.Millisecond // between two such tries
	drainLimit = time.Millisecond       // Discard on a line without a buffer to flush
)
