package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/backup"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/events"
	"tongban/central/kernel/ids"
	"tongban/central/kernel/jobs"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/store"
)

// JobBackup makes one backup.
const JobBackup = "running.backup"

func (a *App) lastBackup(ctx context.Context) (time.Time, error) {
	return view(ctx, a.DB, func(q db.Query) (time.Time, error) { return store.LastBackup(ctx, q) })
}

// MakeBackup makes a backup into to and keeps the record of it, good or bad.
func (a *App) MakeBackup(ctx context.Context, to string) (backup.Manifest, error) {
	begin := clock.System().Now()
	b := store.Backup{ID: ids.New(), At: a.Clock.Now(), Place: to, State: "ok"}
	m, err := backup.Make(ctx, a.Source, to)
	b.Took = clock.System().Now().Sub(begin)
	if err != nil {
		b.State, b.Text = "failed", errs.MessageOf(err)
		a.Log.ErrorContext(ctx, "backup failed", "cause", err.Error())
	} else {
		b.Snapshot, b.Rows, b.Files = m.ID, m.Rows(), m.Blobs.Count
		for _, p := range m.Parts {
			b.Size += p.Size
		}
		b.Size += m.Blobs.Bytes
	}
	kept := a.DB.Do(context.WithoutCancel(ctx), func(tx db.Tx) error {
		if err := store.AddBackup(ctx, tx, b); err != nil {
			return err
		}
		if err := note(ctx, tx, "running.backup", b.Snapshot, "", map[string]string{"state": b.State, "rows": fmt.Sprint(b.Rows)}); err != nil {
			return err
		}
		return events.Emit(ctx, tx, events.Event{Topic: running.EventBackup, Key: b.ID, Data: running.BackedUp{Snapshot: b.Snapshot, OK: b.State == "ok"}})
	})
	if err == nil && kept == nil {
		a.last.Set(float64(b.At.Unix()))
	}
	return m, errors.Join(err, kept)
}

// BackUp is the scheduled job: a backup, and as many kept as configured.
func (a *App) BackUp(ctx context.Context, _ json.RawMessage) error {
	if a.Backup.To == "" {
		return nil
	}
	if _, err := a.MakeBackup(ctx, a.Backup.To); err != nil {
		return err
	}
	n, err := backup.Keep(ctx, a.Backup.To, a.Backup.Keep, a.Clock.Now())
	if n > 0 {
		a.Log.InfoContext(ctx, "old snapshots removed", "count", n)
	}
	return err
}

// BackUpWhenDue is the scheduled job. It looks often and acts seldom, so that a centre that was off at the hour makes its
// backup when it comes back, and a restart does not make another one.
func (a *App) BackUpWhenDue(ctx context.Context, args json.RawMessage) error {
	last, err := a.lastBackup(ctx)
	if err != nil || a.Clock.Now().Sub(last) < a.Backup.Every {
		return err
	}
	return a.BackUp(ctx, args)
}

// AskBackup has a backup made soon, by a job: a large one takes longer than a browser waits.
func (a *App) AskBackup(ctx context.Context, reason string) error {
	if a.Backup.To == "" {
		return running.ErrNoBackup
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		if err := a.Jobs.Add(ctx, tx, JobBackup, nil, jobs.Opts{Unique: "now"}); err != nil {
			return err
		}
		return note(ctx, tx, "running.ask_backup", "centre", reason, nil)
	})
}

// Backups is what the page shows.
type Backups struct {
	Last   time.Time
	Next   time.Time
	Plan   BackupPlan
	Rows   []store.Backup
	Drills []store.Drill
}

// Backups lists the last attempts and rehearsals.
func (a *App) Backups(ctx context.Context) (out Backups, err error) {
	out.Plan = a.Backup
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if out.Last, err = store.LastBackup(ctx, q); err != nil {
			return err
		}
		if out.Rows, err = store.Backups(ctx, q, 60); err != nil {
			return err
		}
		out.Drills, err = store.Drills(ctx, q, 12)
		return err
	})
	if a.Backup.To != "" {
		out.Next = later(out.Last.Add(a.Backup.Every), a.Clock.Now())
	}
	return out, err
}

// AddDrill keeps the outcome of a rehearsed restore.
func (a *App) AddDrill(ctx context.Context, d store.Drill) error {
	return a.DB.Do(ctx, func(tx db.Tx) error {
		d.ID, d.Person = ids.New(), tx.Actor().Name
		if d.At.IsZero() {
			d.At = tx.Now()
		}
		if err := store.AddDrill(ctx, tx, d); err != nil {
			return err
		}
		return note(ctx, tx, "running.drill", d.ID, d.Text, map[string]string{"ok": fmt.Sprint(d.OK)})
	})
}
