package app

import (
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// clockOf draws the clock of a case as of today, or of the day on which it ended. A case that is not accepted has no
// running clock: the strip is empty and only the date of the notice duty is known.
func (a *App) clockOf(c store.Case, item matter.Item) (ClockView, calendar.Strip, error) {
	v := ClockView{
		CalendarVersion: c.Calendar, NoticeDue: c.NoticeDue, Strip: []Cell{},
		PromiseText: limitText(item, item.Promise), StatutoryText: limitText(item, item.Statutory),
	}
	if c.AcceptedOn == "" {
		due, err := a.dates(item, a.today())
		if err != nil {
			return v, calendar.Strip{}, err
		}
		v.Text, v.Level, v.IfToday = a.noticeText(c), string(calendar.Green), due.text(item)
		return v, calendar.Strip{}, nil
	}
	accepted, err := calendar.ParseDate(c.AcceptedOn)
	if err != nil {
		return v, calendar.Strip{}, fmt.Errorf("read day of acceptance: %w", err)
	}
	asOf := a.today()
	if c.ClosedAt != 0 {
		asOf = calendar.DateOf(fromMs(c.ClosedAt))
	}
	strip, err := a.Calendar.Strip(calendar.Clock{Accepted: accepted, Promise: budget(item.Promise), Statutory: budget(item.Statutory)}, asOf)
	if err != nil {
		return v, strip, fmt.Errorf("draw clock: %w", err)
	}
	v.Running = c.State.Open()
	v.PromiseDue, v.StatutoryDue = strip.PromiseDue.Due.String(), strip.StatutoryDue.Due.String()
	v.Provisional = strip.PromiseDue.Provisional || strip.StatutoryDue.Provisional
	v.Level, v.Strip, v.Text = string(strip.Level), cells(strip), clockText(strip, c)
	return v, strip, nil
}

func (a *App) noticeText(c store.Case) string {
	if c.State == window.Noticed {
		return "已一次性告知，等申请人补材料，没有开始计时"
	}
	due, err := calendar.ParseDate(c.NoticeDue)
	if err != nil {
		return "还没有受理，没有开始计时"
	}
	if a.today().After(due) {
		return "收件已超过 " + fmt.Sprint(noticeDays) + " 个工作日没有答复：依法自收件之日起即为受理"
	}
	return due.Chinese() + "前要答复：受理、一次性告知或不予受理"
}

func clockText(s calendar.Strip, c store.Case) string {
	switch {
	case !c.State.Open():
		return fmt.Sprintf("用了 %d 个工作日", s.Used)
	case s.StatutoryOver > 0:
		return fmt.Sprintf("法定超期 %d 日", s.StatutoryOver)
	case s.Overdue > 0:
		return fmt.Sprintf("超 %d 日", s.Overdue)
	case s.WithToday:
		return fmt.Sprintf("余 %d 工作日，含今天", s.Remaining)
	default:
		return fmt.Sprintf("余 %d 工作日", s.Remaining)
	}
}

func cells(s calendar.Strip) []Cell {
	out := make([]Cell, len(s.Cells))
	for i, c := range s.Cells {
		out[i] = Cell{Date: c.Date.String(), Label: fmt.Sprintf("%02d", c.Date.Day), State: string(c.Kind)}
	}
	return out
}

func budget(l matter.Limit) calendar.Budget {
	unit := calendar.Working
	if l.Unit == "natural" {
		unit = calendar.Natural
	}
	return calendar.Budget{Days: l.Days, Unit: unit}
}

func limitText(item matter.Item, l matter.Limit) string {
	if l.Days == 0 && item.Handling == matter.Immediate {
		return "当场办结"
	}
	return budget(l).String()
}

// dueDates are both ends of a clock that starts on one day.
type dueDates struct{ promise, statutory calendar.Result }

func (a *App) dates(item matter.Item, accepted calendar.Date) (dueDates, error) {
	var d dueDates
	var err error
	if d.promise, err = a.Calendar.Due(accepted, budget(item.Promise), nil); err != nil {
		return d, fmt.Errorf("compute promised date: %w", err)
	}
	if d.statutory, err = a.Calendar.Due(accepted, budget(item.Statutory), nil); err != nil {
		return d, fmt.Errorf("compute statutory date: %w", err)
	}
	return d, nil
}

func (d dueDates) text(item matter.Item) string {
	if item.Handling == matter.Immediate && item.Promise.Days == 0 {
		return "当场办结"
	}
	return "承诺 " + d.promise.Due.Chinese() + "，法定 " + d.statutory.Due.Chinese()
}
