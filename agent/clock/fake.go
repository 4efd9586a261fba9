package clock

import (
	"sync"
	"time"
)

// Fixed returns a clock for tests that stands at t until Advance.
func Fixed(t time.Time) *Fake { return &Fake{now: t} }

// Fake is a clock that moves only when told (测试时钟).
type Fake struct {
	mu    sync.Mutex
	now   time.Time
	waits []wait
}

type wait struct {
	at time.Time
	c  chan time.Time
}

// Now returns where the clock stands.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// After sends when the clock has been moved past d.
func (f *Fake) After(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan time.Time, 1)
	if d <= 0 {
		c <- f.now
		return c
	}
	f.waits = append(f.waits, wait{f.now.Add(d), c})
	return c
}

// Advance moves the clock and wakes what came due.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	keep := f.waits[:0]
	for _, w := range f.waits {
		if w.at.After(f.now) {
			keep = append(keep, w)
			continue
		}
		w.c <- f.now
	}
	f.waits = keep
}
