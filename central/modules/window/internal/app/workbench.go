package app

import (
	"context"
	"fmt"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/db"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// Workbench is the clerk's first page: the day in numbers, what to do next, what goes wrong (工作台).
type Workbench struct {
	Today    store.Numbers `json:"today"` // of the window, or of all that the caller may see
	Mine     store.Numbers `json:"mine"`
	Todo     []Row         `json:"todo"`
	Total    int           `json:"total"` // how many there are to do
	Parked   ParkedCounts  `json:"parked"`
	Warnings []Warning     `json:"warnings"`
}

// Warning is one thing that goes wrong, or will.
type Warning struct {
	Level  string `json:"level" enum:"blue,yellow,red,red+"`
	Text   string `json:"text"`
	CaseNo string `json:"case_no"`
	Item   string `json:"item"`
}

const (
	mostTodo     = 8
	mostWarnings = 8
	mostLooked   = 60 // nearest dates that are looked at for warnings
)

// working states: somebody still has to do something.
var unended = []window.State{window.Received, window.Noticed, window.Accepted, window.Suspended}

// Bench shows the caller's day.
func (a *App) Bench(ctx context.Context, label string) (Workbench, error) {
	who := actor.From(ctx)
	out := Workbench{Todo: []Row{}, Warnings: []Warning{}}
	within := who.Scope(window.PermRead)
	day := store.Day{Within: within, Window: label, Since: db.Ms(a.today().Time()), Date: a.today().String()}
	var cases []store.Case
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		if out.Today, err = store.Today(ctx, q, day); err != nil {
			return err
		}
		day.Window, day.Clerk = "", who.ID
		if out.Mine, err = store.Today(ctx, q, day); err != nil {
			return err
		}
		if out.Parked, err = a.countParked(ctx, q); err != nil {
			return err
		}
		cases, out.Total, _, err = store.List(ctx, q, store.Filter{States: unended, Page: 1, Size: mostLooked, Within: within})
		return err
	})
	if err != nil {
		return out, err
	}
	rows, err := a.rows(ctx, cases)
	if err != nil {
		return out, err
	}
	out.Todo = rows[:min(len(rows), mostTodo)]
	for i, r := range rows {
		if w, ok := a.warn(cases[i], r); ok && len(out.Warnings) < mostWarnings {
			out.Warnings = append(out.Warnings, w)
		}
	}
	if n := out.Parked.Old; n > 0 {
		out.Warnings = append(out.Warnings, Warning{Level: string(calendar.Blue), Text: fmt.Sprintf("暂存超过一天的登记 %d 份，收了件要开始计时", n)})
	}
	return out, nil
}

// warn says what is wrong with a case, if anything is.
func (a *App) warn(c store.Case, r Row) (Warning, bool) {
	w := Warning{Level: r.Level, Text: r.DueText, CaseNo: c.No, Item: c.ItemName}
	switch {
	case c.State == window.Accepted && c.Deferred > 0 && c.DeferredDue < a.today().String():
		w.Level, w.Text = string(calendar.Red), fmt.Sprintf("容缺材料 %s 到期没有补交", c.DeferredDue)
		return w, true
	case r.Level == string(calendar.Red), r.Level == string(calendar.RedPlus), r.Level == string(calendar.Yellow):
		return w, true
	}
	return w, false
}

// Waiting implements window.Service.
func (a *App) Waiting(ctx context.Context, most int) ([]window.Waits, int, error) {
	who := actor.From(ctx)
	if !who.Can(window.PermRead) {
		return nil, 0, nil
	}
	var cases []store.Case
	var total int
	err := a.DB.View(ctx, func(q db.Query) (err error) {
		cases, total, _, err = store.List(ctx, q, store.Filter{States: unended, Page: 1, Size: most, Within: who.Scope(window.PermRead)})
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	rows, err := a.rows(ctx, cases)
	out := make([]window.Waits, len(rows))
	for i, r := range rows {
		out[i] = window.Waits{
			No: r.No, Item: r.Item, Applicant: r.Applicant, StateText: r.StateText, Todo: r.Todo, Level: r.Level, Due: r.Due, DueText: r.DueText, At: fromMs(cases[i].ReceivedAt),
		}
	}
	return out, total, err
}
