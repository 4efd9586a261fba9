package journal

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"tongban/agent/clock"
	"tongban/agent/store"
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		before, after int64
		want          State
	}{
		{7, 7, Unknown}, {7, 8, Printed}, {7, 9, Unknown}, {7, 3, Unknown}, {-1, 8, Unknown}, {7, -1, Unknown}, {-1, -1, Unknown},
	} {
		if got := Judge(c.before, c.after); got != c.want {
			t.Errorf("Judge(%d, %d) = %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

// Every pair of states: what the table does not allow is refused, also by the database.
func TestMoves(t *testing.T) {
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "a.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // a test
	b := Open(db, clock.System())
	path := map[State][]State{Ready: nil, Printing: {Printing}, Ending: {Printing, Ending}, Printed: {Printing, Printed}, Failed: {Failed},
		Unknown: {Printing, Unknown}}
	for from, way := range path {
		for to := range path {
			id := string(from) + ">" + string(to)
			if err := b.Add(t.Context(), Job{ID: id, Recovery: []byte(`{}`)}); err != nil {
				t.Fatal(err)
			}
			for _, s := range way {
				if err := b.Move(t.Context(), id, s, -1, ""); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.Move(t.Context(), id, to, -1, ""); (err == nil) != May(from, to) || (err != nil && !errors.Is(err, ErrMove)) {
				t.Errorf("%s: %v", id, err)
			}
		}
	}
	if jobs, err := b.Unfinished(t.Context()); err != nil || len(jobs) != 36 {
		t.Errorf("%d unfinished, %v", len(jobs), err)
	}
	if err := b.Forget(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if jobs, err := b.Unfinished(t.Context()); err != nil || len(jobs) != 0 {
		t.Errorf("%d unfinished after the visit, %v", len(jobs), err)
	}
}
