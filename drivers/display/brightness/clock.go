package brightness

import (
	"context"
	"time"

	"tongban/drivers"
)

// clock is the package's only source of time; tests put their own in.
type clock struct {
	after func(time.Duration) <-chan time.Time
}

var wall = clock{after: time.After}

// Waits that DDC/CI asks for, with a little over: screens count them from the end of a message.
const (
	afterAsk   = 50 * time.Millisecond // 40 at least
	afterSet   = 60 * time.Millisecond // 50 at least
	afterFault = 60 * time.Millisecond
)

func (c clock) wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return drivers.Fault(ctx.Err())
	case <-c.after(d):
		return nil
	}
}
