package app

import (
	"time"

	"tongban/central/kernel/clock"
	"tongban/central/modules/running"
	"tongban/central/modules/running/internal/store"
)

// States of an inspection (巡检状态).
const (
	Due    = "due"    // 待巡检
	Ready  = "ready"  // 报告已出，待签字
	Done   = "done"   // 已完成
	Missed = "missed" // 逾期
	Late   = "late"   // 逾期补做
)

// Acts on an inspection.
const (
	actReport = "report" // the program checks and writes the report
	actDo     = "do"     // a person checks now and signs
	actSign   = "sign"   // a person signs the report that is there
	actMiss   = "miss"   // the time is over
)

// life is the table of what can happen to an inspection. A missed one can be made up for; it stays marked.
var life = []struct{ from, act, to string }{
	{Due, actReport, Ready},
	{Due, actDo, Done},
	{Due, actMiss, Missed},
	{Ready, actDo, Done},
	{Ready, actSign, Done},
	{Ready, actMiss, Missed},
	{Missed, actDo, Late},
	{Missed, actSign, Late},
}

// apply moves t, or says that it cannot be.
func apply(t *store.Task, act string) error {
	if act == actSign && t.Run == "" {
		return running.ErrNotAllowed // there is nothing to sign
	}
	for _, s := range life {
		if s.from == t.State && s.act == act {
			t.State = s.to
			return nil
		}
	}
	return running.ErrNotAllowed
}

// period is the time in which one planned inspection belongs; its id is its first day.
func period(every string, at time.Time) (from, to time.Time) {
	d := at.In(clock.Shanghai)
	if every == "week" {
		back := (int(d.Weekday()) + 6) % 7
		from = time.Date(d.Year(), d.Month(), d.Day()-back, 0, 0, 0, 0, clock.Shanghai)
		return from, from.AddDate(0, 0, 7)
	}
	from = time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, clock.Shanghai)
	return from, from.AddDate(0, 1, 0)
}

// ahead lists the inspections of the running period and of the year that follows it.
func ahead(every string, now time.Time) []store.Task {
	var out []store.Task
	for at := now; at.Before(now.AddDate(1, 0, 0)); {
		from, to := period(every, at)
		out = append(out, store.Task{ID: from.Format("2006-01-02"), OpensAt: from, DueAt: to, State: Due, Planned: true})
		at = to
	}
	return out
}

// reportAt is when the program writes the report by itself: with a quarter of the period left to sign it.
func reportAt(t store.Task) time.Time {
	return t.DueAt.Add(-t.DueAt.Sub(t.OpensAt) / 4)
}
