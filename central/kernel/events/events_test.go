package events_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

func emit(t testing.TB, d *db.DB, topic string, n int) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	err := d.Do(ctx, func(tx db.Tx) error {
		return events.Emit(ctx, tx, events.Event{Topic: topic, Key: fmt.Sprint(n), Data: map[string]int{"n": n}})
	})
	if err != nil {
		t.Error(err)
	}
}

// take reads n events or fails.
func take(t *testing.T, c <-chan events.Event, n int) []events.Event {
	t.Helper()
	var out []events.Event
	limit := time.After(20 * time.Second)
	for len(out) < n {
		select {
		case e, ok := <-c:
			if !ok {
				t.Fatalf("stream ended after %d of %d", len(out), n)
			}
			out = append(out, e)
		case <-limit:
			t.Fatalf("%d of %d events came", len(out), n)
		}
	}
	return out
}

func ordered(t *testing.T, got []events.Event, from int64) {
	t.Helper()
	for i, e := range got {
		if e.Seq != from+int64(i) {
			t.Fatalf("event %d has number %d, want %d", i, e.Seq, from+int64(i))
		}
	}
}

func TestKeptThenNewInOrder(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		for i := range 5 {
			emit(t, k.DB, "window.received", i)
		}
		c := k.Events.Stream(t.Context(), 0)
		ordered(t, take(t, c, 5), 1)
		for i := range 5 {
			emit(t, k.DB, "window.accepted", i)
		}
		got := take(t, c, 5)
		ordered(t, got, 6)
		var data struct{ N int }
		if err := got[4].Decode(&data); err != nil || data.N != 4 || !got[4].At.Equal(kerneltest.Start) {
			t.Errorf("got %+v, %v at %v", data, err, got[4].At)
		}
	})
}

// Readers come and go, each goes on after its last number, and between them
// they see everything once, while two copies of the program write.
func TestNothingIsLostAcrossReconnects(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		one, two := copyOf(t, dsn), copyOf(t, dsn)
		const each = 150
		var wg sync.WaitGroup
		for i := range each {
			_ = i
		}
		wg.Go(func() {
			for i := range each {
				emit(t, one, "a.done", i)
			}
		})
		wg.Go(func() {
			for i := range each {
				emit(t, two, "b.done", i)
			}
		})

		log := events.New(one, obs.Discard())
		var all []events.Event
		for len(all) < 2*each {
			ctx, hangUp := context.WithCancel(t.Context())
			after := int64(len(all)) // numbers have no gaps
			all = append(all, take(t, log.Stream(ctx, after), min(37, 2*each-len(all)))...)
			hangUp()
		}
		ordered(t, all, 1)
		wg.Wait()
	})
}

func copyOf(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), events.Migrations()); err != nil {
		t.Fatal(err)
	}
	return d
}

// What another copy writes is seen soon, though no bell of ours rings.
func TestAnotherCopyIsSeen(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		here, there := copyOf(t, dsn), copyOf(t, dsn)
		c := events.New(here, obs.Discard()).Stream(t.Context(), 0)
		emit(t, there, "a.done", 1)
		begin := time.Now()
		take(t, c, 1)
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func TestManySubscribersWithTheirTopics(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		ctx := t.Context()
		all := k.Events.Stream(ctx, 0)
		window := k.Events.Stream(ctx, 0, "window.")
		both := k.Events.Stream(ctx, 0, "window.", "fleet.terminal")
		late := k.Events.Stream(ctx, 2, "window.")
		slow := k.Events.Stream(ctx, 0) // nobody reads it until the end
		for i, topic := range []string{"window.received", "fleet.terminal_seen", "fleet.other", "window.accepted", "windows.x"} {
			emit(t, k.DB, topic, i)
		}
		check := func(name string, c <-chan events.Event, want ...int64) {
			t.Helper()
			for i, e := range take(t, c, len(want)) {
				if e.Seq != want[i] {
					t.Errorf("%s: got %d, want %d", name, e.Seq, want[i])
				}
			}
		}
		check("all", all, 1, 2, 3, 4, 5)
		check("window", window, 1, 4)
		check("both", both, 1, 2, 4)
		check("late", late, 4)
		check("slow", slow, 1, 2, 3, 4, 5)
	})
}

// Readers that are far behind, close behind and new get every event once and in order, while more come at once than are kept in
// memory for all of them.
func TestMoreComeThanMemoryHolds(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		burst := func(from, n int) {
			ctx := context.WithoutCancel(t.Context())
			err := k.DB.Do(ctx, func(tx db.Tx) error {
				for i := range n {
					if err := events.Emit(ctx, tx, events.Event{Topic: []string{"window.received", "desk.signed"}[i%2], Key: fmt.Sprint(from + i)}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
		burst(0, 40)
		early := k.Events.Stream(t.Context(), 0)
		ordered(t, take(t, early, 40), 1)
		slow := k.Events.Stream(t.Context(), 40) // reads only after all have come
		burst(40, 1500)
		burst(1540, 700)
		ordered(t, take(t, early, 2200), 41)
		half := k.Events.Stream(t.Context(), 1200, "desk.")
		if got := take(t, half, 520); got[0].Seq != 1202 || got[519].Seq != 2240 {
			t.Errorf("every second one: from %d to %d", got[0].Seq, got[519].Seq)
		}
		ordered(t, take(t, slow, 2200), 41)
		late := k.Events.Stream(t.Context(), 2240)
		burst(2240, 3)
		for _, c := range []<-chan events.Event{early, slow, late} {
			ordered(t, take(t, c, 3), 2241)
		}
	})
}

// What is made of an event is made once for all who hear it, and for each who reads it from the database himself.
func TestMadeOnceForAll(t *testing.T) {
	k := kerneltest.New(t)
	var made atomic.Int64
	makes := func(e events.Event) string {
		s, err := events.Once(e, func() (string, error) { made.Add(1); return "about " + e.Key, nil })
		if err != nil {
			t.Error(err)
		}
		return s
	}
	var streams []<-chan events.Event
	for range 20 {
		streams = append(streams, k.Events.Stream(t.Context(), 0))
	}
	time.Sleep(2 * 200 * time.Millisecond) // the watcher knows where the log ends
	emit(t, k.DB, "a.b", 1)
	for _, s := range streams {
		if e := <-s; makes(e) != "about 1" {
			t.Error("another event")
		}
	}
	if n := made.Load(); n != 1 {
		t.Errorf("made %d times for 20 who hear it", n)
	}
}

func TestARolledBackEventLeavesNoGap(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		ctx := t.Context()
		emit(t, k.DB, "a.done", 1)
		boom := errors.New("boom")
		err := k.DB.Do(ctx, func(tx db.Tx) error {
			if err := events.Emit(ctx, tx, events.Event{Topic: "a.lost"}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		emit(t, k.DB, "a.done", 2)
		got := take(t, k.Events.Stream(ctx, 0), 2)
		ordered(t, got, 1)
		if last, err := k.Events.Last(ctx); last != 2 || err != nil {
			t.Errorf("last %d, %v", last, err)
		}
	})
}

// More kept events than one page, most of them of no interest.
func TestPages(t *testing.T) {
	k := kerneltest.New(t)
	ctx := t.Context()
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		for i := range 1000 {
			topic := "noise.made"
			if i%3 == 0 {
				topic = "window.received"
			}
			if err := events.Emit(ctx, tx, events.Event{Topic: topic, Key: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := take(t, k.Events.Stream(ctx, 0, "window."), 334)
	for i, e := range got {
		if e.Key != fmt.Sprint(3*i) {
			t.Fatalf("event %d is %s", i, e.Key)
		}
	}
}

func TestTheStreamEndsWithItsContext(t *testing.T) {
	k := kerneltest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	c := k.Events.Stream(ctx, 0)
	cancel()
	select {
	case _, ok := <-c:
		if ok {
			t.Error("an event came")
		}
	case <-time.After(5 * time.Second):
		t.Error("still open")
	}
}
