package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"tongban/central/kernel/clock"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, clock.Shanghai)

func fired(c <-chan time.Time) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestTheFakeMovesOnlyWhenTold(t *testing.T) {
	c := clock.Fixed(noon)
	a, b := c.After(time.Hour), c.After(2*time.Hour)
	tick := c.NewTicker(time.Hour)
	if fired(a) || fired(b) || fired(tick.C()) || c.Waiting() != 3 {
		t.Fatal("time passed by itself")
	}
	c.Advance(time.Hour)
	if !fired(a) || fired(b) || !fired(tick.C()) || !c.Now().Equal(noon.Add(time.Hour)) {
		t.Error("after one hour")
	}
	c.Set(noon.Add(5 * time.Hour))
	if !fired(b) || !fired(tick.C()) || fired(tick.C()) {
		t.Error("after five hours: a slow reader loses ticks, and only them")
	}
	tick.Stop()
	c.Advance(time.Hour)
	if fired(tick.C()) || c.Waiting() != 0 {
		t.Error("a stopped ticker ticks")
	}
	if !fired(c.After(0)) {
		t.Error("after nothing")
	}
	if clock.Shanghai.String() != "Asia/Shanghai" || noon.UTC().Hour() != 4 {
		t.Error("zone")
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	c := clock.Fixed(noon)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := clock.Sleep(ctx, c, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := clock.Sleep(t.Context(), c, 0); err != nil {
		t.Error(err)
	}
}
