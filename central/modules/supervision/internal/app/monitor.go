package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/kernel/events"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/internal/store"
	"tongban/central/modules/window"
)

// Clock is the clock of a case, to be drawn.
type Clock struct {
	Level    string `json:"level" doc:"green, blue, yellow, red, illegal, standing 停表；空为没有计时"`
	Budget   int    `json:"budget"`
	Used     int    `json:"used"`
	Left     int    `json:"left"`
	Overdue  int    `json:"overdue"`
	Standing bool   `json:"standing"`
	Text     string `json:"text"`
	Due      string `json:"due"`
	Legal    string `json:"statutory"`
}

// Watched is one line of the monitor.
type Watched struct {
	No         string `json:"no"`
	Item       string `json:"item"`
	Applicant  string `json:"applicant" doc:"脱敏"`
	Place      string `json:"place"`
	Department string `json:"department"`
	Handler    string `json:"handler"`
	State      string `json:"state"`
	StateText  string `json:"state_text"`
	Ended      bool   `json:"ended"`
	Clock      Clock  `json:"clock"`
	Moved      string `json:"moved" doc:"最近一步"`
	MovedAt    string `json:"moved_at"`
}

// DaySum is what happened on one day, and how it ended.
type DaySum struct {
	Date     string         `json:"date"`
	Received int            `json:"received"`
	Accepted int            `json:"accepted"`
	Ended    int            `json:"ended"`
	Cards    map[string]int `json:"cards" doc:"发出的牌，撤销的不算，按 reminder, yellow, red, illegal"`
	Levels   map[string]int `json:"levels" doc:"一天结束时在办的件，按时限等级"`
}

// Monitor is the page 监测.
type Monitor struct {
	Answer    string         `json:"answer"`
	Running   int            `json:"running"`
	Standing  int            `json:"standing"`
	Levels    map[string]int `json:"levels"`
	Today     DaySum         `json:"today"`
	Yesterday DaySum         `json:"yesterday"`
	Rows      []Watched      `json:"rows"`
	Total     int            `json:"total"`
	Page      int            `json:"page"`
	Size      int            `json:"size"`
	Seq       int64          `json:"seq" doc:"这一页已经包含的最后一个事件"`
}

// Ask says which part of a list is wanted.
type Ask struct {
	Tab, Level, Typed, Department string
	Page, Size                    int
}

// Watch shows the cases within the caller's scope, live.
func (a *App) Watch(ctx context.Context, ask Ask) (out Monitor, err error) {
	if out.Seq, err = a.Events.Last(ctx); err != nil {
		return out, err
	}
	scope := actor.From(ctx).Scope(supervision.PermMonitor)
	filter := store.CaseFilter{
		Scope: scope, Level: ask.Level, Typed: ask.Typed, Recent: ask.Tab == "recent", Ended: ask.Tab == "recent" || ask.Typed != "", Most: ask.Size, Skip: (ask.Page - 1) * ask.Size,
	}
	var rows []store.Case
	var sums []store.Tally
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if rows, out.Total, err = store.Cases(ctx, q, filter); err != nil {
			return err
		}
		if sums, err = store.Tallies(ctx, q, scope); err != nil {
			return err
		}
		if out.Today, err = a.day(ctx, q, scope, a.today()); err != nil {
			return err
		}
		out.Yesterday, err = a.day(ctx, q, scope, a.today().AddDays(-1))
		return err
	})
	if err != nil {
		return out, err
	}
	out.Page, out.Size, out.Levels = ask.Page, ask.Size, map[string]int{}
	for _, t := range sums {
		out.Running += t.N
		if t.Level == standing {
			out.Standing += t.N
		}
		out.Levels[t.Level] += t.N
	}
	out.Today.Levels = out.Levels
	out.Answer = answer(out)
	out.Rows, err = a.watched(ctx, rows)
	return out, err
}

func answer(m Monitor) string {
	over, near := m.Levels["red"]+m.Levels["illegal"], m.Levels["yellow"]
	switch {
	case m.Running == 0:
		return "现在没有在办的件"
	case m.Levels["illegal"] > 0:
		return fmt.Sprintf("在办 %d 件，%d 件超期，其中 %d 件已超过法定时限", m.Running, over, m.Levels["illegal"])
	case over > 0:
		return fmt.Sprintf("在办 %d 件，%d 件超期，%d 件快到期", m.Running, over, near)
	case near > 0:
		return fmt.Sprintf("在办 %d 件，没有超期的，%d 件快到期", m.Running, near)
	}
	return fmt.Sprintf("在办 %d 件，都在时限里", m.Running)
}

// day is what happened on a day within a scope.
func (a *App) day(ctx context.Context, q db.Query, scope actor.Scope, d calendar.Date) (out DaySum, err error) {
	out.Date, out.Cards = d.String(), map[string]int{}
	n, err := store.Day(ctx, q, scope, d.String(), d.Time(), d.AddDays(1).Time())
	if err != nil {
		return out, err
	}
	out.Received, out.Accepted, out.Ended = n.Received, n.Accepted, n.Ended
	cards, err := issued(ctx, q, scope, d, d)
	for level, n := range cards {
		out.Cards[string(level)] = n
	}
	if err == nil {
		out.Levels, err = store.DayLevels(ctx, q, scope, d.String())
	}
	return out, err
}

func issued(ctx context.Context, q db.Query, scope actor.Scope, first, last calendar.Date) (map[supervision.Level]int, error) {
	sums, err := store.Sums(ctx, q, scope, first.Time(), last.AddDays(1).Time())
	out := map[supervision.Level]int{}
	for _, s := range sums {
		out[s.Level] += s.N
	}
	return out, err
}

func (a *App) watched(ctx context.Context, list []store.Case) ([]Watched, error) {
	names, err := a.Departments(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Watched, len(list))
	for i, c := range list {
		out[i] = Watched{
			No: c.No, Item: c.ItemName, Place: c.Place, Department: names[c.Department], Handler: a.Name(ctx, c.Handler), State: c.State,
			StateText: window.State(c.State).Text(), Ended: c.Ended, Clock: clockOf(c), Moved: moved(c), MovedAt: stamp(c.MovedAt),
		}
		if f, err := a.Window.Facts(ctx, c.No); err == nil {
			out[i].Applicant = f.Applicant
		}
	}
	return out, nil
}

func clockOf(c store.Case) Clock {
	return Clock{Level: c.Level, Budget: c.Budget, Used: c.Used, Left: c.Left, Overdue: c.Overdue, Standing: c.Standing, Text: c.Clock, Due: c.Due, Legal: c.Statutory}
}

var actWords = map[window.Act]string{
	window.ActAccept: "受理", window.ActTolerate: "容缺受理", window.ActNotice: "一次性告知", window.ActRenotice: "再次告知", window.ActSupplement: "补正收件", window.ActSupply: "容缺补交",
	window.ActRefuse: "不予受理", window.ActGrant: "办结", window.ActDeny: "不予许可", window.ActPause: "停表", window.ActResume: "恢复计时", window.ActExtend: "延期",
	window.ActWithdraw: "撤件", window.ActLapse: "终止",
}

func moved(c store.Case) string {
	if w := actWords[window.Act(c.LastAct)]; w != "" {
		return w
	}
	return "收件"
}

// MayHear says which events the caller of the live feed is told.
func MayHear(ctx context.Context, e events.Event) bool {
	m, err := events.Read[struct{ Region, Department, Handler string }](e)
	if err != nil {
		return false
	}
	who := auth.Who(ctx)
	place := actor.Place{Region: m.Region, Department: m.Department, Handler: m.Handler}
	return who.Scope(supervision.PermCards).Covers(place) || who.Scope(supervision.PermMonitor).Covers(place)
}
