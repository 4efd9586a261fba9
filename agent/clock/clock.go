// Package clock is the terminal's only source of time (终端时钟), so that a test can let a day pass in a moment and a build
// with the tag testhooks can be moved from outside by an offset file.
package clock

import (
	"context"
	"time"
)

// Shanghai is Beijing time (北京时间). A fixed zone needs no zone files on the machine.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Clock tells time and waits; safe for concurrent use.
type Clock interface {
	Now() time.Time
	// After sends once when d has passed; nobody needs to stop it.
	After(d time.Duration) <-chan time.Time
}

// Sleep waits for d on c, or returns the error of ctx when that ends first.
func Sleep(ctx context.Context, c Clock, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.After(d):
		return nil
	}
}

// System returns the machine's clock.
func System() Clock { return system{} }

type system struct{}

func (system) Now() time.Time                         { return time.Now() }    //nolint:forbidigo // here it comes from
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) } //nolint:forbidigo // here it comes from
