package hid

import "time"

// clock is the only source of time here.
func clock() time.Time { return time.Now() } //nolint:forbidigo // the clock itself
