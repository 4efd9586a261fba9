package web_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/journal"
	"tongban/agent/outbox"
	"tongban/agent/screen"
	"tongban/agent/store"
)

// crash stops the terminal without the goodbye of a wipe: what was in the journal before is put back.
func (b *bed) crash(t *testing.T, state journal.State, cuts int64) bedOptions {
	t.Helper()
	j := journal.Open(b.db, b.clock)
	jobs, err := j.Unfinished(t.Context())
	if err != nil || len(jobs) != 1 {
		t.Fatalf("%d slips in the journal, %v", len(jobs), err)
	}
	b.stop()
	db, err := store.Open(context.Background(), filepath.Join(b.dir, "agent.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test
	j = journal.Open(db, clock.System())
	again := jobs[0]
	again.ID += "x"
	again.Cuts = cuts
	if err := j.Add(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	for _, s := range map[journal.State][]journal.State{
		journal.Printing: {journal.Printing}, journal.Ending: {journal.Printing, journal.Ending},
	}[state] {
		if err := j.Move(t.Context(), again.ID, s, cuts, ""); err != nil {
			t.Fatal(err)
		}
	}
	o := b.options
	o.dir, o.sim = b.dir, b.sim
	return o
}

// A program that died while a slip was printing asks the printer's counter, then the citizen, and prints nothing by itself.
func TestCrashWhilePrinting(t *testing.T) {
	for _, c := range []struct {
		name  string
		state journal.State
		cuts  int64 // of the printer before the cut; the emulator has cut once since
		want  string
	}{
		{"came out", journal.Ending, 0, "printed"}, {"is not whole", journal.Printing, -1, "failed"},
		{"was not cut", journal.Ending, 1, "unknown"}, {"no counter", journal.Ending, -1, "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t, bedOptions{offline: true})
			b.identify("zhou")
			b.fill("self")
			b.do("matter/submit", nil)
			no := b.slipIs("printed").CaseNo
			b = newBed(t, b.crash(t, c.state, c.cuts))
			b.until("verdict", func() bool { v := b.state().Visit; return v != nil && v.Done != nil && v.Done.Slip.State == c.want })
			s := b.state()
			if s.Visit.Done.CaseNo != no || s.Visit.Person != nil || s.Visit.Done.CheckCode == "" {
				t.Errorf("recovered: %+v", s.Visit.Done)
			}
			time.Sleep(500 * time.Millisecond)
			if n := len(b.sim.Slips()); n != 1 {
				t.Errorf("%d slips: one was printed in silence", n)
			}
			b.visit = s.Visit.ID
			if c.want == "failed" {
				b.do("slip/print", nil)
				b.slipIs("printed")
			}
			b.do("visit/end", screen.EndVisit{Reason: "finished"})
			b.leavesNothing("周立明", "510799199001010018", "13908162150")
		})
	}
}

// A restart keeps the promise: what was stored offline arrives once after it.
func TestRestartSendsWhatWasStored(t *testing.T) {
	b := newBed(t, bedOptions{offline: true})
	b.identify("zhou")
	b.fill("self")
	b.do("matter/submit", nil)
	b.slipIs("printed")
	b.do("visit/end", screen.EndVisit{Reason: "finished"})
	b.stop()
	o := b.options
	o.dir, o.sim, o.offline = b.dir, b.sim, false
	b = newBed(t, o)
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
	b.until("empty outbox", func() bool { n, err := b.box.Waiting(t.Context()); return err == nil && n["case"] == 0 })
	if s := b.state(); s.Visit != nil {
		t.Errorf("a finished visit came back: %+v", s.Visit)
	}
}

// A full disk refuses a submit in words and stores nothing of it, blocks the screen before the next citizen is asked
// anything, and keeps what was acknowledged; space that comes back is enough.
func TestDiskFull(t *testing.T) {
	b := newBed(t, bedOptions{offline: true, maxPages: 120})
	b.identify("zhou")
	b.fill("self")
	b.do("matter/submit", nil)
	kept := b.slipIs("printed").CaseNo
	b.do("matter/leave", nil)
	b.fill("self")
	b.fillDisk()
	_, err := b.try("matter/submit", nil)
	var r *refused
	if !errors.As(err, &r) || r.status != http.StatusServiceUnavailable || r.Message == "" {
		t.Fatalf("submit on a full disk: %v", err)
	}
	b.until("block", func() bool { s := b.state(); return s.Blocked != nil && s.Blocked.Code == "disk_full" })
	if s := b.state(); s.Visit == nil || s.Visit.Matter == nil || len(s.Visit.Finished) != 1 {
		t.Errorf("what was filled in is gone: %+v", s.Visit)
	}
	b.do("visit/end", screen.EndVisit{Reason: "left"})
	if c := b.code("visit/start", nil); c != "screen.blocked" {
		t.Errorf("next citizen: %s", c)
	}
	rows, err := outbox.Dump(t.Context(), b.db)
	if err != nil {
		t.Fatal(err)
	}
	cases := 0
	for _, e := range rows {
		if e.CaseNo != "" {
			cases++
			if e.CaseNo != kept {
				t.Errorf("%s was refused and is stored", e.CaseNo)
			}
		}
	}
	if n, faults := outbox.Verify(t.Context(), b.db, filepath.Join(b.dir, "outbox")); cases != 1 || n != len(rows) || len(faults) > 0 {
		t.Errorf("%d cases, %d rows, %v", cases, n, faults)
	}
	b.stop()
	o := b.options
	o.dir, o.sim, o.maxPages, o.offline = b.dir, b.sim, 0, false
	b = newBed(t, o)
	b.until("arrival", func() bool { return len(b.centre.submissions()) == 1 })
	b.do("visit/start", nil)
}

// fillDisk puts rows into the database until no page is left.
func (b *bed) fillDisk() {
	b.t.Helper()
	for size := 64 << 10; size >= 64; {
		err := b.db.Do(b.t.Context(), func(tx *sql.Tx) error {
			_, err := tx.Exec(`INSERT INTO probe (n, pad) VALUES (0, zeroblob(?))`, size)
			return err
		})
		switch {
		case store.Unwritable(err):
			size /= 2
		case err != nil:
			b.t.Fatal(err)
		}
	}
}

// Calls answer fast: the page may wait for each.
func TestCallsAreFast(t *testing.T) {
	b := newBed(t, bedOptions{})
	b.identify("zhou")
	b.do("matter/choose", screen.Choose{Item: "glbt"})
	var worst, sum time.Duration
	for range 50 {
		from := time.Now()
		b.do("matter/answer", screen.Answer{Question: "who", Option: "self"})
		took := time.Since(from)
		sum, worst = sum+took, max(worst, took)
	}
	t.Logf("mean %s, worst %s", sum/50, worst)
	if sum/50 > 50*time.Millisecond && !racing {
		t.Errorf("a tap takes %s", sum/50)
	}
}
