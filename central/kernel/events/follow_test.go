package events_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

// A follower does each event once and in order: although an event fails twice, although it is stopped in the middle and started
// again, and although two copies of the program follow under one name.
func TestAFollowerDoesEachEventOnce(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		one, two := copyOf(t, dsn), copyOf(t, dsn)
		var mu sync.Mutex
		var done []string
		failed := 0
		follower := events.Follower{Name: "counting", Topics: []string{"a."}, Do: func(ctx context.Context, tx db.Tx, e events.Event) error {
			mu.Lock()
			defer mu.Unlock()
			if e.Key == "3" && failed < 2 {
				failed++
				return errors.New("not yet")
			}
			key := e.Key
			tx.OnCommit(func() {
				mu.Lock()
				defer mu.Unlock()
				done = append(done, key)
			})
			return nil
		}}
		count := func() int {
			mu.Lock()
			defer mu.Unlock()
			return len(done)
		}
		for i := range 6 {
			emit(t, one, "a.done", i)
			emit(t, one, "b.noise", i)
		}
		ctx, stop := context.WithCancel(t.Context())
		log := events.New(one, obs.Discard())
		log.Follow(ctx, follower)
		until(t, func() bool { return count() >= 4 })
		stop()
		for i := 6; i < 12; i++ {
			emit(t, two, "a.done", i)
		}
		log.Follow(t.Context(), follower)
		events.New(two, obs.Discard()).Follow(t.Context(), follower)
		until(t, func() bool { return count() >= 12 })
		time.Sleep(300 * time.Millisecond) // a second time would come now
		mu.Lock()
		defer mu.Unlock()
		want := make([]string, 12)
		for i := range want {
			want[i] = fmt.Sprint(i)
		}
		if fmt.Sprint(done) != fmt.Sprint(want) || failed != 2 {
			t.Errorf("done %v after %d failures, want %v after 2", done, failed, want)
		}
		if at, err := log.Reached(t.Context(), "counting"); err != nil || at == 0 {
			t.Errorf("reached %d, %v", at, err)
		}
	})
}

func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited 20 seconds")
		}
	}
}
