package clock

import (
	"sync"
	"time"
)

// Fixed returns a clock for tests that stands at t until Advance or Set.
func Fixed(t time.Time) *Fake { return &Fake{now: t} }

// Fake is a clock that moves only when told (测试时钟).
type Fake struct {
	mu    sync.Mutex
	now   time.Time
	waits []*wait
}

// wait is one pending After (every == 0) or a ticker.
type wait struct {
	at    time.Time
	every time.Duration
	c     chan time.Time
	gone  bool
}

// Now returns where the clock stands.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Advance moves the clock forward by d and fires what came due, in order.
func (f *Fake) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.moveTo(f.now.Add(d))
}

// Set moves the clock to t; going back fires nothing.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.moveTo(t)
}

// Waiting returns how many timers and tickers are pending, so that a test can
// tell that the code under test has begun to wait.
func (f *Fake) Waiting() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.waits)
}

// After sends once when the clock has been moved past d.
func (f *Fake) After(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &wait{at: f.now.Add(d), c: make(chan time.Time, 1)}
	if d <= 0 {
		w.c <- f.now
		return w.c
	}
	f.waits = append(f.waits, w)
	return w.c
}

// NewTicker ticks each time the clock is moved past another d.
func (f *Fake) NewTicker(d time.Duration) Ticker {
	if d <= 0 {
		panic("clock: ticker needs a positive duration")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &wait{at: f.now.Add(d), every: d, c: make(chan time.Time, 1)}
	f.waits = append(f.waits, w)
	return &fakeTicker{f, w}
}

// moveTo fires due waits one after the other, earliest first.
func (f *Fake) moveTo(t time.Time) {
	for {
		var next *wait
		for _, w := range f.waits {
			if !w.at.After(t) && (next == nil || w.at.Before(next.at)) {
				next = w
			}
		}
		if next == nil {
			break
		}
		f.fire(next)
	}
	f.now = t
}

func (f *Fake) fire(w *wait) {
	select {
	case w.c <- w.at:
	default: // a slow reader loses ticks, as with time.Ticker
	}
	if w.every > 0 {
		w.at = w.at.Add(w.every)
		return
	}
	f.drop(w)
}

func (f *Fake) drop(w *wait) {
	w.gone = true
	keep := f.waits[:0]
	for _, o := range f.waits {
		if !o.gone {
			keep = append(keep, o)
		}
	}
	f.waits = keep
}

type fakeTicker struct {
	f *Fake
	w *wait
}

func (t *fakeTicker) C() <-chan time.Time { return t.w.c }

func (t *fakeTicker) Stop() {
	t.f.mu.Lock()
	defer t.f.mu.Unlock()
	t.f.drop(t.w)
}
