package rules

import (
	"fmt"
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/clock"
	"tongban/central/modules/window"
)

// answerDays are the office's days to answer a hand-in (行政许可法 art. 32).
const answerDays = 5

// Seen is what is known of a case when it is judged.
type Seen struct {
	window.Facts
	NoPaper    bool      // the decision of this moment made no document
	PausedAt   time.Time // since when the clock stands; zero when it runs
	AssignedAt time.Time // since when a task waits to be signed for
}

// Hit is one rung that a case has reached.
type Hit struct {
	Rule Rule
	Rung string // within the rule: a rung is raised once
	Why  string
}

// Judge returns the rungs that a case stands on today. Of the rules on one clock only the gravest counts, so that a case that was
// not looked at for days gets one card and not three.
func (s Setting) Judge(cal *calendar.Calendar, f Seen, today calendar.Date) []Hit {
	if !s.Covers(f.Item) {
		return nil
	}
	var out []Hit
	var gravest *Hit
	for _, r := range s.Rules {
		if !r.Enabled {
			continue
		}
		rung, why, ok := r.judge(cal, f, today)
		if !ok {
			continue
		}
		h := Hit{r, rung, why}
		switch {
		case !r.On.Clock():
			out = append(out, h)
		case gravest == nil || r.Level.Grade() > gravest.Rule.Level.Grade():
			gravest = &h
		}
	}
	if gravest != nil {
		out = append([]Hit{*gravest}, out...)
	}
	return out
}

// judge is one rule on one case: which rung, and why in a few words.
func (r Rule) judge(cal *calendar.Calendar, f Seen, today calendar.Date) (rung, why string, ok bool) {
	// The told days of a pause may be over before anybody resumes: the clock runs again.
	running := (f.State == window.Accepted || f.State == window.Suspended) && f.AcceptedOn != "" && !f.Clock.Standing
	switch r.On {
	case Used:
		return "1", left(f.Clock.Left), running && f.Clock.Overdue == 0 && f.Clock.Budget > 0 && r.reached(f.Clock)
	case Overdue:
		return "1", fmt.Sprintf("承诺超期 %d 日", f.Clock.Overdue), running && f.Clock.Overdue >= max(r.Days, 1)
	case Statutory:
		return "1", fmt.Sprintf("法定超期 %d 日", f.Clock.StatutoryOver), running && f.Clock.StatutoryOver >= max(r.Days, 1)
	case Answer:
		return r.answer(cal, f, today)
	case Notices:
		return fmt.Sprint(f.Notices), fmt.Sprintf("第 %d 次要求补正", f.Notices), f.Notices >= r.Days
	case Paper:
		return string(f.State), "“" + f.State.Text() + "”没有出文书", f.NoPaper
	case Unsigned:
		n := waited(cal, f.AssignedAt, today)
		return stamp(f.AssignedAt), fmt.Sprintf("%d 个工作日没有人签收", n), f.ClosedAt.IsZero() && !f.AssignedAt.IsZero() && n >= r.Days
	case Pause:
		n := waited(cal, f.PausedAt, today)
		return stamp(f.PausedAt), fmt.Sprintf("停表 %d 个工作日", n), f.State == window.Suspended && !f.PausedAt.IsZero() && n > r.Days
	}
	return "", "", false
}

func (r Rule) reached(c window.ClockFacts) bool {
	return r.Percent > 0 && (c.Budget-c.Left)*100 >= r.Percent*c.Budget || r.Days > 0 && c.Left <= r.Days
}

func left(days int) string {
	if days <= 0 {
		return "承诺时限已用完"
	}
	return fmt.Sprintf("余 %d 工作日", days)
}

// answer looks at the days in which the office must answer what was handed in.
func (r Rule) answer(cal *calendar.Calendar, f Seen, today calendar.Date) (rung, why string, ok bool) {
	if f.State != window.Received {
		return "", "", false
	}
	due, err := calendar.ParseDate(f.NoticeDue)
	if err != nil {
		d, err := cal.Due(calendar.DateOf(f.ReceivedAt.In(clock.Shanghai)), calendar.Budget{Days: answerDays, Unit: calendar.Working}, nil)
		if err != nil {
			return "", "", false
		}
		due = d.Due
	}
	if today.After(due) {
		return due.String(), "超过答复期没有答复，依法视为受理", r.Days == 0
	}
	n := cal.Workdays(today, due)
	return due.String(), fmt.Sprintf("答复期余 %d 工作日", n), r.Days > 0 && n <= r.Days
}

// waited counts the working days after the day on which something began, today included.
func waited(cal *calendar.Calendar, since time.Time, today calendar.Date) int {
	first := calendar.DateOf(since.In(clock.Shanghai)).AddDays(1)
	if since.IsZero() || today.Before(first) {
		return 0
	}
	return cal.Workdays(first, today)
}

func stamp(t time.Time) string { return fmt.Sprint(t.UnixMilli()) }
