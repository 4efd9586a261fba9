package privacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
)

// resealBatch is how many values are sealed anew in one act: other writers wait for it.
const resealBatch = 100

// Progress is how far re-sealing of one column has come (重新加密进度).
type Progress struct {
	Column  string
	Class   string
	Version int // of the data key it seals with
	Done    int64
	Changed int64
	Damaged int64 // values that do not open; they are left as they are and named in the log
	Total   int64
	Running bool
	Started time.Time
	Ended   time.Time
}

// Reseal seals anew every registered value that was sealed with an older key (重新加密). It goes on where an earlier run
// stopped, in batches, beside running work: a value that changed in between is left to whoever changed it.
func (s *Service) Reseal(ctx context.Context) error {
	defer s.recount()
	if err := s.Vault.Refresh(ctx); err != nil {
		return err
	}
	keys, err := s.active(ctx)
	if err != nil {
		return err
	}
	for _, c := range s.Columns() {
		if err := s.resealColumn(ctx, c.Column, keys[c.Class]); err != nil {
			return fmt.Errorf("reseal %s: %w", c.Name(), err)
		}
	}
	return nil
}

// active returns the active version of each class's data key.
func (s *Service) active(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := s.DB.View(ctx, func(q db.Query) error {
		all, err := s.Vault.List(ctx, q)
		for _, k := range all {
			if k.Active {
				out[k.Class] = k.Version
			}
		}
		return err
	})
	return out, err
}

func (s *Service) resealColumn(ctx context.Context, c Column, version int) error {
	more := true
	for more {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := s.DB.Do(ctx, func(tx db.Tx) (err error) {
			more, err = s.resealStep(ctx, tx, c, version)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// behind is the condition for values that are not sealed with the active key.
func behind(c Column, version int) string {
	return fmt.Sprintf(`%s <> '' AND %s NOT LIKE 'v2.%d.%%'`, c.Column, c.Column, version)
}

// resealStep does one batch together with its progress.
func (s *Service) resealStep(ctx context.Context, tx db.Tx, c Column, version int) (more bool, err error) {
	p, after, err := progress(ctx, tx, c.Name())
	if err != nil {
		return false, err
	}
	if !p.Running || p.Version != version {
		p = Progress{Column: c.Name(), Class: c.Class, Version: version, Running: true, Started: tx.Now()}
		after = nil
		count := `SELECT count(*) FROM ` + c.Table + ` WHERE ` + behind(c, version)
		if err := tx.QueryRowContext(ctx, count).Scan(&p.Total); err != nil {
			return false, fmt.Errorf("count: %w", err)
		}
		if p.Total == 0 {
			return false, nil // nothing to do is not worth a row
		}
	}
	rows, err := batch(ctx, tx, c, version, after)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		changed, err := s.resealRow(ctx, tx, c, r)
		if err != nil {
			return false, err
		}
		if changed {
			p.Changed++
		} else {
			p.Damaged++
		}
		p.Done++
		after = r.key
	}
	if len(rows) < resealBatch {
		p.Running, p.Ended = false, tx.Now()
	}
	return p.Running, keepProgress(ctx, tx, p, after)
}

type sealedRow struct {
	key   []string
	value string
}

func batch(ctx context.Context, q db.Query, c Column, version int, after []string) ([]sealedRow, error) {
	keys := strings.Join(c.Key, ", ")
	query := `SELECT ` + keys + `, ` + c.Column + ` FROM ` + c.Table + ` WHERE ` + behind(c, version)
	var args []any
	if after != nil {
		marks := make([]string, len(after))
		for i, v := range after {
			args = append(args, v)
			marks[i] = fmt.Sprintf("$%d", i+1)
		}
		query += ` AND (` + keys + `) > (` + strings.Join(marks, ", ") + `)`
	}
	rows, err := q.QueryContext(ctx, query+` ORDER BY `+keys+fmt.Sprintf(` LIMIT %d`, resealBatch), args...)
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []sealedRow
	for rows.Next() {
		r := sealedRow{key: make([]string, len(c.Key))}
		to := make([]any, 0, len(c.Key)+1)
		for i := range r.key {
			to = append(to, &r.key[i])
		}
		if err := rows.Scan(append(to, &r.value)...); err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// resealRow seals one value anew; false where it does not open, which must not stop the others.
func (s *Service) resealRow(ctx context.Context, tx db.Tx, c Column, r sealedRow) (bool, error) {
	row := c.row(r.key)
	plain, err := s.Vault.OpenRow(c.Class, row, r.value)
	if errors.Is(err, vault.ErrSealed) || errors.Is(err, vault.ErrKey) {
		s.Log.ErrorContext(ctx, "sealed value does not open", "column", c.Name(), "row", strings.Join(r.key, keyJoin), "cause", err.Error())
		return false, nil
	}
	if err != nil {
		return false, err
	}
	next, err := s.Vault.SealRow(c.Class, row, plain)
	if err != nil {
		return false, err
	}
	where := make([]string, len(c.Key))
	args := []any{next, r.value}
	for i, k := range c.Key {
		args = append(args, r.key[i])
		where[i] = fmt.Sprintf("%s = $%d", k, i+3)
	}
	_, err = tx.ExecContext(ctx, `UPDATE `+c.Table+` SET `+c.Column+` = $1 WHERE `+c.Column+` = $2 AND `+strings.Join(where, " AND "), args...)
	return true, wrap("keep", err)
}

func progress(ctx context.Context, q db.Query, name string) (p Progress, after []string, err error) {
	var text string
	var running int
	var started, ended int64
	err = q.QueryRowContext(ctx, `SELECT col, class, version, after, done, changed, damaged, total, running, started_at, ended_at
		FROM kernel_reseal WHERE col = $1`, name).
		Scan(&p.Column, &p.Class, &p.Version, &text, &p.Done, &p.Changed, &p.Damaged, &p.Total, &running, &started, &ended)
	if errors.Is(err, db.ErrNoRows) {
		return p, nil, nil
	}
	if err != nil {
		return p, nil, fmt.Errorf("read progress: %w", err)
	}
	p.Running, p.Started, p.Ended = running == 1, db.FromMs(started), db.FromMs(ended)
	if text != "" {
		if err := json.Unmarshal([]byte(text), &after); err != nil {
			return p, nil, fmt.Errorf("decode progress: %w", err)
		}
	}
	return p, after, nil
}

func keepProgress(ctx context.Context, tx db.Tx, p Progress, after []string) error {
	text := ""
	if after != nil {
		b, err := json.Marshal(after)
		if err != nil {
			return fmt.Errorf("encode progress: %w", err)
		}
		text = string(b)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO kernel_reseal (col, class, version, after, done, changed, damaged, total, running, started_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (col) DO UPDATE SET class = $2, version = $3, after = $4, done = $5, changed = $6, damaged = $7, total = $8, running = $9, started_at = $10, ended_at = $11`,
		p.Column, p.Class, p.Version, text, p.Done, p.Changed, p.Damaged, p.Total, db.Int(p.Running), db.Ms(p.Started), db.Ms(p.Ended))
	return wrap("keep progress", err)
}
