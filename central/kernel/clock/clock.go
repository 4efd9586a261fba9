package clock

import (
	"context"
	"time"
)

// Shanghai is Beijing time (北京时间), UTC+8 all year since 1991. A fixed zone
// needs no time zone files on the machine.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Clock tells time and waits. It is safe for concurrent use.
type Clock interface {
	// Now returns the present instant.
	Now() time.Time
	// After sends once when d has passed. The channel holds one value, so
	// nobody needs to stop it.
	After(d time.Duration) <-chan time.Time
	// NewTicker sends every d until stopped; a slow reader loses ticks. It
	// panics where d is not positive.
	NewTicker(d time.Duration) Ticker
}

// Ticker is a stoppable source of ticks.
type Ticker interface {
	C() <-chan time.Time
	Stop()
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

func (system) Now() time.Time                         { return time.Now() }                   //nolint:forbidigo // the real clock that is injected
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }                //nolint:forbidigo // the real clock that is injected
func (system) NewTicker(d time.Duration) Ticker       { return sysTicker{time.NewTicker(d)} } //nolint:forbidigo // the real clock that is injected

type sysTicker struct{ t *time.Ticker }

func (s sysTicker) C() <-chan time.Time { return s.t.C }
func (s sysTicker) Stop()               { s.t.Stop() }
