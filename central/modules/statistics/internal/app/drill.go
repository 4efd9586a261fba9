package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/statistics/internal/store"
)

// Drilled is one case behind a number (钻到件). No personal data.
type Drilled struct {
	No         string `json:"no"`
	Item       string `json:"item"`
	Department string `json:"department"`
	Window     string `json:"window,omitempty"`
	Channel    string `json:"channel"`
	State      string `json:"state"`
	Received   string `json:"received"`
	Accepted   string `json:"accepted,omitempty"`
	Closed     string `json:"closed,omitempty"`
	Promised   int    `json:"promised"`
	Used       int    `json:"used"`
	Stopped    int    `json:"stopped"`
	Overdue    int    `json:"overdue"`
	Notices    int    `json:"notices"`
}

// Cases returns the cases behind an indicator of a month, by number, those after the given one (逐件).
func (a *App) Cases(ctx context.Context, id string, q Ask, key, after string, most int) (out []Drilled, total int, err error) {
	in, err := a.indicator(id)
	if err != nil {
		return nil, 0, err
	}
	if in.By == "rated" || in.By == "ticket" {
		return nil, 0, errs.E(errs.Invalid, "statistics.no_cases", "这个数是从评价或排队号算的，没有逐件的办件清单", nil)
	}
	from, to, _, _, _, err := a.span(q.Month)
	if err != nil {
		return nil, 0, err
	}
	f := store.CaseFilter{Filter: a.filter(ctx, q, from, to), By: in.By, Only: in.Only(), After: after, Most: most}
	a.narrow(&f.Filter, q.By, key)
	var rows []store.Row
	var names map[string]string
	if names, err = a.Names.Departments(ctx); err != nil {
		return nil, 0, err
	}
	err = a.DB.View(ctx, func(v db.Query) (err error) {
		rows, total, err = store.Cases(ctx, v, f)
		return err
	})
	out = make([]Drilled, len(rows))
	for i, r := range rows {
		department := names[r.Department]
		if department == "" {
			department = r.Department
		}
		out[i] = Drilled{
			No: r.No, Item: r.ItemName, Department: department, Window: r.Window, Channel: channelWords[r.Channel], State: r.State, Received: r.Received,
			Accepted: r.Accepted, Closed: r.Closed, Promised: r.Promised, Used: r.Used, Stopped: r.Stopped, Overdue: r.Overdue, Notices: r.Notices,
		}
	}
	return out, total, err
}

// narrow keeps a filter to one bar of a grouping; "" keeps it as it is.
func (a *App) narrow(f *store.Filter, by, key string) {
	if key == "" {
		return
	}
	switch by {
	case "department":
		f.Department = key
	case "region":
		f.Region = key
	default:
		f.Dim, f.Name = dims[by], key
	}
}

// Recounted compares the sums with the ledger, measure by measure (验数).
type Recounted struct {
	Cases  int     `json:"cases" doc:"逐件重算的件数"`
	Differ []Wrong `json:"differ" doc:"和台账对不上的度量；没有就是差 0"`
}

// Wrong is one measure whose sum is not that of the ledger.
type Wrong struct {
	Measure string `json:"measure"`
	Day     string `json:"day"`
	Sum     int64  `json:"sum"`
	Ledger  int64  `json:"ledger"`
}

// Recount counts a month again, case by case, and compares every measure of every day with the sums that the boards show.
func (a *App) Recount(ctx context.Context, q Ask) (Recounted, error) {
	out := Recounted{Differ: []Wrong{}}
	from, to, _, _, _, err := a.span(q.Month)
	if err != nil {
		return out, err
	}
	fresh := map[string]store.Sums{}
	kept := map[string]store.Sums{}
	seen := map[string]bool{}
	err = a.DB.View(ctx, func(v db.Query) error {
		for _, by := range []string{"received", "accepted", "closed"} {
			f := store.CaseFilter{Filter: a.filter(ctx, q, from, to), By: by}
			if err := store.EachCase(ctx, v, f, func(r store.Row) {
				if seen[r.No] {
					return
				}
				seen[r.No] = true
				for _, c := range Contributions(r) {
					if c.Day >= from && c.Day <= to {
						fresh[c.Day] = fresh[c.Day].Plus(c.Sums)
					}
				}
			}); err != nil {
				return err
			}
		}
		groups, err := store.SumBy(ctx, v, a.filter(ctx, q, from, to), "day")
		for _, g := range groups {
			kept[g.Key] = g.Sums
		}
		return err
	})
	if err != nil {
		return out, fmt.Errorf("recount: %w", err)
	}
	out.Cases = len(seen)
	for i, m := range store.Measures {
		if m == "rated" { // from here on the sums are not of cases
			break
		}
		for day := range both(fresh, kept) {
			if s, l := kept[day][i], fresh[day][i]; s != l {
				out.Differ = append(out.Differ, Wrong{Measure: m, Day: day, Sum: s, Ledger: l})
			}
		}
	}
	return out, nil
}

func both(x, y map[string]store.Sums) map[string]bool {
	out := map[string]bool{}
	for d := range x {
		out[d] = true
	}
	for d := range y {
		out[d] = true
	}
	return out
}
