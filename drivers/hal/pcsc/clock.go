package pcsc

import "time"

// clock is the only source of time here; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Waits.
const (
	dialLimit  = 200 * time.Millisecond // a socket of the machine itself answers at once; below the 500 ms that Close may take
	writeLimit = 500 * time.Millisecond // a message is shorter than the socket's buffer
	readSlice  = 50 * time.Millisecond  // one Read of the port: how soon a cancelled call ends
	askAgain   = 2 * time.Second        // while waiting for a change: an event that was lost costs so much at most
)
