package events_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
		// What was done is written in the same transaction: a commit that was cut off while it was answered is done all the same.
		failed := 0
		var mu sync.Mutex
		follower := events.Follower{Name: "counting", Topics: []string{"a."}, Do: func(ctx context.Context, tx db.Tx, e events.Event) error {
			mu.Lock()
			again := e.Key == "3" && failed < 2
			if again {
				failed++
			}
			mu.Unlock()
			if again {
				return errors.New("not yet")
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO kernel_event_follower (name, seq) SELECT $1, count(*) FROM kernel_event_follower WHERE name LIKE 'did %'`, "did "+e.Key)
			return err // the second time for one key breaks the table's own rule
		}}
		did := func() (keys []string) {
			err := one.View(t.Context(), func(q db.Query) error {
				rows, err := q.QueryContext(t.Context(), `SELECT name FROM kernel_event_follower WHERE name LIKE 'did %' ORDER BY seq`)
				if err != nil {
					return err
				}
				defer rows.Close() //nolint:errcheck // read to the end below
				for rows.Next() {
					var name string
					if err := rows.Scan(&name); err != nil {
						return err
					}
					keys = append(keys, strings.TrimPrefix(name, "did "))
				}
				return rows.Err()
			})
			if err != nil {
				t.Fatal(err)
			}
			return keys
		}
		count := func() int { return len(did()) }
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
		done := did()
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
