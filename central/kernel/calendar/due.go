package calendar

import (
	"fmt"
	"strconv"
	"strings"
)

// Result is a computed due date (到期日) with what one must know before relying on it.
type Result struct {
	Due         Date   // last day of the period; zero while an open suspension holds the clock
	Provisional bool   // a day that was counted or skipped lies in a year whose paper is not published
	Unpublished []int  // those years
	Why         string // one Chinese sentence for the page; empty when there is nothing to add
	Consumed    int    // days of the budget used up before the latest suspension began; 0 without one
	Suspended   int    // days of the budget's unit that fell into suspensions and were not counted
	Version     string // version of the calendar used
}

// Open reports whether the clock stands still with no end known, so that there is no due date.
func (r Result) Open() bool { return r.Due.IsZero() }

// String is the one-line form of `clock due`: the date, or the provisional date marked as such.
func (r Result) String() string {
	switch {
	case r.Open():
		return "suspended: no due date until the suspension ends"
	case r.Provisional:
		return fmt.Sprintf("provisional %s (calendar %s not published)", r.Due, joinYears(r.Unpublished, ", "))
	}
	return r.Due.String()
}

// Due computes the last day of a period that starts with the acceptance and is interrupted by the suspensions.
//
// A natural-day period ends on its last day even when that is a holiday: the rule that moves such an end to the next working day
// (民法典 art. 203) speaks of what a person must do, and applying it to the office would lengthen the office's own limit.
func (c *Calendar) Due(accepted Date, budget Budget, suspensions []Span) (Result, error) {
	walk, err := c.walk(accepted, budget, suspensions)
	if err != nil {
		return Result{}, err
	}
	r := Result{Version: c.version, Due: accepted}
	lastStart := walk.ledger.lastStart()
	for used := 0; used < budget.Days; {
		step, ok := walk.next()
		if !ok {
			r.Due = Date{}
			r.Consumed = used
			break
		}
		if !lastStart.IsZero() && step.day.Before(lastStart) && step.counted {
			r.Consumed++
		}
		if step.suspended {
			r.Suspended++
		}
		if step.counted {
			used++
			r.Due = step.day
		}
	}
	r.Unpublished = walk.unpublished
	r.Provisional = len(r.Unpublished) > 0
	r.Why = why(r)
	return r, nil
}

func why(r Result) string {
	switch {
	case r.Open():
		return "停表中，恢复后的下一个工作日接着算"
	case r.Provisional:
		return fmt.Sprintf("%s 年的放假安排还没有公布，暂按周一至周五计算，公布后重算", joinYears(r.Unpublished, "、"))
	}
	return ""
}

func joinYears(years []int, sep string) string {
	words := make([]string, len(years))
	for i, y := range years {
		words[i] = strconv.Itoa(y)
	}
	return strings.Join(words, sep)
}

// walker visits the days after acceptance one by one and says what each is for the clock.
type walker struct {
	calendar    *Calendar
	unit        Unit
	ledger      ledger
	day         Date
	unpublished []int
}

// step is one visited day that matters: it was counted, or it would have been but for a suspension.
type step struct {
	day       Date
	counted   bool
	suspended bool
}

func (c *Calendar) walk(accepted Date, budget Budget, suspensions []Span) (*walker, error) {
	if accepted.IsZero() {
		return nil, fmt.Errorf("compute due date: no day of acceptance")
	}
	if err := budget.validate(); err != nil {
		return nil, err
	}
	spans, err := newLedger(suspensions)
	if err != nil {
		return nil, err
	}
	return &walker{calendar: c, unit: budget.Unit, ledger: spans, day: accepted}, nil
}

// next moves to the next day that is a day of the unit. It reports false where an open suspension means that no further day will
// ever be counted.
func (w *walker) next() (step, bool) {
	for {
		w.day = w.day.AddDays(1)
		if w.ledger.standsStill(w.day) {
			return step{}, false
		}
		suspended := w.ledger.covers(w.day)
		if w.unit == Natural {
			return step{day: w.day, counted: !suspended, suspended: suspended}, true
		}
		work, published := w.calendar.IsWorkday(w.day)
		// Whether a suspended day is a working day changes nothing for the due date, so it cannot make it provisional.
		if !published && !suspended {
			w.note(w.day.Year)
		}
		if work {
			return step{day: w.day, counted: !suspended, suspended: suspended}, true
		}
	}
}

func (w *walker) note(year int) {
	for _, y := range w.unpublished {
		if y == year {
			return
		}
	}
	w.unpublished = append(w.unpublished, year)
}
