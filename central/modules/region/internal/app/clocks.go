package app

import (
	"encoding/json"
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/region"
	"tongban/central/modules/region/internal/store"
)

// handDays is how long we may take to give a result that is here to the applicant.
const handDays = 2

// Clock is one of the two (两边的时钟).
type Clock struct {
	Title  string `json:"title"`
	Text   string `json:"text"`
	Note   string `json:"note"`
	Level  string `json:"level" enum:",green,blue,yellow,red,red_plus"`
	Due    string `json:"due"`
	Moving bool   `json:"running"`
	Cells  []Cell `json:"cells" nullable:"false"`
}

// Cell is one working day.
type Cell struct {
	Date  string `json:"date"`
	Label string `json:"label"`
	State string `json:"state" enum:"used,today,left,suspended,beyond,over"`
}

// run draws days that began on one day, as of another.
func (a *App) run(c *Clock, from calendar.Date, days int, asOf calendar.Date, ended bool) {
	if asOf.Before(from) {
		asOf = from // the other side's clock is ahead of ours
	}
	s, err := a.Calendar.Strip(calendar.Clock{Accepted: from, Promise: calendar.Budget{Days: days, Unit: calendar.Working}}, asOf)
	if err != nil {
		c.Text = "日历还没有这一年，算不出"
		return
	}
	c.Due, c.Moving, c.Level = s.PromiseDue.Due.String(), !ended, string(s.Level)
	for _, one := range s.Cells {
		c.Cells = append(c.Cells, Cell{Date: one.Date.String(), Label: fmt.Sprintf("%02d", one.Date.Day), State: string(one.Kind)})
	}
	switch {
	case ended:
		c.Level, c.Text = "", fmt.Sprintf("用了 %d 个工作日", s.Used)
		if s.WithToday {
			c.Text = fmt.Sprintf("用了 %d 个工作日", s.Used+1)
		}
		if s.Overdue > 0 {
			c.Level, c.Text = "red", fmt.Sprintf("超 %d 日", s.Overdue)
		}
	case s.Overdue > 0:
		c.Text = fmt.Sprintf("超 %d 日", s.Overdue)
	case s.WithToday:
		c.Text = fmt.Sprintf("余 %d 工作日，含今天", s.Remaining)
	default:
		c.Text = fmt.Sprintf("余 %d 工作日", s.Remaining)
	}
}

// ours is the receiving promise: handing it on, and at the end handing over the result.
func (a *App) ours(c store.Case) Clock {
	k := Clock{Title: "收件地：送出", Cells: []Cell{}, Note: fmt.Sprintf("收件后 %d 个工作日内送办理地", c.SendDays)}
	left := c.SentAt
	if c.Paper {
		left, k.Note = c.PostedAt, k.Note+"，原件同时交寄"
		if left == 0 && c.ArrivedAt > 0 {
			left = c.ArrivedAt
		}
	}
	switch {
	case c.LandedAt > 0:
		k.Title, k.Note = "收件地：转交结果", fmt.Sprintf("结果到后 %d 个工作日内交申请人", handDays)
		if c.EndedAt > 0 {
			a.run(&k, day(c.LandedAt), handDays, day(c.EndedAt), true)
		} else {
			a.run(&k, day(c.LandedAt), handDays, a.today(), false)
		}
	case c.State == region.Correcting:
		k.Text, k.Note = "等申请人补正，不计", "补齐后当天送出"
	case left > 0:
		a.run(&k, day(c.RegisteredAt), c.SendDays, day(left), true)
	case c.State == region.Accepted || c.State == region.Decided || c.State == region.Declined || c.State == region.Returning:
		k.Text = "该送的都送了"
	case c.State == region.Withdrawn:
		k.Text = "已撤回，不计"
	default:
		a.run(&k, day(c.RegisteredAt), c.SendDays, a.today(), false)
	}
	return k
}

// theirs is the home authority's clock: first whether it accepts, and from its acceptance on the limit of the law.
func (a *App) theirs(c store.Case) Clock {
	k := Clock{Title: "办理地：答复是否受理", Cells: []Cell{}, Note: fmt.Sprintf("收到后 %d 个工作日内", c.AnswerDays)}
	from := c.SentAt
	if c.Paper {
		from, k.Note = c.ArrivedAt, fmt.Sprintf("纸件到后 %d 个工作日内", c.AnswerDays)
		if c.SentAt > from && from > 0 { // what was missing came later
			from = c.SentAt
		}
	}
	if accepted, err := calendar.ParseDate(c.AcceptedOn); err == nil && !accepted.IsZero() {
		k.Title, k.Note = "办理地：法定时钟", fmt.Sprintf("从办理地受理起 %d 个工作日", c.Promised)
		switch {
		case c.DecidedAt > 0:
			a.run(&k, accepted, c.Promised, day(c.DecidedAt), true)
		case c.State == region.Withdrawn:
			a.run(&k, accepted, c.Promised, day(c.EndedAt), true)
		default:
			a.run(&k, accepted, c.Promised, a.today(), false)
		}
		if c.Due != "" {
			k.Due = c.Due // their word counts, also where their calendar differs
		}
		return k
	}
	switch {
	case c.State == region.Correcting:
		k.Text = "要求补正，没有受理"
	case c.State == region.Withdrawn:
		k.Text = "没有受理，没有计时"
	case c.Outcome == "declined":
		k.Text = "不予受理，没有计时"
	case c.Paper && c.ArrivedAt == 0:
		k.Text = "还没开始：原件到了才算收到"
	case from == 0 || c.State == region.Registered:
		k.Text = "还没开始：还没有送到"
	default:
		a.run(&k, day(from), c.AnswerDays, a.today(), false)
	}
	return k
}

// owes says in one line who has to do what now (该谁办).
func (a *App) owes(c store.Case) (region.Party, string) {
	who := region.Owes(c.State, c.Paper)
	switch c.State {
	case region.Registered:
		return who, "本窗口：正在送 " + c.HomeName + "，自己会送，送到有回执"
	case region.Sent:
		if c.Paper && c.ParcelOrder != "" {
			return region.Carrier, "邮政：已下单，等来取原件"
		}
		if c.Paper {
			return who, "本窗口：把原件寄 " + c.HomeOffice
		}
		return who, c.HomeOffice + "：答复是否受理"
	case region.Underway:
		return who, "邮政：原件在路上，" + c.ParcelOutAt
	case region.Arrived:
		return who, c.HomeOffice + "：答复是否受理"
	case region.Correcting:
		text := "申请人：补正 " + joined(c.Gaps)
		if c.GapsDue != "" {
			text += "，" + c.GapsDue + " 前"
		}
		return who, text
	case region.Accepted:
		text := c.HomeOffice + "：作出决定"
		if c.Due != "" {
			text += "，" + c.Due + " 前"
		}
		return who, text
	case region.Decided, region.Declined:
		return who, c.HomeOffice + "：把结果送来"
	case region.Returning:
		return who, "邮政：结果在路上，" + c.ParcelBackAt
	case region.Returned:
		return who, "本窗口：把结果交申请人"
	}
	return who, "没有谁欠什么"
}

func joined(gaps string) string {
	out := ""
	for i, g := range gapList(gaps) {
		if i > 0 {
			out += "、"
		}
		out += g
	}
	return out
}

func gapList(text string) []string {
	out := []string{}
	if text != "" {
		_ = json.Unmarshal([]byte(text), &out) //nolint:errcheck // written by us; none is the worst
	}
	return out
}

// mostDays and fewestDays bound the line of days.
const (
	mostDays   = 70
	fewestDays = 12
)

// Line is both parties and the parcel on one line of days (一条日线).
type Line struct {
	Days  []LineDay `json:"days" nullable:"false"`
	Lanes []Lane    `json:"lanes" nullable:"false"`
}

// LineDay is one day of it.
type LineDay struct {
	Date    string `json:"date"`
	Label   string `json:"label"`
	Working bool   `json:"working"`
	Today   bool   `json:"today"`
}

// Lane is one party.
type Lane struct {
	Who   string `json:"who"`
	Spans []Span `json:"spans" nullable:"false"`
}

// Span is one stretch of days, both ends counted from the first day on.
type Span struct {
	From int    `json:"from"`
	To   int    `json:"to"`
	Kind string `json:"kind" enum:"work,wait,parcel,law,ahead"`
	Text string `json:"text"`
}

// drawn puts the times of a case on one line of days.
func (a *App) drawn(c store.Case) Line {
	first, last, now := day(c.RegisteredAt), a.today(), a.today()
	if c.EndedAt > 0 {
		last, now = day(c.EndedAt), day(c.EndedAt)
	}
	if due, err := calendar.ParseDate(c.Due); err == nil && due.After(last) && c.EndedAt == 0 {
		last = due
	}
	n := max(first.DaysUntil(last), fewestDays-1)
	l := Line{Days: []LineDay{}, Lanes: []Lane{}}
	for i := 0; i <= min(n, mostDays-1); i++ {
		d := first.AddDays(i)
		working, _ := a.Calendar.IsWorkday(d)
		l.Days = append(l.Days, LineDay{Date: d.String(), Label: fmt.Sprintf("%d-%02d", int(d.Month), d.Day), Working: working, Today: d == a.today()})
	}
	at := func(d calendar.Date) int { return min(max(first.DaysUntil(d), 0), len(l.Days)-1) }
	until := func(ms int64) calendar.Date {
		if ms == 0 {
			return now
		}
		return day(ms)
	}
	lane := func(who string, spans ...Span) { l.Lanes = append(l.Lanes, Lane{Who: who, Spans: spans}) }
	span := func(from, to calendar.Date, kind, text string) Span {
		return Span{From: at(from), To: at(to), Kind: kind, Text: text}
	}

	here := []Span{}
	left := c.SentAt
	if c.Paper && c.PostedAt > 0 {
		left = c.PostedAt
	}
	here = append(here, span(first, until(left), "work", "收件、送出"))
	if c.AskedAt > 0 {
		end := now
		if c.SentAt > c.AskedAt {
			end = day(c.SentAt)
		}
		here = append(here, span(day(c.AskedAt), end, "wait", "申请人补正"))
	}
	if c.LandedAt > 0 {
		here = append(here, span(day(c.LandedAt), until(c.EndedAt), "work", "转交结果"))
	}
	lane("收件地", here...)

	if c.Paper || c.ParcelBack != "" {
		post := []Span{}
		if c.PostedAt > 0 {
			post = append(post, span(day(c.PostedAt), until(c.ArrivedAt), "parcel", "原件去"))
		}
		if c.ParcelBack != "" {
			post = append(post, span(until(c.DecidedAt), until(c.LandedAt), "parcel", "结果回"))
		}
		lane("邮件", post...)
	}

	home := []Span{}
	accepted, err := calendar.ParseDate(c.AcceptedOn)
	running := err == nil && !accepted.IsZero()
	from := c.SentAt
	if c.Paper {
		from = c.ArrivedAt
	}
	if from > 0 {
		end := now
		if running {
			end = accepted
		} else if c.DecidedAt > 0 {
			end = day(c.DecidedAt)
		}
		home = append(home, span(day(from), end, "work", "看件"))
	}
	if running {
		home = append(home, span(accepted, until(c.DecidedAt), "law", "法定时钟"))
		if due, err := calendar.ParseDate(c.Due); err == nil && c.DecidedAt == 0 && due.After(now) {
			home = append(home, span(now.AddDays(1), due, "ahead", "承诺到 "+c.Due))
		}
	}
	lane("办理地", home...)
	return l
}
