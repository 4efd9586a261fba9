package events

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the tables of the event log.
func Migrations() db.Migrations { return db.Migrations{Name: "kernel_events", FS: files} }

// bell is rung after each commit that emitted.
const bell = "events"

// Event is one thing that happened. Data carries ids and states, never
// personal data: events are kept, and consoles see them.
type Event struct {
	Seq   int64     // 1, 2, 3… without gaps, in order of commit; given by Emit
	Topic string    // "module.past_tense", such as "window.received"
	Key   string    // id of the thing it happened to
	At    time.Time // instant of the act; given by Emit
	Data  any       // encoded as JSON by Emit; a json.RawMessage when read

	memo *sync.Map // what was made of an event that many hear, see Once
}

// Once returns what make makes of e. Of an event that the log holds in memory for all its readers it is made a single time for all of
// them, by T, and must not be changed.
func Once[T any](e Event, make func() (T, error)) (T, error) {
	if e.memo == nil {
		return make()
	}
	type key struct{ _ *T }
	if v, ok := e.memo.Load(key{}); ok {
		return v.(T), nil //nolint:errcheck // stored below, under its own type
	}
	v, err := make()
	if err == nil {
		e.memo.Store(key{}, v)
	}
	return v, err
}

// Read decodes the data of an event that was read, a single time for all who hear it.
func Read[T any](e Event) (T, error) {
	return Once(e, func() (v T, err error) { return v, e.Decode(&v) })
}

// Decode decodes the data of an event that was read into v.
func (e Event) Decode(v any) error {
	raw, ok := e.Data.(json.RawMessage)
	if !ok {
		return fmt.Errorf("decode event: data is %T, not JSON that was read", e.Data)
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("decode event %s: %w", e.Topic, err)
	}
	return nil
}

// Emit appends e in tx. Its number comes from a head row, whose lock is held
// until the commit: numbers therefore appear in order, and a rolled back act
// leaves no gap.
func Emit(ctx context.Context, tx db.Tx, e Event) error {
	if e.Topic == "" {
		return errs.E(errs.Internal, "events.no_topic", "", nil)
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return fmt.Errorf("encode event %s: %w", e.Topic, err)
	}
	var seq int64
	head := `UPDATE kernel_event_head SET seq = seq + 1 WHERE id = 1 RETURNING seq`
	if err := tx.QueryRowContext(ctx, head).Scan(&seq); err != nil {
		return fmt.Errorf("take event number: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO kernel_event (seq, topic, key, at, data) VALUES ($1, $2, $3, $4, $5)`,
		seq, e.Topic, e.Key, db.Ms(tx.Now()), string(data))
	if err != nil {
		return fmt.Errorf("insert event: %w", err)
	}
	tx.Ring(bell)
	return nil
}
