package apdu

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Waits.
const (
	readSlice = 50 * time.Millisecond // one Read of the port: how soon a cancelled command ends
	quietFor  = 60 * time.Millisecond // silence after which the line is free again
)
