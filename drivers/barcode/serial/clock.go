package serial

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now}

// Waits.
const (
	look     = 50 * time.Millisecond  // one look at the line; bounds how soon a cancelled call and Close are noticed
	halfCode = 700 * time.Millisecond // a code that has begun and does not end
	peek     = time.Millisecond       // Status looks whether the line is there
)
