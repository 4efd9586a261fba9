package digitizer

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// Waits.
const (
	look       = 50 * time.Millisecond  // one look at the line; bounds how soon the end of a call and Close are noticed
	peek       = time.Millisecond       // Status and the beginning of a call look what has arrived
	greetLimit = time.Second            // for the report descriptor, which is the first on the line
	calm       = 100 * time.Millisecond // between two points that may lie far apart: the pen left the pad and nobody heard of it
)
