package adapter

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the adapters.
func Migrations() db.Migrations { return db.Migrations{Name: "adapter", FS: files} }

// Exchange is the evidence of one call (交换记录).
type Exchange struct {
	ID           string    `json:"id"`
	Adapter      string    `json:"adapter"`
	Operation    string    `json:"operation"`
	At           time.Time `json:"at"`
	Actor        string    `json:"actor"`
	Request      string    `json:"request" doc:"追踪编号"`
	Result       string    `json:"result" enum:"ok,refused,failed,timeout,cut,off,limited"`
	Status       int       `json:"status"`
	Attempts     int       `json:"attempts"`
	Ms           int64     `json:"ms"`
	SentDigest   string    `json:"sent_digest" doc:"请求内容的 SM3"`
	SentBytes    int64     `json:"sent_bytes"`
	AnswerDigest string    `json:"answer_digest" doc:"应答内容的 SM3"`
	AnswerBytes  int64     `json:"answer_bytes"`
}

// Day is the count of one day and operation (日统计).
type Day struct {
	Adapter   string `json:"adapter"`
	Operation string `json:"operation"`
	Day       string `json:"day"`
	Calls     int64  `json:"calls"`
	Failed    int64  `json:"failed"`
	Refused   int64  `json:"refused"`
	MsSum     int64  `json:"ms_sum"`
	MsMax     int64  `json:"ms_max"`
}

const stateColumns = `enabled, breaker, failures, trips, epoch, retry_at, health, health_note, health_at, since`

func scanState(row interface{ Scan(...any) error }) (State, error) {
	var s State
	var retry, health, since int64
	err := row.Scan(&s.Enabled, &s.Breaker, &s.Failures, &s.Trips, &s.Epoch, &retry, &s.Health, &s.HealthNote, &health, &since)
	s.RetryAt, s.HealthAt, s.Since = db.FromMs(retry), db.FromMs(health), db.FromMs(since)
	return s, err
}

// fresh is the state of a system that has no row yet.
func fresh() State { return State{Enabled: true, Breaker: Closed} }

func loadState(ctx context.Context, q db.Query, name string) (State, error) {
	s, err := scanState(q.QueryRowContext(ctx, `SELECT `+stateColumns+` FROM adapter_state WHERE name = $1`, name))
	if errors.Is(err, db.ErrNoRows) {
		return fresh(), nil
	}
	if err != nil {
		return s, fmt.Errorf("load state of %s: %w", name, err)
	}
	return s, nil
}

func saveState(ctx context.Context, tx db.Tx, name string, s State) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO adapter_state (name, `+stateColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled, breaker = excluded.breaker, failures = excluded.failures,
		trips = excluded.trips, epoch = excluded.epoch, retry_at = excluded.retry_at, health = excluded.health,
		health_note = excluded.health_note, health_at = excluded.health_at, since = excluded.since`,
		name, db.Int(s.Enabled), s.Breaker, s.Failures, s.Trips, s.Epoch, db.Ms(s.RetryAt), s.Health, s.HealthNote, db.Ms(s.HealthAt), db.Ms(s.Since))
	if err != nil {
		return fmt.Errorf("save state of %s: %w", name, err)
	}
	return nil
}

// keep writes the evidence and counts it.
func keep(ctx context.Context, tx db.Tx, e Exchange) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO adapter_exchange
		(id, adapter, operation, at, actor, request, result, status, attempts, ms, sent_digest, sent_bytes, answer_digest, answer_bytes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.ID, e.Adapter, e.Operation, db.Ms(e.At), e.Actor, e.Request, e.Result, e.Status, e.Attempts, e.Ms,
		e.SentDigest, e.SentBytes, e.AnswerDigest, e.AnswerBytes)
	if err != nil {
		return fmt.Errorf("keep exchange: %w", err)
	}
	bad := e.Result == resultFailed || e.Result == resultTimeout
	inside := e.Result == resultCut || e.Result == resultOff || e.Result == resultLimited
	_, err = tx.ExecContext(ctx, `INSERT INTO adapter_day (adapter, operation, day, calls, failed, refused, ms_sum, ms_max)
		VALUES ($1, $2, $3, 1, $4, $5, $6, $6)
		ON CONFLICT (adapter, operation, day) DO UPDATE SET calls = adapter_day.calls + 1, failed = adapter_day.failed + excluded.failed,
		refused = adapter_day.refused + excluded.refused, ms_sum = adapter_day.ms_sum + excluded.ms_sum,
		ms_max = CASE WHEN excluded.ms_max > adapter_day.ms_max THEN excluded.ms_max ELSE adapter_day.ms_max END`,
		e.Adapter, e.Operation, e.At.In(clock.Shanghai).Format(time.DateOnly), db.Int(bad), db.Int(inside), e.Ms)
	if err != nil {
		return fmt.Errorf("count exchange: %w", err)
	}
	return nil
}

// State returns the state of a system by name.
func (r *Registry) State(ctx context.Context, name string) (s State, err error) {
	err = r.o.DB.View(ctx, func(q db.Query) error {
		s, err = loadState(ctx, q, name)
		return err
	})
	return s, err
}

// States returns all kept states by name.
func (r *Registry) States(ctx context.Context) (map[string]State, error) {
	out := map[string]State{}
	err := r.o.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT `+stateColumns+`, name FROM adapter_state`)
		if err != nil {
			return fmt.Errorf("list states: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			s, err := scanState(withName{rows, &name})
			if err != nil {
				return fmt.Errorf("list states: %w", err)
			}
			out[name] = s
		}
		return rows.Err()
	})
	return out, err
}

// withName scans one more column behind the state's.
type withName struct {
	row  interface{ Scan(...any) error }
	name *string
}

func (w withName) Scan(to ...any) error { return w.row.Scan(append(to, w.name)...) }

// Exchanges returns the newest records of a system, those before the id given; "" begins at the end.
func (r *Registry) Exchanges(ctx context.Context, name, before string, limit int) (out []Exchange, err error) {
	err = r.o.DB.View(ctx, func(q db.Query) error {
		out = []Exchange{}
		rows, err := q.QueryContext(ctx, `SELECT id, adapter, operation, at, actor, request, result, status, attempts, ms,
			sent_digest, sent_bytes, answer_digest, answer_bytes FROM adapter_exchange
			WHERE adapter = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, name, before, limit)
		if err != nil {
			return fmt.Errorf("list exchanges: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var e Exchange
			var at int64
			if err := rows.Scan(&e.ID, &e.Adapter, &e.Operation, &at, &e.Actor, &e.Request, &e.Result, &e.Status, &e.Attempts, &e.Ms,
				&e.SentDigest, &e.SentBytes, &e.AnswerDigest, &e.AnswerBytes); err != nil {
				return fmt.Errorf("list exchanges: %w", err)
			}
			e.At = db.FromMs(at)
			out = append(out, e)
		}
		return rows.Err()
	})
	return out, err
}

// Days returns the counts of all systems since a day, oldest first.
func (r *Registry) Days(ctx context.Context, name string, since time.Time) (out []Day, err error) {
	err = r.o.DB.View(ctx, func(q db.Query) error {
		out = []Day{}
		rows, err := q.QueryContext(ctx, `SELECT adapter, operation, day, calls, failed, refused, ms_sum, ms_max FROM adapter_day
			WHERE ($1 = '' OR adapter = $1) AND day >= $2 ORDER BY day, adapter, operation`, name, since.In(clock.Shanghai).Format(time.DateOnly))
		if err != nil {
			return fmt.Errorf("list days: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var d Day
			if err := rows.Scan(&d.Adapter, &d.Operation, &d.Day, &d.Calls, &d.Failed, &d.Refused, &d.MsSum, &d.MsMax); err != nil {
				return fmt.Errorf("list days: %w", err)
			}
			out = append(out, d)
		}
		return rows.Err()
	})
	return out, err
}

// kept is how long evidence stays: 网络安全法 第二十一条 asks for six months.
const kept = 200 * 24 * time.Hour

// Sweep removes old evidence; the counts per day stay.
func (r *Registry) Sweep(ctx context.Context) error {
	return r.o.DB.Do(ctx, func(tx db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM adapter_exchange WHERE at < $1`, db.Ms(tx.Now().Add(-kept))); err != nil {
			return fmt.Errorf("sweep exchanges: %w", err)
		}
		return nil
	})
}
