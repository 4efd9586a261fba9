package db_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
)

// Of several copies one leads; when it goes, another does.
func TestLead(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		var leading, most, turns atomic.Int32
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		ended := make(chan struct{}, 3)
		copies := 3
		if dsn[:6] == "sqlite" {
			copies = 1
		}
		var cancels []context.CancelFunc
		who := make(chan int, 16)
		for i := range copies {
			d, err := db.Open(ctx, dsn, db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			one, cancel := context.WithCancel(ctx)
			cancels = append(cancels, cancel)
			go func() {
				d.Lead(one, "test", func(ctx context.Context) {
					most.Store(max(most.Load(), leading.Add(1)))
					turns.Add(1)
					who <- i
					<-ctx.Done()
					leading.Add(-1)
				})
				ended <- struct{}{}
			}()
		}
		for range copies {
			select {
			case i := <-who:
				cancels[i]() // this copy stops
			case <-time.After(20 * time.Second):
				t.Fatal("nobody leads")
			}
		}
		for range copies {
			<-ended
		}
		if most.Load() != 1 || int(turns.Load()) != copies {
			t.Errorf("%d led at once, %d turns, want 1 and %d", most.Load(), turns.Load(), copies)
		}
	})
}

// A leader whose connection is cut leads no more.
func TestLeadIsLostWithItsConnection(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		if d.Dialect() != db.Postgres {
			return // one process holds the file
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		began, lost := make(chan struct{}, 8), make(chan struct{}, 8)
		go d.Lead(ctx, "cut", func(ctx context.Context) {
			began <- struct{}{}
			<-ctx.Done()
			lost <- struct{}{}
		})
		<-began
		err = d.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 29804 AND granted
				AND objid::bigint = (hashtext(hashtext(current_schema())::text || '/cut')::bigint & 4294967295)`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []chan struct{}{lost, began} {
			select {
			case <-c:
			case <-time.After(20 * time.Second):
				t.Fatal("the lead was not lost, or not taken again")
			}
		}
	})
}

// Every module that follows events leads something for as long as the program runs; the writers do not wait for them.
func TestLeadsTakeNoWritersPlace(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		const leads = 24
		began, ended := make(chan bool, leads), make(chan bool, leads)
		for i := range leads {
			go func() {
				d.Lead(ctx, "lead"+string(rune('a'+i)), func(ctx context.Context) {
					began <- true
					<-ctx.Done()
				})
				ended <- true
			}()
		}
		defer func() {
			stop()
			for range leads {
				<-ended
			}
			_ = d.Close()
		}()
		for range leads {
			select {
			case <-began:
			case <-time.After(20 * time.Second):
				t.Fatal("a lead is not taken")
			}
		}
		soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := d.Do(soon, func(tx db.Tx) error { return tx.QueryRowContext(soon, `SELECT 1`).Scan(new(int)) }); err != nil {
			t.Errorf("a writer beside the leads: %v", err)
		}
	})
}
