package app

import (
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// clockOf draws the clock of a case as of today, or of the day on which it ended. A case that is not accepted has no
// legal clock yet; what runs is the office's duty to answer.
func (a *App) clockOf(c store.Case, item matter.Item, lines []store.Line) (ClockView, calendar.Strip, error) {
	v := ClockView{
		CalendarVersion: c.Calendar, NoticeDue: c.NoticeDue, Strip: []Cell{}, StartStrip: []Cell{},
		PromiseText: limitText(item, item.Promise), StatutoryText: limitText(item, item.Statutory),
	}
	if c.AcceptedOn == "" {
		return v, calendar.Strip{}, a.clockBefore(&v, c)
	}
	clock, err := clockWith(c.AcceptedOn, item, lines)
	if err != nil {
		return v, calendar.Strip{}, err
	}
	v.PromiseText, v.StatutoryText = extendedText(v.PromiseText, clock.Promise, item.Promise), extendedText(v.StatutoryText, clock.Statutory, item.Statutory)
	asOf := a.today()
	if c.ClosedAt != 0 {
		asOf = calendar.DateOf(fromMs(c.ClosedAt))
	}
	strip, err := a.Calendar.Strip(clock, asOf)
	if err != nil {
		return v, strip, fmt.Errorf("draw clock: %w", err)
	}
	if !c.State.Open() && strip.WithToday { // the day it ended counts as used
		strip.Used, strip.Remaining, strip.WithToday = strip.Used+1, max(strip.Remaining-1, 0), false
	}
	v.Running = c.State.Open() && !strip.Standing
	v.Standing, v.PausedUntil, v.Used, v.Suspended = strip.Standing, pausedUntil(c, lines), strip.Used, strip.Suspended
	v.PromiseDue, v.StatutoryDue = strip.PromiseDue.Due.String(), strip.StatutoryDue.Due.String()
	v.Provisional = strip.PromiseDue.Provisional || strip.StatutoryDue.Provisional
	v.Level, v.Strip, v.Text = string(strip.Level), cells(strip), clockText(strip, c)
	if !c.State.Open() && strip.Overdue == 0 { // it ended in time; how near the end was is no longer a warning
		v.Level = ""
	}
	return v, strip, nil
}

// clockBefore draws what runs before acceptance: the office's own days to answer, or nothing while the applicant has the
// turn and when it is all over.
func (a *App) clockBefore(v *ClockView, c store.Case) error {
	v.Level = string(calendar.Green)
	switch {
	case !c.State.Open():
		v.Level, v.Text = "", "没有受理，没有计时"
		return nil
	case c.State == window.Noticed:
		return a.applicantClock(v, c)
	}
	return a.answerClock(v, c)
}

// ifToday adds to the clock of a case that is not accepted what it would be if it were accepted today.
func (a *App) ifToday(v *ClockView, c store.Case, item matter.Item) error {
	if c.AcceptedOn != "" || !c.State.Open() {
		return nil
	}
	due, err := a.dates(item, a.today())
	if err != nil {
		return err
	}
	v.IfToday = due.text(item)
	if item.Promise.Days == 0 {
		return nil
	}
	v.PromiseDue, v.StatutoryDue = due.promise.Due.String(), due.statutory.Due.String()
	v.Provisional = due.promise.Provisional || due.statutory.Provisional
	start, err := a.Calendar.Strip(calendar.Clock{Accepted: a.today(), Promise: budget(item.Promise), Statutory: budget(item.Statutory)}, a.today())
	if err != nil {
		return fmt.Errorf("draw clock from today: %w", err)
	}
	v.StartStrip = cells(start)
	return nil
}

// applicantClock draws the days that the applicant still has to bring what is missing (补正期限).
func (a *App) applicantClock(v *ClockView, c store.Case) error {
	due, err := calendar.ParseDate(c.NoticeDue)
	if err != nil {
		return fmt.Errorf("read applicant's date: %w", err)
	}
	n := a.Calendar.Workdays(a.today().AddDays(1), due)
	switch {
	case a.today().After(due):
		v.Text, v.Level = "补正已过期，决定怎么办", string(calendar.Red)
		return nil
	case n == 0:
		v.Text, v.Level = "补正今天到期", string(calendar.Yellow)
		return nil
	case n == 1:
		v.Level = string(calendar.Yellow)
	}
	v.Text = fmt.Sprintf("补正余 %d 工作日", n)
	s, err := a.Calendar.Strip(calendar.Clock{Accepted: a.today(), Promise: calendar.Budget{Days: n, Unit: calendar.Working}}, a.today())
	v.Strip = cells(s)
	return err
}

// answerClock draws the days in which the office must answer a hand-in (告知时限).
func (a *App) answerClock(v *ClockView, c store.Case) error {
	received := calendar.DateOf(fromMs(c.ReceivedAt).In(clock.Shanghai))
	if c.AnswerFrom != "" { // what was missing came: the days run anew
		var err error
		if received, err = calendar.ParseDate(c.AnswerFrom); err != nil {
			return fmt.Errorf("read day of the supplement: %w", err)
		}
	}
	s, err := a.Calendar.Strip(calendar.Clock{Accepted: received, Promise: calendar.Budget{Days: noticeDays, Unit: calendar.Working}}, a.today())
	if err != nil {
		return fmt.Errorf("draw clock of the answer: %w", err)
	}
	v.Strip, v.Level, v.Text = cells(s), string(s.Level), clockText(s, c)
	if s.Overdue > 0 {
		v.Text = fmt.Sprintf("超 %d 日没有答复，依法自收到材料之日起即为受理", s.Overdue)
	}
	return nil
}

func clockText(s calendar.Strip, c store.Case) string {
	switch {
	case !c.State.Open() && len(s.Cells) == 0:
		return "当场办结"
	case !c.State.Open():
		return fmt.Sprintf("用了 %d 个工作日", s.Used)
	case s.Standing && c.State != window.Suspended: // resumed today: this day is not counted yet
		return fmt.Sprintf("余 %d 工作日，明天接着计", s.Remaining)
	case s.Standing:
		return fmt.Sprintf("停表，余 %d 工作日", s.Remaining)
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
