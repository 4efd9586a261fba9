package calendar

import "fmt"

// CellKind is the state of one cell of the clock strip (时限条).
type CellKind string

// Cell kinds; shapes and words stand in the console's rules for the clock.
const (
	Used      CellKind = "used"      // 已用
	Today     CellKind = "today"     // 今天，第 n 日
	Left      CellKind = "left"      // 余
	Suspended CellKind = "suspended" // 停表，不计
	Beyond    CellKind = "beyond"    // 承诺期后，到法定期止
	Over      CellKind = "over"      // 超期
)

// Cell is one day of the unit. N is its number in the budget, 0 for a suspended day.
type Cell struct {
	Date Date
	Kind CellKind
	N    int
}

// Clock is everything that decides the dates of one case (时钟). A zero Statutory budget means that only the promise is known.
type Clock struct {
	Accepted    Date
	Promise     Budget // 承诺时限
	Statutory   Budget // 法定时限
	Suspensions []Span
}

// Strip is the clock of one case as seen on one day, ready to be drawn.
type Strip struct {
	Cells         []Cell
	PromiseDue    Result
	StatutoryDue  Result // zero without a statutory budget
	Used          int    // counted days before today
	Suspended     int    // days not counted so far or known to come
	Remaining     int    // days of the promise left, today included when it is a counted day
	WithToday     bool   // Remaining includes today
	Overdue       int    // counted days after the promised date, today included
	StatutoryOver int    // the same against the statutory date
	Standing      bool   // today lies in a suspension
	Level         Level
}

// maxCells bounds what a strip may hold; an open-ended case is not drawn day by day beyond it.
const maxCells = 400

// Strip draws the clock as of today. For a finished case pass the day it was decided.
func (c *Calendar) Strip(clock Clock, today Date) (Strip, error) {
	key, plain := keyOf(clock, today)
	if !plain {
		return c.draw(clock, today)
	}
	if s, ok := c.drawn.find(key); ok {
		return s, nil
	}
	s, err := c.draw(clock, today)
	if err == nil {
		c.drawn.keep(key, s)
	}
	return s, err
}

func (c *Calendar) draw(clock Clock, today Date) (Strip, error) {
	if today.Before(clock.Accepted) {
		return Strip{}, fmt.Errorf("draw strip: today %s lies before the acceptance %s", today, clock.Accepted)
	}
	var s Strip
	var err error
	if s.PromiseDue, err = c.Due(clock.Accepted, clock.Promise, clock.Suspensions); err != nil {
		return Strip{}, err
	}
	if clock.Statutory != (Budget{}) {
		if s.StatutoryDue, err = c.Due(clock.Accepted, clock.Statutory, clock.Suspensions); err != nil {
			return Strip{}, err
		}
	}
	walk, err := c.walk(clock.Accepted, clock.Promise, clock.Suspensions)
	if err != nil {
		return Strip{}, err
	}
	s.Standing = walk.ledger.covers(today)
	s.fill(walk, clock, today)
	s.Remaining = max(clock.Promise.Days-s.Used, 0)
	// On the weekend after the last day no counted day has passed yet, but the period is over all the same.
	if passed(s.PromiseDue, today) {
		s.Overdue, s.Remaining = max(s.Overdue, 1), 0
	}
	if passed(s.StatutoryDue, today) {
		s.StatutoryOver = max(s.StatutoryOver, 1)
	}
	s.Level = LevelOf(s.Remaining, clock.Promise.Days, s.Overdue > 0, s.StatutoryOver > 0)
	return s, nil
}

// fill visits the days until the promise, the statutory period and today are all covered.
func (s *Strip) fill(walk *walker, clock Clock, today Date) {
	counted := 0
	for len(s.Cells) < maxCells {
		more := counted < clock.Promise.Days || s.beforeStatutory(walk.day) || walk.day.Before(today)
		if !more {
			return
		}
		day, ok := walk.next()
		if !ok {
			s.hold(walk, today)
			return
		}
		if counted >= clock.Promise.Days && !s.beforeOrOnStatutory(day.day) && day.day.After(today) {
			return
		}
		cell := Cell{Date: day.day, Kind: Suspended}
		if day.suspended {
			s.Suspended++
		} else {
			counted++
			cell.N = counted
			cell.Kind = s.kind(counted, clock, day.day, today)
		}
		s.Cells = append(s.Cells, cell)
	}
}

func (s *Strip) kind(n int, clock Clock, day, today Date) CellKind {
	past := n > clock.Promise.Days
	switch {
	case past && !day.After(today):
		s.Overdue++
		if !s.StatutoryDue.Due.IsZero() && day.After(s.StatutoryDue.Due) {
			s.StatutoryOver++
		}
		return Over
	case past:
		return Beyond
	case day.Before(today):
		s.Used++
		return Used
	case day == today:
		s.WithToday = true
		return Today
	}
	return Left
}

// hold draws an open suspension: its days up to today, since nobody knows how many will follow.
func (s *Strip) hold(walk *walker, today Date) {
	for d := walk.day; !d.After(today) && len(s.Cells) < maxCells; d = d.AddDays(1) {
		if work, _ := walk.calendar.IsWorkday(d); work || walk.unit == Natural {
			s.Suspended++
			s.Cells = append(s.Cells, Cell{Date: d, Kind: Suspended})
		}
	}
}

func passed(r Result, today Date) bool { return !r.Open() && today.After(r.Due) }

func (s *Strip) beforeStatutory(d Date) bool {
	return !s.StatutoryDue.Due.IsZero() && d.Before(s.StatutoryDue.Due)
}

func (s *Strip) beforeOrOnStatutory(d Date) bool {
	return !s.StatutoryDue.Due.IsZero() && !d.After(s.StatutoryDue.Due)
}

// Text is the strip for a screen reader: 承诺 10 工作日，已用 7，停表 7 不计，余 3（含今天），11月25日前.
func (s Strip) Text(clock Clock) string {
	text := fmt.Sprintf("承诺 %d %s，已用 %d", clock.Promise.Days, clock.Promise.Unit.Label(), s.Used)
	if s.Suspended > 0 {
		text += fmt.Sprintf("，停表 %d 不计", s.Suspended)
	}
	switch {
	case s.StatutoryOver > 0:
		text += fmt.Sprintf("，法定超期 %d 日", s.StatutoryOver)
	case s.Overdue > 0:
		text += fmt.Sprintf("，超 %d 日", s.Overdue)
	default:
		text += fmt.Sprintf("，余 %d", s.Remaining)
		if s.WithToday {
			text += "（含今天）"
		}
	}
	if s.PromiseDue.Open() {
		return text + "，停表中"
	}
	text += "，" + s.PromiseDue.Due.Chinese() + "前"
	if s.PromiseDue.Provisional {
		text += "（暂定）"
	}
	return text
}
