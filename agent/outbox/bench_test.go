package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tongban/agent/seal"
	"tongban/agent/store"
	"tongban/fleet/wire"
)

func rawTable(b testing.TB) *store.DB {
	b.Helper()
	db, err := store.Open(context.Background(), filepath.Join(b.TempDir(), "raw.db"), store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	err = db.Do(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB)`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

func rawInsert(b testing.TB, db *store.DB, n int, body []byte) {
	err := db.Do(context.Background(), func(tx *sql.Tx) error {
		s, err := tx.Prepare(`INSERT INTO raw (body) VALUES (?)`)
		if err != nil {
			return err
		}
		defer s.Close() //nolint:errcheck // ends with the transaction
		for range n {
			if _, err := s.Exec(body); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

var rowBody = make([]byte, 1500)

// What the citizen waits for: number, seal and durable row. The control is one fsynced insert of a row as large.
func BenchmarkEnqueue(b *testing.B) {
	bed := newBed(b, b.TempDir(), store.Options{})
	halves(b, func() { bed.put(b) })
}

func BenchmarkEnqueueRaw(b *testing.B) {
	db := rawTable(b)
	halves(b, func() { rawInsert(b, db, 1, rowBody) })
}

// halves reports the median of one call: the budget is about the usual citizen, and a mean is carried by the few calls that
// met a checkpoint of the journal.
func halves(b *testing.B, once func()) {
	var all []time.Duration
	for b.Loop() {
		from := time.Now()
		once()
		all = append(all, time.Since(from))
	}
	slices.Sort(all)
	b.ReportMetric(float64(all[len(all)/2].Nanoseconds()), "p50-ns")
}

// drain claims and settles everything in batches; it returns the rows drained.
func (b *bed) drain(t testing.TB, batch int) int {
	n := 0
	for {
		rows := b.claim(t, wire.LaneReport, batch)
		if len(rows) == 0 {
			return n
		}
		answers := make([]Answer, len(rows))
		for i, r := range rows {
			answers[i] = Answer{Receipt: wire.Receipt{ID: r.ID, Status: wire.Accepted}}
		}
		if _, err := b.Settle(context.Background(), answers); err != nil {
			t.Fatal(err)
		}
		n += len(rows)
	}
}

func (b *bed) fill(t testing.TB, n int) {
	t.Helper()
	id, err := seal.NewID(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	env, err := b.sealer.Close(seal.Order{ID: id, Lane: wire.LaneReport, Kind: wire.KindRating, Seq: 1, At: day}, wire.Rating{Level: 5})
	if err != nil {
		t.Fatal(err)
	}
	err = b.db.Do(context.Background(), func(tx *sql.Tx) error {
		for i := range n {
			env.Seq, env.ID = int64(i+1), fmt.Sprintf("%s%012d", id[:24], i)
			if err := b.insert(context.Background(), tx, env, "", nil, day); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

const drainRows, drainBatch = 2000, 100

func BenchmarkDrain(b *testing.B) {
	bed := newBed(b, b.TempDir(), store.Options{})
	rows := 0
	for b.Loop() {
		b.StopTimer()
		bed.fill(b, drainRows)
		b.StartTimer()
		rows += bed.drain(b, drainBatch)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkDrainRaw(b *testing.B) {
	db := rawTable(b)
	rows := 0
	for b.Loop() {
		for range drainRows / drainBatch {
			rawInsert(b, db, drainBatch, rowBody[:900])
		}
		rows += drainRows
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

// The two budgets, measured in turns in one process so that the load of the machine hits both sides alike.
// OUTBOX_BUDGET=1 runs it.
func TestBudgets(t *testing.T) {
	if os.Getenv("OUTBOX_BUDGET") == "" {
		t.Skip("set OUTBOX_BUDGET=1")
	}
	raw := rawTable(t)
	bed := newBed(t, t.TempDir(), store.Options{})
	var ours, control time.Duration
	for range 400 {
		from := time.Now()
		rawInsert(t, raw, 1, rowBody)
		control += time.Since(from)
		from = time.Now()
		bed.put(t)
		ours += time.Since(from)
	}
	if r := float64(ours) / float64(control); r > 2.5 {
		t.Errorf("enqueue is %.2f raw inserts, at most 2.5", r)
	} else {
		t.Logf("enqueue is %.2f raw inserts", r)
	}
	ours, control = 0, 0
	for range 7 {
		from := time.Now()
		for range drainRows / drainBatch {
			rawInsert(t, raw, drainBatch, rowBody[:900])
		}
		control += time.Since(from)
		bed.fill(t, drainRows)
		from = time.Now()
		bed.drain(t, drainBatch)
		ours += time.Since(from)
	}
	if r := float64(control) / float64(ours); r < 0.10 {
		t.Errorf("drain is %.2f of raw inserts, at least 0.10", r)
	} else {
		t.Logf("drain is %.2f of raw inserts", r)
	}
}
