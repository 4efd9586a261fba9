package official

import (
	"fmt"

	"tongban/central/kernel/paper"
)

// Limit is one of the two limits on the strip.
type Limit struct {
	Days int
	Unit string // 工作日 or 自然日
	Due  Day
}

func (l Limit) span() string { return fmt.Sprintf("%d 个%s", l.Days, l.Unit) }

// Clock is what the strip shows: one cell a day from the first counted day to the statutory end.
type Clock struct {
	Cells       []paper.Cell
	First       Day
	Promise     Limit
	Statutory   Limit  // zero where the law sets none or it is not printed
	Provisional string // sentence of the calendar when a year is not published yet; empty otherwise
}

// promiseCell is the index of the cell of the promised day: the last one before the cells that lie beyond it.
func (c Clock) promiseCell() int {
	last := len(c.Cells) - 1
	for last > 0 && c.Cells[last].Kind == paper.CellBeyond {
		last--
	}
	return last
}

// promiseMark is the mark of the promised day.
func promiseMark(s paper.Strip) *paper.Mark {
	if len(s.Marks) > 1 {
		return &s.Marks[1]
	}
	return &s.Marks[0]
}

// strip names the first day, the promised day and the statutory day. Where the last two are close, the names stay readable because
// the layout moves them apart; where they are the same day there is one name.
func (c Clock) strip() paper.Strip {
	marks := []paper.Mark{{Cell: 0, Above: c.First.Short(), Below: "第 1 日"}}
	promise := paper.Mark{Cell: c.promiseCell(), Above: c.Promise.Due.Short() + " 前", Below: "我们承诺：" + c.Promise.span()}
	switch {
	case c.Statutory.Days == 0:
		promise.Below = c.Promise.span()
	case c.Statutory.Due == c.Promise.Due:
		promise.Below = "我们承诺、法律规定：" + c.Promise.span()
	}
	if promise.Cell == 0 {
		marks = nil // one day: its date says all
	}
	marks = append(marks, promise)
	if c.Statutory.Days > 0 && c.Statutory.Due != c.Promise.Due {
		marks = append(marks, paper.Mark{Cell: -1, Above: c.Statutory.Due.Short(), Below: "法律规定：" + c.Statutory.span()})
	}
	return paper.Strip{Cells: c.Cells, Marks: marks}
}

// counting says what is not counted.
func (c Clock) counting() string {
	s := "今天不计算在内，周末和法定节假日不计算在内。"
	if c.Promise.Unit == "自然日" {
		s = "今天不计算在内。按自然日计算，周末和节假日也算。"
	}
	if c.Provisional != "" {
		s += c.Provisional + "。"
	}
	return s
}
