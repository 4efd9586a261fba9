package pjl

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After}

// Limits, from the contract in drivers/laser.go: a fault is told within 3 s of its cause, a status within 1 s.
const (
	limitGreet  = 700 * time.Millisecond
	limitOpen   = 1100 * time.Millisecond // for all that is asked once
	limitStatus = 750 * time.Millisecond
	limitAsk    = 600 * time.Millisecond  // one question while a job runs
	limitLost   = 1700 * time.Millisecond // how long a printer that went silent in mid-job is asked again; the last question comes on top
	limitCancel = 400 * time.Millisecond  // giving a job up when somebody waits for it
	limitBack   = 600 * time.Millisecond  // for a line that was just lost to be opened anew
	limitReset  = 2 * time.Second         // the same, before a reset: it comes after a replug
	askEvery    = 100 * time.Millisecond
	askSlow     = 500 * time.Millisecond // after the first seconds of a sheet
	eager       = 10 * time.Second
	grace       = 600 * time.Millisecond  // how long a reason must stand before it ends a job: printers report in passing
	settle      = 1200 * time.Millisecond // how long a printer must be at rest before what it does not tell is taken as done
	readSlice   = 50 * time.Millisecond   // one read of the line
	lostEvery   = 100 * time.Millisecond  // between two looks at a line that is gone
)
