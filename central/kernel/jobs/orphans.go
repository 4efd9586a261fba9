package jobs

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

// A copy of the program that was killed leaves its jobs marked as running. The
// engine takes them up when they could have ended by themselves, which is
// minutes later; the other copies do it as soon as they know that it is dead.
// They know by db.Lives.
const (
	orphanLook = 2 * time.Second
	// orphanAge spares a job whose copy is just connecting anew.
	orphanAge = 5 * time.Second
)

// resume makes available what was running when this program was killed: with SQLite one process holds the file, so that a job that runs
// before the start is of an earlier life. Without it a job of which there is only one at a time would stand still for as long as it might
// have run.
func (j *Jobs) resume(ctx context.Context) error {
	if j.db.Dialect() == db.Postgres {
		return nil // the others may be at them: see rescue
	}
	err := j.db.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
		return err
	})
	if err != nil {
		return fmt.Errorf("take up jobs of an earlier life: %w", err)
	}
	return nil
}

// rescue looks for orphans until ctx ends. With SQLite there are no others.
func (j *Jobs) rescue(ctx context.Context) {
	if j.db.Dialect() != db.Postgres {
		return
	}
	suspects := map[string]bool{}
	for clock.Sleep(ctx, clock.System(), orphanLook) == nil {
		dead, err := j.dead(ctx)
		if err != nil {
			j.opts.Log.DebugContext(ctx, "orphaned jobs cannot be looked for", "cause", err.Error())
			continue
		}
		now := map[string]bool{}
		for _, id := range dead {
			now[id] = true
			if suspects[id] { // twice: not only between two connections
				j.adopt(ctx, id)
			}
		}
		suspects = now
	}
}

// dead are the copies that have running jobs and no process.
func (j *Jobs) dead(ctx context.Context) (ids []string, err error) {
	var holders []string
	err = j.db.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT DISTINCT attempted_by[array_upper(attempted_by, 1)] FROM river_job
			WHERE state = 'running' AND attempted_at < now() - $1 * interval '1 second'`, orphanAge.Seconds())
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			holders = append(holders, id)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, id := range holders {
		if id == j.client.ID() {
			continue
		}
		lives, err := j.db.Lives(ctx, id)
		if err != nil {
			return nil, err
		}
		if !lives {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// adopt makes the jobs of a dead copy available. They run again from their
// beginning, as after every crash.
func (j *Jobs) adopt(ctx context.Context, id string) {
	var n int64
	err := j.db.Do(ctx, func(tx db.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE river_job SET state = 'available', scheduled_at = now()
			WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1`, id)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	if err != nil {
		j.opts.Log.WarnContext(ctx, "jobs of a dead copy cannot be taken up", "cause", err.Error())
		return
	}
	j.opts.Log.InfoContext(ctx, "jobs of a dead copy are taken up", "jobs", n)
}
