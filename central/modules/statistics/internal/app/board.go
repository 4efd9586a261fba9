package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/statistics"
	"tongban/central/modules/statistics/internal/indicators"
	"tongban/central/modules/statistics/internal/store"
)

// Line is one indicator in the list at the left (指标一行).
type Line struct {
	ID       string   `json:"id"`
	Group    string   `json:"group"`
	Title    string   `json:"title"`
	Unit     string   `json:"unit" enum:"percent,days,minutes,count,per_case"`
	Value    *float64 `json:"value,omitempty" doc:"没有可算的件时没有"`
	Delta    *float64 `json:"delta,omitempty" doc:"比上月同长的一段时间"`
	Change   string   `json:"change" enum:"better,worse,"`
	Target   *float64 `json:"target,omitempty"`
	Met      bool     `json:"met"`
	Over, Of int64    `json:"-"`
}

// Point is one month of a series.
type Point struct {
	Month string   `json:"month"`
	Value *float64 `json:"value,omitempty"`
	Over  int64    `json:"over"`
	Of    int64    `json:"of"`
}

// Bar is one row of the table below the series: a department, an item, a window …
type Bar struct {
	Key   string   `json:"key"`
	Label string   `json:"label"`
	Value *float64 `json:"value,omitempty"`
	Delta *float64 `json:"delta,omitempty"`
	Over  int64    `json:"over"`
	Of    int64    `json:"of"`
}

// Board is one indicator with its series and its parts (指标看板).
type Board struct {
	Indicator indicators.Indicator `json:"indicator"`
	Line      Line                 `json:"line"`
	From      string               `json:"from"`
	To        string               `json:"to"`
	Series    []Point              `json:"series"`
	By        string               `json:"by"`
	Bars      []Bar                `json:"bars"`
	Over      int64                `json:"over"`
	Of        int64                `json:"of"`
	Cases     int                  `json:"cases" doc:"点开能看到的件数"`
	AsOf      string               `json:"as_of" doc:"数据到哪一刻"`
	TookMs    int64                `json:"took_ms"`
}

// Ask says what a board is of.
type Ask struct {
	Month      string // YYYY-MM, "" = this month
	By         string // department, item, window, region, channel, hall
	Region     string
	Department string
}

var errMonth = errs.E(errs.Invalid, "statistics.month", "月份写成 2026-11 这样", nil)

// span is the days of a month up to today, and the same number of days of the month before, so that a running month is compared
// with as much of the last one.
func (a *App) span(month string) (from, to, from0, to0, m string, err error) {
	today := calendar.DateOf(a.Clock.Now())
	if month == "" {
		month = today.String()[:7]
	}
	first, perr := calendar.ParseDate(month + "-01")
	if perr != nil {
		return "", "", "", "", "", errMonth
	}
	last := calendar.DateOf(first.Time().AddDate(0, 1, -1))
	before := calendar.DateOf(first.Time().AddDate(0, -1, 0))
	lastBefore := first.AddDays(-1)
	if last.After(today) && !first.After(today) {
		days := today.Day - 1
		last, lastBefore = today, before.AddDays(min(days, lastBefore.Day-1))
	}
	return first.String(), last.String(), before.String(), lastBefore.String(), month, nil
}

func (a *App) filter(ctx context.Context, q Ask, from, to string) store.Filter {
	return store.Filter{From: from, To: to, Region: q.Region, Department: q.Department, Dim: store.DimPlace, Within: actor.From(ctx).Scope(statistics.PermRead)}
}

// Lines returns all indicators of a month (指标清单).
func (a *App) Lines(ctx context.Context, q Ask) (lines []Line, from, to string, err error) {
	from, to, from0, to0, _, err := a.span(q.Month)
	if err != nil {
		return nil, "", "", err
	}
	var now, before store.Sums
	err = a.DB.View(ctx, func(v db.Query) (err error) {
		if now, err = one(ctx, v, a.filter(ctx, q, from, to)); err != nil {
			return err
		}
		before, err = one(ctx, v, a.filter(ctx, q, from0, to0))
		return err
	})
	if err != nil {
		return nil, "", "", err
	}
	lines = make([]Line, len(a.List))
	for i, in := range a.List {
		lines[i] = lineOf(in, now, before)
	}
	return lines, from, to, nil
}

func one(ctx context.Context, v db.Query, f store.Filter) (store.Sums, error) {
	groups, err := store.SumBy(ctx, v, f, "")
	if err != nil || len(groups) == 0 {
		return store.Sums{}, err
	}
	return groups[0].Sums, nil
}

func lineOf(in indicators.Indicator, now, before store.Sums) Line {
	l := Line{ID: in.ID, Group: in.Group, Title: in.Title, Unit: in.Unit, Target: in.Target, Met: true}
	v, was := in.Compute(now), in.Compute(before)
	l.Over, l.Of = v.Over, v.Of
	if v.None {
		return l
	}
	l.Value, l.Met = &v.Value, in.Met(v.Value)
	if !was.None && before != (store.Sums{}) {
		d := v.Value - was.Value
		l.Delta, l.Change = &d, in.Better(was.Value, v.Value)
	}
	return l
}

// seriesMonths is how far back a board looks.
const seriesMonths = 18

// Board returns one indicator of a month with its series and its parts.
func (a *App) Board(ctx context.Context, id string, q Ask) (Board, error) {
	begin := clock.System().Now() // a duration shown to people
	in, err := a.indicator(id)
	if err != nil {
		return Board{}, err
	}
	from, to, from0, to0, month, err := a.span(q.Month)
	if err != nil {
		return Board{}, err
	}
	first, err := calendar.ParseDate(month + "-01")
	if err != nil {
		return Board{}, errMonth
	}
	b := Board{Indicator: in, From: from, To: to, By: q.By, Series: []Point{}, Bars: []Bar{}, AsOf: a.Clock.Now().Format(time.RFC3339)}
	var now, before store.Sums
	var months, parts, partsBefore []store.Group
	err = a.DB.View(ctx, func(v db.Query) (err error) {
		if now, err = one(ctx, v, a.filter(ctx, q, from, to)); err != nil {
			return err
		}
		if before, err = one(ctx, v, a.filter(ctx, q, from0, to0)); err != nil {
			return err
		}
		start := calendar.DateOf(first.Time().AddDate(0, 1-seriesMonths, 0)).String()
		if months, err = store.SumBy(ctx, v, a.filter(ctx, q, start, to), "month"); err != nil {
			return err
		}
		if parts, err = a.parts(ctx, v, q, from, to); err != nil {
			return err
		}
		if partsBefore, err = a.parts(ctx, v, q, from0, to0); err != nil {
			return err
		}
		b.Cases, err = a.count(ctx, v, in, q, from, to)
		return err
	})
	if err != nil {
		return Board{}, err
	}
	b.Line = lineOf(in, now, before)
	b.Over, b.Of = b.Line.Over, b.Line.Of
	b.Series = series(in, months, first)
	if b.Bars, err = a.bars(ctx, in, q.By, parts, partsBefore); err != nil {
		return Board{}, err
	}
	b.TookMs = clock.System().Now().Sub(begin).Milliseconds()
	return b, nil
}

func (a *App) count(ctx context.Context, v db.Query, in indicators.Indicator, q Ask, from, to string) (int, error) {
	if in.By == "rated" || in.By == "ticket" {
		return 0, nil // no cases behind it
	}
	_, n, err := store.Cases(ctx, v, store.CaseFilter{Filter: a.filter(ctx, q, from, to), By: in.By, Only: in.Only(), Most: 1})
	return n, err
}

// dims are the groupings of the table and the dim of the sums that each reads.
var dims = map[string]string{
	"department": store.DimPlace, "region": store.DimPlace, "item": store.DimItem, "window": store.DimWindow, "channel": store.DimChannel, "hall": store.DimHall,
}

func (a *App) parts(ctx context.Context, v db.Query, q Ask, from, to string) ([]store.Group, error) {
	f := a.filter(ctx, q, from, to)
	dim, ok := dims[q.By]
	if !ok {
		return nil, fmt.Errorf("no grouping %q", q.By)
	}
	f.Dim = dim
	by := q.By
	if dim != store.DimPlace {
		by = "name"
	}
	return store.SumBy(ctx, v, f, by)
}

// series is one point for each month, also for those in which nothing happened.
func series(in indicators.Indicator, months []store.Group, last calendar.Date) []Point {
	by := map[string]store.Sums{}
	for _, g := range months {
		by[g.Key] = g.Sums
	}
	out := make([]Point, 0, seriesMonths)
	for i := seriesMonths - 1; i >= 0; i-- {
		m := calendar.DateOf(last.Time().AddDate(0, -i, 0)).String()[:7]
		v := in.Compute(by[m])
		p := Point{Month: m, Over: v.Over, Of: v.Of}
		if _, any := by[m]; any && !v.None {
			p.Value = &v.Value
		}
		out = append(out, p)
	}
	return out
}

// bars are the parts, the ones to look at first on top: the worst, else the most.
func (a *App) bars(ctx context.Context, in indicators.Indicator, by string, parts, before []store.Group) ([]Bar, error) {
	name, err := a.namer(ctx, by)
	if err != nil {
		return nil, err
	}
	was := map[string]store.Sums{}
	for _, g := range before {
		was[g.Key] = g.Sums
	}
	out := []Bar{}
	for _, g := range parts {
		v := in.Compute(g.Sums)
		if v.None || v.Over == 0 && v.Of == 0 {
			continue
		}
		bar := Bar{Key: g.Key, Label: name(g.Key), Value: &v.Value, Over: v.Over, Of: v.Of}
		if s, any := was[g.Key]; any {
			if w := in.Compute(s); !w.None {
				d := v.Value - w.Value
				bar.Delta = &d
			}
		}
		out = append(out, bar)
	}
	slices.SortStableFunc(out, func(x, y Bar) int {
		switch {
		case *x.Value == *y.Value:
			return 0
		case (*x.Value < *y.Value) == (in.Good == "high"):
			return -1
		}
		return 1
	})
	return out, nil
}

// WindowRow is one counter window on some days (窗口服务情况).
type WindowRow struct {
	Window   string   `json:"window"`
	Received int64    `json:"received"`
	Accepted int64    `json:"accepted"`
	Ended    int64    `json:"ended"`
	Tickets  int64    `json:"tickets"`
	Wait     *float64 `json:"wait,omitempty" doc:"平均等候，分钟"`
	Serve    *float64 `json:"serve,omitempty" doc:"平均办理，分钟"`
	Rated    int64    `json:"rated"`
	Disliked int64    `json:"disliked"`
}

// Windows returns what each counter window did on the days from…to, by number.
func (a *App) Windows(ctx context.Context, from, to string) ([]WindowRow, error) {
	f := a.filter(ctx, Ask{}, from, to)
	f.Dim = store.DimWindow
	out := []WindowRow{}
	err := a.DB.View(ctx, func(v db.Query) error {
		groups, err := store.SumBy(ctx, v, f, "name")
		for _, g := range groups {
			if g.Key != "" {
				out = append(out, windowRow(g))
			}
		}
		return err
	})
	return out, err
}

func windowRow(g store.Group) WindowRow {
	at := func(m string) int64 { return g.Sums[store.Index(m)] }
	w := WindowRow{
		Window: g.Key, Received: at("received"), Accepted: at("accepted"), Ended: at("ended"), Tickets: at("tickets"), Rated: at("rated"), Disliked: at("disliked"),
	}
	if n := at("tickets"); n > 0 {
		wait, serve := float64(at("wait_seconds"))/60/float64(n), float64(at("serve_seconds"))/60/float64(n)
		w.Wait, w.Serve = &wait, &serve
	}
	return w
}

// Level is how many ratings had one of the five levels.
type Level struct {
	Level int `json:"level"` // 1 worst … 5 best
	N     int `json:"n"`
}

// Levels counts a month's ratings by level (评价分级), all five of them.
func (a *App) Levels(ctx context.Context, q Ask) ([]Level, error) {
	from, to, _, _, _, err := a.span(q.Month)
	if err != nil {
		return nil, err
	}
	out := []Level{{5, 0}, {4, 0}, {3, 0}, {2, 0}, {1, 0}}
	err = a.DB.View(ctx, func(v db.Query) error {
		counts, err := store.RatingLevels(ctx, v, a.filter(ctx, q, from, to))
		for i := range out {
			out[i].N = counts[out[i].Level]
		}
		return err
	})
	return out, err
}

// Month returns the sums of a month by measure, of all that the caller may see.
func (a *App) Month(ctx context.Context, month string) (map[string]int64, error) {
	out := map[string]int64{}
	err := a.DB.View(ctx, func(v db.Query) error {
		sums, err := one(ctx, v, a.filter(ctx, Ask{}, month+"-01", month+"-31"))
		for i, m := range store.Measures {
			out[m] = sums[i]
		}
		return err
	})
	return out, err
}
