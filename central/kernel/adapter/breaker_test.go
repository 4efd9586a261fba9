package adapter

import (
	"slices"
	"testing"
	"time"
)

// Every state meets every event; what the table does not name changes nothing.
func TestEveryStepOfTheBreaker(t *testing.T) {
	want := map[Breaker]map[event]Breaker{
		Closed: {passed: Closed, failed: Closed, tripped: Open},
		Open:   {due: Half},
		Half:   {passed: Closed, failed: Open, tripped: Open, lost: Half},
	}
	for _, from := range []Breaker{Closed, Open, Half} {
		for _, on := range []event{failed, tripped, passed, due, lost} {
			to, known := next(from, on)
			w, is := want[from][on]
			if known != is || is && to != w || !is && to != from {
				t.Errorf("%s on %s → %s %v, want %q", from, on, to, known, w)
			}
		}
	}
	for i, s := range life {
		if slices.ContainsFunc(life[:i], func(o step) bool { return o.from == s.from && o.on == s.on }) {
			t.Errorf("%s on %s stands twice", s.from, s.on)
		}
	}
}

func TestALifeOfTrouble(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	s := fresh()
	for range failuresInARow - 1 {
		s = s.after(false, now)
	}
	if s.Breaker != Closed || s.Epoch != 0 {
		t.Fatalf("%+v", s)
	}
	if calm := s.after(true, now); calm.Failures != 0 {
		t.Fatalf("a success does not forget: %+v", calm)
	}
	s = s.after(false, now)
	if s.Breaker != Open || !s.RetryAt.Equal(now.Add(shortestPause)) || s.Epoch != 1 {
		t.Fatalf("%+v", s)
	}
	if _, refused := s.asked(now.Add(shortestPause - 1)); !refused {
		t.Fatal("asked while open")
	}
	if late := s.after(true, now); late.Breaker != Open {
		t.Fatalf("a late success closes it: %+v", late)
	}
	for trip := 2; trip < 12; trip++ {
		now = s.RetryAt
		e, refused := s.asked(now)
		if refused || e != due {
			t.Fatalf("trip %d: %s %v", trip, e, refused)
		}
		s.Breaker = Half
		s = s.after(false, now)
		if got := s.RetryAt.Sub(now); s.Breaker != Open || got > longestPause || got < shortestPause || (trip < 6 && got != shortestPause<<(trip-1)) {
			t.Fatalf("trip %d: pause %s", trip, got)
		}
	}
	s.Breaker = Half
	if s = s.after(true, now); s.Breaker != Closed || s.Trips != 0 {
		t.Fatalf("%+v", s)
	}
}

func TestTheBucket(t *testing.T) {
	now := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	b := newBucket(10, 20)
	n := 0
	for b.take(now) {
		n++
	}
	if n != 20 {
		t.Errorf("%d at once", n)
	}
	for i := range 100 {
		if b.take(now.Add(time.Duration(i+1) * 10 * time.Millisecond)) {
			n++
		}
	}
	if n < 29 || n > 31 {
		t.Errorf("%d after another second, want 30", n)
	}
	if b.take(now.Add(-time.Hour)) { // a clock that goes back gives nothing
		t.Error("tokens from the past")
	}
}
