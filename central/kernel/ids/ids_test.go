package ids

import (
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"
)

var v7 = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func TestIDsAreOrderedAndUnique(t *testing.T) {
	var list []string
	for range 20000 { // many in one millisecond
		list = append(list, New())
	}
	if !slices.IsSorted(list) {
		t.Error("ids of one process are not in order")
	}
	if len(slices.Compact(slices.Clone(list))) != len(list) {
		t.Error("an id came twice")
	}
	for _, id := range list[:100] {
		if !v7.MatchString(id) || !Valid(id) {
			t.Fatalf("%s is no UUIDv7", id)
		}
	}
}

func TestAClockThatGoesBackKeepsTheOrder(t *testing.T) {
	var m maker
	now := time.UnixMilli(1764123456789)
	a, b := m.next(now), m.next(now.Add(-time.Hour))
	if a >= b {
		t.Errorf("%s, then %s", a, b)
	}
	if a[:8]+a[9:13] != "019abdf3b515" {
		t.Errorf("time in %s", a)
	}
}

func TestIDsAreUniqueOverGoroutines(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				id := New()
				mu.Lock()
				if seen[id] {
					t.Error("twice")
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestKey(t *testing.T) {
	shape := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	if a, b := Key(), Key(); a == b || !shape.MatchString(a) {
		t.Errorf("%s %s", a, b)
	}
}

func FuzzValid(f *testing.F) {
	f.Add(New())
	f.Add("019ABDFA-bd15-7000-8000-000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		shape := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
		if Valid(s) != shape.MatchString(s) {
			t.Errorf("%q", s)
		}
	})
}
