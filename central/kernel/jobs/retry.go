package jobs

import (
	"log/slog"
	"time"

	"github.com/riverqueue/river/rivertype"

	"tongban/central/kernel/clock"
)

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Workers == 0 {
		o.Workers = 8
	}
	if o.Poll == 0 {
		o.Poll = 200 * time.Millisecond
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 25
	}
	if o.Backoff == nil {
		o.Backoff = Pause
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Minute
	}
	return o
}

// Pause is the usual wait after a failed attempt: 2 s, doubling, at most 15
// minutes. 25 attempts then span about four hours, a night-time outage.
func Pause(attempt int) time.Duration {
	const longest = 15 * time.Minute
	if attempt > 10 {
		return longest
	}
	return min(longest, time.Second<<max(attempt, 1))
}

// retry is the queue's policy as River asks for it.
type retry struct{ opts Options }

// NextRetry implements river.ClientRetryPolicy.
func (r retry) NextRetry(job *rivertype.JobRow) time.Time {
	return r.opts.Clock.Now().Add(r.opts.Backoff(len(job.Errors) + 1))
}

// cancelled marks an error after which a job is not tried again.
type cancelled struct{ cause error }

func (c *cancelled) Error() string { return c.cause.Error() }
func (c *cancelled) Unwrap() error { return c.cause }

// Cancel wraps err so that the job is given up at once: trying again cannot
// help.
func Cancel(err error) error { return &cancelled{err} }

// engineTime lets River take its time from a Clock.
type engineTime struct{ c clock.Clock }

func (e engineTime) Now() time.Time { return e.c.Now() }

// NowOrNil makes the database queries of the engine use the same time.
func (e engineTime) NowOrNil() *time.Time {
	now := e.c.Now()
	return &now
}

// times returns nil for the machine's clock: then the engine keeps its own,
// and the database its defaults.
func times(c clock.Clock) rivertype.TimeGenerator {
	if c == clock.System() {
		return nil
	}
	return engineTime{c}
}
