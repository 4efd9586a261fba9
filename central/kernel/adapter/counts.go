package adapter

import (
	"context"
	"fmt"
	"time"

	"tongban/central/kernel/db"
)

// Slot counts half an hour (半小时统计).
type Slot struct {
	At     time.Time `json:"at"`
	OK     int64     `json:"ok"`
	Failed int64     `json:"failed"`
}

// Slots returns the last 24 hours of each system in 48 halves of an hour, oldest first; what never left the house is left out.
func (r *Registry) Slots(ctx context.Context) (map[string][]Slot, error) {
	const half = int64(30 * time.Minute / time.Millisecond)
	last := db.Ms(r.o.Clock.Now()) / half
	first := last - 47
	out := map[string][]Slot{}
	err := r.o.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT adapter, at / $1, CASE WHEN result IN ('ok', 'refused') THEN 1 ELSE 0 END, count(*)
			FROM adapter_exchange WHERE at >= $2 AND result IN ('ok', 'refused', 'failed', 'timeout') GROUP BY 1, 2, 3`, half, first*half)
		if err != nil {
			return fmt.Errorf("count half hours: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var slot, n int64
			var ok bool
			if err := rows.Scan(&name, &slot, &ok, &n); err != nil {
				return fmt.Errorf("count half hours: %w", err)
			}
			if out[name] == nil {
				out[name] = emptySlots(first, half)
			}
			if i := slot - first; i >= 0 && i < 48 && ok {
				out[name][i].OK += n
			} else if i >= 0 && i < 48 {
				out[name][i].Failed += n
			}
		}
		return rows.Err()
	})
	return out, err
}

// EmptySlots are those of a system that was never asked.
func (r *Registry) EmptySlots() []Slot {
	const half = int64(30 * time.Minute / time.Millisecond)
	return emptySlots(db.Ms(r.o.Clock.Now())/half-47, half)
}

func emptySlots(first, half int64) []Slot {
	out := make([]Slot, 48)
	for i := range out {
		out[i].At = db.FromMs((first + int64(i)) * half)
	}
	return out
}

// Last is the newest exchange of a system, and the newest that went wrong.
type Last struct {
	At     time.Time
	Wrong  time.Time
	Result string // of the wrong one
	Status int
}

// Lasts returns the newest exchanges of all systems.
func (r *Registry) Lasts(ctx context.Context) (map[string]Last, error) {
	out := map[string]Last{}
	err := r.o.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT e.adapter, e.at, e.result, e.status FROM adapter_exchange e JOIN (
			SELECT adapter, CASE WHEN result IN ('failed', 'timeout') THEN 1 ELSE 0 END AS wrong, max(id) AS id FROM adapter_exchange
			WHERE result IN ('ok', 'refused', 'failed', 'timeout') GROUP BY 1, 2) newest ON newest.id = e.id`)
		if err != nil {
			return fmt.Errorf("find last exchanges: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var name, result string
			var at int64
			var status int
			if err := rows.Scan(&name, &at, &result, &status); err != nil {
				return fmt.Errorf("find last exchanges: %w", err)
			}
			l := out[name]
			when := db.FromMs(at)
			if when.After(l.At) {
				l.At = when
			}
			if result == resultFailed || result == resultTimeout {
				l.Wrong, l.Result, l.Status = when, result, status
			}
			out[name] = l
		}
		return rows.Err()
	})
	return out, err
}

// Use is what one actor asked of all systems.
type Use struct {
	Calls int64
	Last  time.Time
}

// Uses returns the calls since an instant by actor, such as "consumer:01J…".
func (r *Registry) Uses(ctx context.Context, since time.Time) (map[string]Use, error) {
	out := map[string]Use{}
	err := r.o.DB.View(ctx, func(q db.Query) error {
		rows, err := q.QueryContext(ctx, `SELECT actor, count(*), max(at) FROM adapter_exchange WHERE at >= $1 GROUP BY actor`, db.Ms(since))
		if err != nil {
			return fmt.Errorf("count uses: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var who string
			var u Use
			var last int64
			if err := rows.Scan(&who, &u.Calls, &last); err != nil {
				return fmt.Errorf("count uses: %w", err)
			}
			u.Last = db.FromMs(last)
			out[who] = u
		}
		return rows.Err()
	})
	return out, err
}
