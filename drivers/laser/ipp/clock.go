package ipp

import "time"

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After}

// Limits, from the contract in drivers/laser.go: a fault is told within 3 s of its cause.
const (
	limitOpen   = 2500 * time.Millisecond
	limitStatus = 750 * time.Millisecond
	limitAsk    = 700 * time.Millisecond  // one question while a job runs
	limitTake   = 10 * time.Second        // the printer's answer to a document that it has wholly got
	limitMega   = time.Second             // and for each megabyte of it: pages of dots are large
	limitLost   = 2300 * time.Millisecond // how long a printer that went silent in mid-job is asked again
	limitCancel = 400 * time.Millisecond  // taking a job back when somebody waits for it
	limitSettle = 1200 * time.Millisecond // for a job that was taken back to end
	lineLook    = 20 * time.Millisecond   // one look at a USB line
	lineRest    = 100 * time.Millisecond  // for the rest of an answer that nobody waits for
	reopen      = 240 * time.Millisecond  // for a line that was just opened anew
	askEvery    = 120 * time.Millisecond
	askSlow     = 500 * time.Millisecond // after the first seconds of a long job
	eager       = 10 * time.Second
	grace       = 600 * time.Millisecond // how long a reason must stand before it ends a job: printers report in passing
)
