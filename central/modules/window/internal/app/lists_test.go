package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/kerneltest"
	"tongban/central/modules/window/internal/app"
)

// Pages of a list hold every case once, in their order, also where many came in the same moment.
func TestPagesHoldEveryCaseOnce(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		s := open(t, k)
		var want []string
		for i := range 23 {
			want = append(want, s.received(t, []string{"glbt", "gzf", "cbzm"}[i%3], i+1))
			if i%5 == 4 {
				s.Clock.Advance(time.Minute)
			}
		}
		slices.Reverse(want)
		read := func(ask app.Ask) (got []string, in app.Inbox) {
			for ask.Page = 1; ; ask.Page++ {
				one, err := s.app.Inbox(s.clerk(t), ask)
				if err != nil {
					t.Fatal(err)
				}
				if len(one.Rows) == 0 {
					return got, one
				}
				for _, r := range one.Rows {
					got = append(got, r.No)
				}
			}
		}
		got, in := read(app.Ask{Tab: "all", Size: 5})
		if !slices.Equal(got, want) || in.Total != 23 || in.More {
			t.Errorf("all, newest first: %v of %d, want %v", got, in.Total, want)
		}
		todo, _ := read(app.Ask{Tab: "todo", Size: 4})
		if slices.Sort(todo); len(slices.Compact(todo)) != 23 {
			t.Errorf("to do: %d different ones", len(todo))
		}
		if items, in := read(app.Ask{Tab: "all", Item: "gzf", Size: 3}); len(items) != 8 || in.Total != 8 {
			t.Errorf("one item: %v of %d", items, in.Total)
		}
		// Words that are in the names of two items find the cases of both, each once.
		if words, in := read(app.Ask{Tab: "all", Query: "津贴", Size: 3}); len(words) != 8 || in.Total != 8 {
			t.Errorf("words: %v of %d", words, in.Total)
		}
		for _, q := range []string{"周", "周*明", zhou.Name} {
			if named, in := read(app.Ask{Tab: "all", Query: q, Size: 7}); len(named) != 23 || in.Total != 23 {
				t.Errorf("%s: %d of %d", q, len(named), in.Total)
			}
		}
		for _, q := range []string{"蹇", "蹇*", "没有这样的事项"} {
			if none, in := read(app.Ask{Tab: "all", Query: q, Size: 7}); len(none) != 0 || in.Total != 0 {
				t.Errorf("%s: %v", q, none)
			}
			if none, _ := read(app.Ask{Tab: "todo", Query: q, Size: 7}); len(none) != 0 {
				t.Errorf("%s, to do: %v", q, none)
			}
		}
		if in.Counts.Today != 23 || in.Counts.Todo != 23 || in.Counts.Unseen != 23 || in.Counts.Closed != 0 {
			t.Errorf("counts: %+v", in.Counts)
		}
	})
}

// Every list is found in an index: no plan of the database reads all cases, nor sorts what has no end.
func TestListsWalkAnIndex(t *testing.T) {
	s := open(t, kerneltest.New(t))
	s.received(t, "glbt", 1)
	for name, query := range map[string]string{
		"newest": `SELECT no FROM window_case WHERE region BETWEEN '1' AND '9' ORDER BY received_at DESC, no DESC LIMIT 50`,
		"item":   `SELECT no FROM window_case WHERE item = 'glbt' ORDER BY received_at DESC, no DESC LIMIT 50`,
		"named":  `SELECT no FROM window_case WHERE name_masked = '周*' ORDER BY received_at DESC, no DESC LIMIT 50`,
		"urgent": `SELECT no FROM window_case WHERE state IN ('received', 'notice', 'accepted', 'suspended') AND state IN ('received') ORDER BY CASE WHEN due <> '' THEN due ELSE notice_due END, received_at, no LIMIT 50`,
	} {
		var plan string
		err := s.DB.View(t.Context(), func(q db.Query) error {
			rows, err := q.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query)
			if err != nil {
				return err
			}
			defer rows.Close() //nolint:errcheck // read to the end
			for rows.Next() {
				var a, b, c int
				var line string
				if err := rows.Scan(&a, &b, &c, &line); err != nil {
					return err
				}
				plan += line + "\n"
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := "COVERING INDEX window_case_" + name; !strings.Contains(plan, want) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: %s", name, plan)
		}
	}
}
