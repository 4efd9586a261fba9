package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tongban/deploy/cluster/load"
)

// One cluster goes through all of it; each part begins when the one before has healed.
func TestCluster(t *testing.T) {
	b := start(t)
	for _, proxy := range []string{"haproxy", "nginx"} {
		t.Run("rolling restart behind "+proxy, func(t *testing.T) { b.rollingRestart(t, proxy) })
	}
	t.Run("one copy and one broker are killed", b.kills)
	t.Run("the database is killed", b.databaseKilled)
}

// Copies are restarted one after the other under load; no request fails, not even for a repeat to mend. Behind either proxy.
func (b *bench) rollingRestart(t *testing.T, proxy string) {
	if err := b.Behind(t.Context(), proxy); err != nil {
		t.Fatal(err)
	}
	rate, rolls := pick(300.0, 30.0), pick(5, 1)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var r load.Result
	var run sync.WaitGroup
	run.Go(func() { r = load.Run(ctx, load.Plan{Rate: rate, Timeout: 20 * time.Second, Next: b.call}) })
	time.Sleep(2 * time.Second)
	began := time.Now()
	for range rolls {
		if err := b.RollCopies(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	took := time.Since(began)
	time.Sleep(2 * time.Second)
	stop()
	run.Wait()
	say(t, "rolling restart behind "+proxy, r, b.settle(t), map[string]any{"rate": rate, "restarts": 3 * rolls, "rolling_s": took.Seconds()})
	if r.FailedFirst != 0 {
		t.Errorf("%d of %d requests failed: %v", r.FailedFirst, r.Offered, r.Errors)
	}
}

// One copy of three and one broker of three are killed −9 while clerks and citizens write. What was acknowledged is there, and
// all goes on within ten seconds (thirty where a slow machine runs the short form), without a person.
func (b *bench) kills(t *testing.T) {
	if err := b.Behind(t.Context(), "haproxy"); err != nil {
		t.Fatal(err)
	}
	for round := range pick(5, 1) {
		ctx, stop := context.WithCancel(t.Context())
		var r load.Result
		var run sync.WaitGroup
		run.Go(func() {
			r = load.Run(ctx, load.Plan{Rate: pick(100.0, 30.0), Timeout: 10 * time.Second, Repeat: time.Second, Next: b.call})
		})
		var told []string
		var longest time.Duration
		run.Go(func() { told, longest = b.citizens(ctx, t) })
		time.Sleep(3 * time.Second)
		lead, err := b.Leader(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, n := b.Copies[lead], b.Brokers[rand.IntN(len(b.Brokers))] // the copy that reads the uplink hurts most
		killed := time.Now()
		c.Kill()
		n.Kill()
		time.Sleep(pick(12*time.Second, 20*time.Second)) // time to heal with two of three
		stop()
		run.Wait()
		total, healed := r.Outage(killed)
		for _, no := range told {
			if err := b.clerk.Waits(t.Context(), no, 30*time.Second); err != nil {
				t.Errorf("a number that a citizen was told is lost: %v", err)
			}
		}
		say(t, "copy and broker killed", r, b.settle(t), map[string]any{
			"round": round + 1, "heal_ms": healed.Milliseconds(), "outage_ms": total.Milliseconds(),
			"matters": len(told), "longest_to_window_ms": longest.Milliseconds(), "copy": c.Name, "broker": n.Name,
		})
		if limit := pick(10*time.Second, 30*time.Second); healed > limit || longest > limit {
			t.Errorf("healed after %s, a matter took %s to the window; want at most %s", healed, longest, limit)
		}
		if r.Failed != 0 {
			t.Errorf("%d requests failed also when repeated: %v", r.Failed, r.Errors)
		}
		for _, p := range []error{c.Start(t.Context(), 90*time.Second, nil), n.Start(t.Context(), 90*time.Second, nil), b.Ready(t.Context(), 30*time.Second)} {
			if p != nil {
				t.Fatal(p)
			}
		}
	}
}

// citizens hand in one matter after the other; longest is the time from the number on the screen to the case at the window.
func (b *bench) citizens(ctx context.Context, t *testing.T) (told []string, longest time.Duration) {
	for ctx.Err() == nil {
		no, err := handOne(t.Context(), b.Stack.Terminals[0])
		if err != nil {
			t.Errorf("a citizen was stopped: %v", err)
			return told, longest
		}
		began := time.Now()
		told = append(told, no)
		// The clerk's page asks again when a copy died under it.
		for err = errors.New("not asked yet"); err != nil && time.Since(began) < 30*time.Second; {
			err = b.clerk.Waits(t.Context(), no, 30*time.Second)
		}
		if err != nil {
			t.Errorf("case %s: %v", no, err)
		}
		longest = max(longest, time.Since(began))
	}
	return told, longest
}

// PostgreSQL is killed −9 under load and started again: the centre comes back by itself, soon after its database.
func (b *bench) databaseKilled(t *testing.T) {
	for round := range pick(5, 1) {
		ctx, stop := context.WithCancel(t.Context())
		var r load.Result
		var run sync.WaitGroup
		run.Go(func() {
			r = load.Run(ctx, load.Plan{Rate: pick(300.0, 30.0), Timeout: 10 * time.Second, Next: b.call})
		})
		time.Sleep(2 * time.Second)
		killed := time.Now()
		b.Postgres.Kill()
		up, err := b.again(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(pick(8*time.Second, 15*time.Second))
		stop()
		run.Wait()
		total, after := r.Outage(up)
		say(t, "database killed", r, b.settle(t), map[string]any{
			"round": round + 1, "database_down_ms": up.Sub(killed).Milliseconds(), "after_up_ms": after.Milliseconds(), "outage_ms": total.Milliseconds(),
		})
		if limit := pick(5*time.Second, 20*time.Second); after > limit {
			t.Errorf("requests failed until %s after the database answered again; want at most %s", after, limit)
		}
		if r.Failed == 0 {
			t.Error("nothing failed: was the database down at all?")
		}
	}
}

// again starts PostgreSQL after a kill and returns when it answered first. A killed one leaves its lock until its last child has
// ended; until then a start is refused and tried again.
func (b *bench) again(ctx context.Context) (time.Time, error) {
	end := time.Now().Add(60 * time.Second)
	for {
		err := b.Postgres.Start(ctx, 30*time.Second, nil)
		if err == nil {
			break
		}
		if time.Now().After(end) {
			return time.Time{}, fmt.Errorf("start the database again: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for {
		conn, err := pgx.Connect(ctx, b.DSN)
		if err == nil {
			return time.Now(), conn.Close(ctx)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
