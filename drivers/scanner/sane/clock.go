package sane

import "time"

// clock is the driver's only source of time.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Limits of the commands, from the contract in drivers/scanner.go, less what telling the caller takes.
const (
	limitOpen   = 8 * time.Second // a scanner on the net is found slowly
	limitStatus = 900 * time.Millisecond
	limitWord   = 2 * time.Second
	askEvery    = 50 * time.Millisecond
)
