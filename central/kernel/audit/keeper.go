package audit

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/obs"
)

// Every is the longest time that new records wait for a checkpoint.
const Every = 10 * time.Minute

// Keeper takes checkpoints and ships them elsewhere (检查点). It is safe for
// concurrent use, also by several copies of the program.
type Keeper struct {
	DB      *db.DB
	Clock   clock.Clock
	Signer  Signer
	Sink    Sink
	Metrics *obs.Metrics
}

// BrokenError means that a chain does not hold, so that nothing was signed.
type BrokenError struct{ Report Report }

func (e *BrokenError) Error() string {
	return fmt.Sprintf("audit chain does not hold at record %d: %s", e.Report.BadSeq, e.Report.Problem)
}

// Take signs what was added since the last checkpoint: when a thousand records
// wait, when they have waited for ten minutes, or, with now, whatever waits. It
// recomputes what it signs, and returns a *BrokenError where that does not hold.
func (k *Keeper) Take(ctx context.Context, now bool) (taken int, err error) {
	for {
		c, due, err := k.next(ctx, now)
		if err != nil || !due {
			return taken, err
		}
		if err := c.sign(ctx, k.Signer); err != nil {
			return taken, err
		}
		if err := k.keep(ctx, c); err != nil {
			return taken, err
		}
		taken++
	}
}

// next makes the checkpoint that is due, unsigned.
func (k *Keeper) next(ctx context.Context, now bool) (c Checkpoint, due bool, err error) {
	err = k.DB.View(ctx, func(q db.Query) error {
		before, err := lastCheckpoint(ctx, q)
		if err != nil {
			return err
		}
		var count int64
		if err := q.QueryRowContext(ctx, `SELECT count FROM kernel_audit_head WHERE id = 1`).Scan(&count); err != nil {
			return fmt.Errorf("read audit head: %w", err)
		}
		waiting, at := count-before.Last, k.Clock.Now()
		if due = waiting > 0 && (now || waiting >= Segment || at.Sub(before.At) >= Every); !due {
			return nil
		}
		c, err = segment(ctx, q, before, min(before.Last+Segment, count))
		c.At = db.FromMs(db.Ms(at))
		return err
	})
	if err != nil {
		return c, false, fmt.Errorf("make checkpoint: %w", err)
	}
	return c, due, nil
}

// segment reads the records after before up to last, each checked.
func segment(ctx context.Context, q db.Query, before Checkpoint, last int64) (Checkpoint, error) {
	c := Checkpoint{N: before.N + 1, First: before.Last + 1, Last: last, Prev: zero}
	r := Report{Head: zero}
	if before.N > 0 {
		c.Prev, r = before.Digest(), Report{Count: before.Last, Head: before.Hash}
	}
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM kernel_audit WHERE seq >= $1 AND seq <= $2 ORDER BY seq`, c.First, c.Last)
	if err != nil {
		return c, fmt.Errorf("read records: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var marks []byte
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			r.BadSeq, r.Problem = r.Count+1, undecodable
			return c, &BrokenError{r}
		}
		if r.Problem = r.check(e); r.Problem != "" {
			return c, &BrokenError{r}
		}
		r.Count, r.Head = e.Seq, e.Hash
		marks = append(marks, markOf(e.Hash)...)
	}
	if err := rows.Err(); err != nil {
		return c, err
	}
	if r.Count != c.Last {
		r.BadSeq, r.Problem = r.Count+1, cut
		return c, &BrokenError{r}
	}
	c.Hash, c.Marks = r.Head, base64.StdEncoding.EncodeToString(marks)
	return c, nil
}

// keep stores c. Another copy that was faster is no error.
func (k *Keeper) keep(ctx context.Context, c Checkpoint) error {
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO kernel_audit_checkpoint (`+checkpointColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			c.N, c.First, c.Last, c.Hash, c.Marks, db.Ms(c.At), c.Prev, c.Key, c.Signature)
		return err
	})
	if err != nil && !db.IsUnique(err) {
		return fmt.Errorf("keep checkpoint: %w", err)
	}
	return nil
}

// Ship sends what the sink does not have yet. The fault of a sink that cannot
// be reached is kept, with the time since when.
func (k *Keeper) Ship(ctx context.Context) (shipped int, err error) {
	state, err := k.Shipped(ctx)
	if err != nil {
		return 0, err
	}
	// A folder may be another machine's of the same name, when the leader has
	// changed: what it lacks is shipped again.
	if f, ok := k.Sink.(fileSink); ok {
		if n, err := f.last(); err == nil {
			state.N = min(state.N, n)
		}
	}
	for {
		waiting, err := Checkpoints(ctx, k.DB, state.N, 50)
		if err != nil || len(waiting) == 0 {
			if err == nil && state.Fault != "" { // reachable again, or nothing left to fail with
				err = k.note(ctx, Shipping{N: state.N})
			}
			return shipped, err
		}
		for _, c := range waiting {
			if err := k.Sink.Ship(ctx, c); err != nil {
				state.Fault = err.Error()
				return shipped, errors.Join(fmt.Errorf("ship checkpoint %d to %s: %w", c.N, k.Sink, err), k.note(ctx, state))
			}
			state = Shipping{N: c.N}
			if err := k.note(ctx, state); err != nil {
				return shipped, err
			}
			shipped++
		}
	}
}

// Shipping is how far a sink has the checkpoints (外送状态).
type Shipping struct {
	Place string    `json:"place"`
	N     int64     `json:"n"`               // last checkpoint that arrived
	At    time.Time `json:"at"`              // when this was last written
	Fault string    `json:"fault,omitempty"` // why the next does not
	Since time.Time `json:"since,omitzero"`  // since when
}

// Shipped returns how far the sink is.
func (k *Keeper) Shipped(ctx context.Context) (Shipping, error) {
	s := Shipping{Place: k.Sink.String()}
	err := k.DB.View(ctx, func(q db.Query) error {
		var at, since int64
		err := q.QueryRowContext(ctx, `SELECT n, at, fault, since FROM kernel_audit_ship WHERE place = $1`, s.Place).Scan(&s.N, &at, &s.Fault, &since)
		s.At, s.Since = db.FromMs(at), db.FromMs(since)
		return err
	})
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return s, fmt.Errorf("read shipping state: %w", err)
	}
	return s, nil
}

func (k *Keeper) note(ctx context.Context, s Shipping) error {
	ctx = context.WithoutCancel(ctx)
	err := k.DB.Do(ctx, func(tx db.Tx) error {
		since := s.Since
		if s.Fault != "" && since.IsZero() {
			since = tx.Now()
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO kernel_audit_ship (place, n, at, fault, since) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (place) DO UPDATE SET n = excluded.n, at = excluded.at, fault = excluded.fault, since = excluded.since`,
			k.Sink.String(), s.N, db.Ms(tx.Now()), s.Fault, db.Ms(since))
		return err
	})
	if err != nil {
		return fmt.Errorf("note shipping: %w", err)
	}
	return nil
}

const checkpointColumns = `n, first, last, hash, marks, at, prev, key_id, signature`

// Checkpoints returns at most limit kept checkpoints after number after, in
// order.
func Checkpoints(ctx context.Context, d *db.DB, after int64, limit int) (out []Checkpoint, err error) {
	err = d.View(ctx, func(q db.Query) error {
		out, err = checkpoints(ctx, q, `WHERE n > $1 ORDER BY n LIMIT $2`, after, limit)
		return err
	})
	return out, err
}

// NewestCheckpoints returns at most limit checkpoints before number before (0:
// from the newest on), newest first.
func NewestCheckpoints(ctx context.Context, q db.Query, before int64, limit int) ([]Checkpoint, error) {
	return checkpoints(ctx, q, `WHERE n < $1 OR $1 = 0 ORDER BY n DESC LIMIT $2`, before, limit)
}

func lastCheckpoint(ctx context.Context, q db.Query) (Checkpoint, error) {
	last, err := NewestCheckpoints(ctx, q, 0, 1)
	if err != nil || len(last) == 0 {
		return Checkpoint{}, err
	}
	return last[0], nil
}

func checkpoints(ctx context.Context, q db.Query, which string, args ...any) ([]Checkpoint, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+checkpointColumns+` FROM kernel_audit_checkpoint `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	defer func() { _ = rows.Close() }()
	out := []Checkpoint{}
	for rows.Next() {
		var c Checkpoint
		var at int64
		if err := rows.Scan(&c.N, &c.First, &c.Last, &c.Hash, &c.Marks, &at, &c.Prev, &c.Key, &c.Signature); err != nil {
			return nil, fmt.Errorf("read checkpoint: %w", err)
		}
		c.At = db.FromMs(at)
		out = append(out, c)
	}
	return out, rows.Err()
}
