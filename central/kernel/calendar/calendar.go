package calendar

import "slices"

// Calendar is an immutable set of published years. It is safe for concurrent use.
type Calendar struct {
	version string
	years   map[int]year
	drawn   drawn
}

type year struct {
	paper string
	off   map[Date]string // holiday name by day
	work  map[Date]string // the holiday for which a weekend day is worked (调休)
}

// Day is what the calendar knows about one day.
type Day struct {
	Date      Date
	Workday   bool
	Published bool   // false: the year's paper is not in the set, Monday to Friday is assumed
	Name      string // 国庆节, 国庆节调休上班, 周末, or empty on an ordinary working day
}

// Text says it for a page: 11月23日 星期一，工作日 or 10月1日 星期四，国庆节.
func (d Day) Text() string {
	kind := d.Name
	if kind == "" {
		kind = "工作日"
	}
	text := d.Date.Chinese() + " 星期" + [7]string{"日", "一", "二", "三", "四", "五", "六"}[d.Date.Weekday()] + "，" + kind
	if !d.Published {
		text += "（当年放假安排未公布）"
	}
	return text
}

// Version names the whole set; a case stores it beside every date computed from it.
func (c *Calendar) Version() string { return c.version }

// Years lists the published years, ascending.
func (c *Calendar) Years() []int {
	years := make([]int, 0, len(c.years))
	for y := range c.years {
		years = append(years, y)
	}
	slices.Sort(years)
	return years
}

// Published reports whether the State Council paper of the year is in the set.
func (c *Calendar) Published(year int) bool {
	_, ok := c.years[year]
	return ok
}

// Paper returns the number of the State Council paper of the year, and the empty string when it is not in the set.
func (c *Calendar) Paper(year int) string { return c.years[year].paper }

// IsWorkday reports whether people work on d, and whether that is published or only assumed from the day of the week.
func (c *Calendar) IsWorkday(d Date) (ok, published bool) {
	day := c.Day(d)
	return day.Workday, day.Published
}

// Day tells what kind of day d is and why.
func (c *Calendar) Day(d Date) Day {
	weekend := d.Weekday() == 0 || d.Weekday() == 6
	day := Day{Date: d, Workday: !weekend}
	if weekend {
		day.Name = "周末"
	}
	y, published := c.years[d.Year]
	if !published {
		return day
	}
	day.Published = true
	if name, ok := y.off[d]; ok {
		day.Workday, day.Name = false, name
	} else if name, ok := y.work[d]; ok {
		day.Workday, day.Name = true, name+"调休上班"
	}
	return day
}

// Next returns the first working day after d.
func (c *Calendar) Next(d Date) Date {
	for {
		d = d.AddDays(1)
		if ok, _ := c.IsWorkday(d); ok {
			return d
		}
	}
}

// Workdays counts the working days from first to last, both included; 0 when last is before first.
func (c *Calendar) Workdays(first, last Date) int {
	n := 0
	for d := first; !d.After(last); d = d.AddDays(1) {
		if ok, _ := c.IsWorkday(d); ok {
			n++
		}
	}
	return n
}
