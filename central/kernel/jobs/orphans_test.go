package jobs_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/jobs"
	"tongban/central/kernel/kerneltest"
)

// A job whose copy was killed runs at another one within seconds; a job of a copy that lives is left alone, however long it
// takes.
func TestJobsOfADeadCopyAreTakenUp(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, one := queue(t, dsn, jobs.Options{})
		if d.Dialect() != db.Postgres {
			return // one process holds the file
		}
		_, two := queue(t, dsn, jobs.Options{})
		done, began, release := make(chan string, 8), make(chan struct{}, 8), make(chan struct{})
		for _, j := range []*jobs.Jobs{one, two} {
			j.Register("orphan", func(context.Context, json.RawMessage) error { done <- "orphan"; return nil })
			j.Register("long", func(context.Context, json.RawMessage) error {
				began <- struct{}{}
				<-release
				done <- "long"
				return nil
			})
		}
		start(t, one)
		add(t, d, one, "long", nil, jobs.Opts{})
		wait(t, began)
		add(t, d, one, "orphan", nil, jobs.Opts{RunAt: time.Now().Add(time.Hour)})
		err := d.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE river_job SET attempt = 1, state = 'running', attempted_by = ARRAY['a copy that was killed'],
				attempted_at = now() - interval '1 minute' WHERE state = 'scheduled'`)
			if err == nil {
				_, err = tx.ExecContext(t.Context(), `UPDATE river_job SET attempted_at = now() - interval '1 minute' WHERE state = 'running'`)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		start(t, two)
		if got := wait(t, done); got != "orphan" {
			t.Errorf("%s ended first", got)
		}
		time.Sleep(3 * time.Second) // time for two more looks at the long one
		close(release)
		if got := wait(t, done); got != "long" {
			t.Errorf("%s ended", got)
		}
		if len(began) != 0 {
			t.Error("the job of a copy that lives was begun a second time")
		}
	})
}

// What was running when the only process was killed runs again as soon as it is there, also what is there once at a time.
func TestJobsOfAnEarlierLifeGoOn(t *testing.T) {
	kerneltest.Databases(t, func(t *testing.T, dsn string) {
		d, j := queue(t, dsn, jobs.Options{})
		if d.Dialect() == db.Postgres {
			return // other copies may be at them
		}
		done := make(chan string, 8)
		j.Register("send", func(context.Context, json.RawMessage) error { done <- "sent"; return nil })
		add(t, d, j, "send", nil, jobs.Opts{Unique: "send"})
		err := d.Do(t.Context(), func(tx db.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE river_job SET attempt = 1, state = 'running', attempted_at = $1`, time.Now().UTC().Format("2006-01-02 15:04:05.000"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		add(t, d, j, "send", nil, jobs.Opts{Unique: "send"}) // does nothing: one is there
		start(t, j)
		wait(t, done)
	})
}
