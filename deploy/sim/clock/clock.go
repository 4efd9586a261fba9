// Package clock is the emulators' only source of time (仿真时钟): every delay of a device goes through here, so that
// a reader sees at once which waits are part of the emulated behaviour.
package clock

import (
	"context"
	"time"
)

// Now is the wall clock.
func Now() time.Time { return time.Now() }

// Sleep waits d or until ctx ends, and reports whether the whole time has passed.
func Sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Every calls f each d until ctx ends.
func Every(ctx context.Context, d time.Duration, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			f()
		case <-ctx.Done():
			return
		}
	}
}
