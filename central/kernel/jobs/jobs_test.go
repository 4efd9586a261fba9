package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/obs"
)

// queue opens a queue of its own, with short pauses and the machine's clock.
func queue(t *testing.T, dsn string, o jobs.Options) (*db.DB, *jobs.Jobs) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Migrate(t.Context(), d, obs.Discard()); err != nil {
		t.Fatal(err)
	}
	o.Log, o.Poll = obs.Discard(), 20*time.Millisecond
	if o.Backoff == nil {
		o.Backoff = func(int) time.Duration { return 10 * time.Millisecond }
	}
	j, err := jobs.New(d, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil {
			t.Error(err)
		}
		_ = d.Close()
	})
	return d, j
}

func add(t *testing.T, d *db.DB, j *jobs.Jobs, kind string, args any, o jobs.Opts) {
	t.Helper()
	if err := d.Do(t.Context(), func(tx db.Tx) error { return j.Add(t.Context(), tx, kind, args, o) }); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, j *jobs.Jobs) {
	t.Helper()
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func wait[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(15 * time.Second):
		t.Fatal("the job did not run")
	}
	return v
}

func TestAJobRunsWithItsArguments(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, j := queue(t, dsn, jobs.Options{})
		ran := make(chan string, 1)
		j.Register("notify", func(_ context.Context, args json.RawMessage) error { ran <- string(args); return nil })
		start(t, j)
		add(t, d, j, "notify", map[string]string{"case": "c-1"}, jobs.Opts{})
		if got := wait(t, ran); got != `{"case":"c-1"}` {
			t.Errorf("args %s", got)
		}
	})
}

func TestARolledBackJobNeverRuns(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, j := queue(t, dsn, jobs.Options{})
		lost, ran := atomic.Bool{}, make(chan struct{}, 1)
		j.Register("lost", func(context.Context, json.RawMessage) error { lost.Store(true); return nil })
		j.Register("kept", func(context.Context, json.RawMessage) error { ran <- struct{}{}; return nil })
		boom := errors.New("boom")
		err := d.Do(t.Context(), func(tx db.Tx) error {
			if err := j.Add(t.Context(), tx, "lost", nil, jobs.Opts{}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		add(t, d, j, "kept", nil, jobs.Opts{})
		start(t, j)
		wait(t, ran)
		if lost.Load() {
			t.Error("a job of an act that did not happen ran")
		}
	})
}

func TestAFailedJobIsTriedAgainAfterThePause(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		var asked []int
		d, j := queue(t, dsn, jobs.Options{Backoff: func(attempt int) time.Duration {
			asked = append(asked, attempt) // only this test's one job fails, one attempt after the other
			return time.Duration(attempt) * 20 * time.Millisecond
		}})
		tries, done := 0, make(chan int, 1)
		j.Register("flaky", func(context.Context, json.RawMessage) error {
			if tries++; tries < 4 {
				return errors.New("the neighbour is away")
			}
			done <- tries
			return nil
		})
		start(t, j)
		add(t, d, j, "flaky", nil, jobs.Opts{})
		if n := wait(t, done); n != 4 {
			t.Errorf("%d tries", n)
		}
		for i, n := range asked {
			if n != i+1 {
				t.Errorf("pauses were asked for attempts %v", asked)
			}
		}
	})
}

func TestCancelIsFinal(t *testing.T) {
	d, j := queue(t, "sqlite:"+t.TempDir()+"/a.db", jobs.Options{})
	var tries atomic.Int64
	after := make(chan struct{}, 1)
	j.Register("hopeless", func(context.Context, json.RawMessage) error {
		tries.Add(1)
		return jobs.Cancel(errors.New("no such case"))
	})
	j.Register("after", func(context.Context, json.RawMessage) error { after <- struct{}{}; return nil })
	start(t, j)
	add(t, d, j, "hopeless", nil, jobs.Opts{})
	add(t, d, j, "after", nil, jobs.Opts{RunAt: time.Now().Add(300 * time.Millisecond)})
	wait(t, after)
	if n := tries.Load(); n != 1 {
		t.Errorf("%d tries", n)
	}
}

func TestUniqueJobsWaitOnce(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, j := queue(t, dsn, jobs.Options{})
		runs := make(chan string, 10)
		j.Register("tick", func(_ context.Context, args json.RawMessage) error { runs <- string(args); return nil })
		for i := range 3 {
			add(t, d, j, "tick", i, jobs.Opts{Unique: "rollout-1"})
		}
		add(t, d, j, "tick", "other", jobs.Opts{Unique: "rollout-2"})
		start(t, j)
		got := map[string]int{wait(t, runs): 1}
		got[wait(t, runs)]++
		time.Sleep(200 * time.Millisecond)
		if len(runs) != 0 || got["0"] != 1 || got[`"other"`] != 1 {
			t.Errorf("ran %v and %d more", got, len(runs))
		}
	})
}

func TestLaterMeansLater(t *testing.T) {
	d, j := queue(t, "sqlite:"+t.TempDir()+"/a.db", jobs.Options{})
	ran := make(chan time.Time, 1)
	j.Register("later", func(context.Context, json.RawMessage) error { ran <- time.Now(); return nil })
	start(t, j)
	due := time.Now().Add(500 * time.Millisecond)
	add(t, d, j, "later", nil, jobs.Opts{RunAt: due})
	if at := wait(t, ran); at.Before(due) {
		t.Errorf("ran %v early", due.Sub(at))
	}
}

func TestEveryRuns(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		_, j := queue(t, dsn, jobs.Options{})
		ran := make(chan struct{}, 10)
		j.Register("sweep", func(context.Context, json.RawMessage) error { ran <- struct{}{}; return nil })
		j.Every("sweep", time.Second, true)
		start(t, j)
		wait(t, ran)
		wait(t, ran)
	})
}

// Stop lets a running job finish and starts no other.
func TestStopDrains(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, j := queue(t, dsn, jobs.Options{Workers: 1})
		running, finished := make(chan struct{}, 1), atomic.Bool{}
		j.Register("slow", func(ctx context.Context, _ json.RawMessage) error {
			running <- struct{}{}
			select {
			case <-time.After(500 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
			finished.Store(true)
			return nil
		})
		start(t, j)
		add(t, d, j, "slow", nil, jobs.Opts{})
		wait(t, running)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := j.Stop(ctx); err != nil || !finished.Load() {
			t.Errorf("stop: %v, job finished: %v", err, finished.Load())
		}
	})
}

// A job that does not end in time is cancelled and kept for later.
func TestStopCutsWhatDoesNotEnd(t *testing.T) {
	d, j := queue(t, "sqlite:"+t.TempDir()+"/a.db", jobs.Options{})
	running, cut := make(chan struct{}, 1), make(chan error, 1)
	j.Register("stuck", func(ctx context.Context, _ json.RawMessage) error {
		running <- struct{}{}
		<-ctx.Done()
		cut <- ctx.Err()
		return ctx.Err()
	})
	start(t, j)
	add(t, d, j, "stuck", nil, jobs.Opts{})
	wait(t, running)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := j.Stop(ctx); err != nil {
		t.Error(err)
	}
	wait(t, cut)
}

func TestPauseGrows(t *testing.T) {
	last := time.Duration(0)
	for attempt := 1; attempt < 30; attempt++ {
		p := jobs.Pause(attempt)
		if p < last || p > 15*time.Minute {
			t.Fatalf("attempt %d waits %v after %v", attempt, p, last)
		}
		last = p
	}
	if jobs.Pause(1) != 2*time.Second || last != 15*time.Minute {
		t.Errorf("from %v to %v", jobs.Pause(1), last)
	}
}
