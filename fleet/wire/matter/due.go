package matter

import (
	"slices"
	"strconv"
	"time"
)

// Units of a Limit (计时单位).
const (
	Working = "working" // 工作日
	Natural = "natural" // 自然日
)

// maxDays is longer than any limit of the law: a typing error is not looped over.
const maxDays = 3660

// Due returns the last day of limit l for an application accepted on a day (YYYY-MM-DD), as the centre's calendar computes it:
// the day of acceptance is not counted, and a limit of no days ends on that day. provisional says that a counted or skipped
// working day lies in a year that is not published, where Monday to Friday are assumed. A day that does not exist gives "".
func Due(cal Calendar, accepted string, l Limit) (day string, provisional bool) {
	d, err := time.Parse(time.DateOnly, accepted)
	if err != nil || l.Days > maxDays {
		return "", false
	}
	if l.Unit == Natural {
		return d.AddDate(0, 0, max(l.Days, 0)).Format(time.DateOnly), false
	}
	for left := l.Days; left > 0; {
		d = d.AddDate(0, 0, 1)
		work, published := cal.Workday(d)
		provisional = provisional || !published
		if work {
			left--
		}
	}
	return d.Format(time.DateOnly), provisional
}

// Workday reports whether people work on the day of d, and whether that is published or only assumed from the weekday.
func (c Calendar) Workday(d time.Time) (work, published bool) {
	work = d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	if !slices.Contains(c.Years, d.Year()) {
		return work, false
	}
	day := d.Format(time.DateOnly)
	if work {
		return !slices.Contains(c.Off, day), true
	}
	return slices.Contains(c.Work, day), true
}

// String is a limit as offices write it: 5个工作日, 20个自然日.
func (l Limit) String() string {
	if l.Unit == Natural {
		return strconv.Itoa(l.Days) + "个自然日"
	}
	return strconv.Itoa(l.Days) + "个工作日"
}

// Plain is a limit as citizens read it: 当场办好, 5个工作日, 20天.
func (l Limit) Plain(h Handling) string {
	switch {
	case l.Days == 0 && h == Immediate:
		return "当场办好"
	case l.Days == 0:
		return "当天"
	case l.Unit == Natural:
		return strconv.Itoa(l.Days) + "天"
	}
	return l.String()
}
