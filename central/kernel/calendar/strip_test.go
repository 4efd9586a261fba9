package calendar_test

import (
	"strings"
	"testing"

	"tongban/central/kernel/calendar"
)

// letters writes a strip as one letter a cell, so that a table of strips can be read.
func letters(s calendar.Strip) string {
	var b strings.Builder
	for _, cell := range s.Cells {
		b.WriteByte(map[calendar.CellKind]byte{
			calendar.Used: 'u', calendar.Today: 'T', calendar.Left: '.', calendar.Suspended: 's', calendar.Beyond: 'b', calendar.Over: 'X',
		}[cell.Kind])
	}
	return b.String()
}

func TestStrip(t *testing.T) {
	c := embedded(t)
	wd := func(n int) calendar.Budget { return calendar.Budget{Days: n, Unit: calendar.Working} }
	pause := func(from, to string) []calendar.Span {
		return []calendar.Span{{From: day(t, from), To: day(t, to)}}
	}
	for _, tt := range []struct {
		name, today string
		clock       calendar.Clock
		want        string
		remaining   int
		level       calendar.Level
		text        string
	}{
		{"day of acceptance", "2026-11-23", calendar.Clock{Promise: wd(10), Statutory: wd(20)},
			"..........bbbbbbbbbb", 10, calendar.Green, "承诺 10 工作日，已用 0，余 10，12月7日前"},
		{"third day", "2026-11-26", calendar.Clock{Promise: wd(10), Statutory: wd(20)},
			"uuT.......bbbbbbbbbb", 8, calendar.Green, "承诺 10 工作日，已用 2，余 8（含今天），12月7日前"},
		{"weekend", "2026-11-28", calendar.Clock{Promise: wd(10)},
			"uuuu......", 6, calendar.Green, "承诺 10 工作日，已用 4，余 6，12月7日前"},
		{"half", "2026-12-01", calendar.Clock{Promise: wd(10)},
			"uuuuuT....", 5, calendar.Blue, "承诺 10 工作日，已用 5，余 5（含今天），12月7日前"},
		{"a fifth", "2026-12-04", calendar.Clock{Promise: wd(10)},
			"uuuuuuuuT.", 2, calendar.Yellow, "承诺 10 工作日，已用 8，余 2（含今天），12月7日前"},
		{"last day", "2026-12-07", calendar.Clock{Promise: wd(10)},
			"uuuuuuuuuT", 1, calendar.Yellow, "承诺 10 工作日，已用 9，余 1（含今天），12月7日前"},
		{"over the promise", "2026-12-09", calendar.Clock{Promise: wd(10), Statutory: wd(20)},
			"uuuuuuuuuuXXbbbbbbbb", 0, calendar.Red, "承诺 10 工作日，已用 10，超 2 日，12月7日前"},
		{"over the law", "2026-12-22", calendar.Clock{Promise: wd(10), Statutory: wd(20)},
			"uuuuuuuuuuXXXXXXXXXXX", 0, calendar.RedPlus, "承诺 10 工作日，已用 10，法定超期 1 日，12月7日前"},
		{"weekend after the end", "2026-11-28", calendar.Clock{Promise: wd(4)},
			"uuuu", 0, calendar.Red, "承诺 4 工作日，已用 4，超 1 日，11月27日前"},
		{"suspended in the past", "2026-12-02", calendar.Clock{Promise: wd(5), Suspensions: pause("2026-11-25", "2026-11-27")},
			"usssuuT.", 2, calendar.Blue, "承诺 5 工作日，已用 3，停表 3 不计，余 2（含今天），12月3日前"},
		{"standing still", "2026-11-30", calendar.Clock{Promise: wd(5), Suspensions: pause("2026-11-25", "")},
			"ussss", 4, calendar.Green, "承诺 5 工作日，已用 1，停表 4 不计，余 4，停表中"},
		{"natural days", "2026-11-25", calendar.Clock{Promise: calendar.Budget{Days: 7, Unit: calendar.Natural}},
			"uT.....", 6, calendar.Green, "承诺 7 自然日，已用 1，余 6（含今天），11月30日前"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.clock.Accepted = day(t, "2026-11-23")
			got, err := c.Strip(tt.clock, day(t, tt.today))
			if err != nil {
				t.Fatal(err)
			}
			if letters(got) != tt.want || got.Remaining != tt.remaining || got.Level != tt.level {
				t.Errorf("got %s, %d left, %s; want %s, %d, %s", letters(got), got.Remaining, got.Level, tt.want, tt.remaining, tt.level)
			}
			if text := got.Text(tt.clock); text != tt.text {
				t.Errorf("text %q, want %q", text, tt.text)
			}
		})
	}
}

func TestStripRefusesYesterday(t *testing.T) {
	clock := calendar.Clock{Accepted: day(t, "2026-11-23"), Promise: calendar.Budget{Days: 5, Unit: calendar.Working}}
	if _, err := embedded(t).Strip(clock, day(t, "2026-11-22")); err == nil {
		t.Error("a day before the acceptance was drawn")
	}
}

// A strip that was drawn before is the same as a new one, and the caller's own.
func TestAStripIsTheCallersOwn(t *testing.T) {
	c := embedded(t)
	clock := calendar.Clock{Accepted: day(t, "2026-11-23"), Promise: calendar.Budget{Days: 10, Unit: calendar.Working}}
	first, err := c.Strip(clock, day(t, "2026-11-26"))
	if err != nil {
		t.Fatal(err)
	}
	want := letters(first)
	for i := range first.Cells {
		first.Cells[i].Kind = calendar.Over
	}
	again, err := c.Strip(clock, day(t, "2026-11-26"))
	if err != nil || letters(again) != want {
		t.Errorf("again: %s (%v), want %s", letters(again), err, want)
	}
	next, err := c.Strip(clock, day(t, "2026-11-27"))
	if err != nil || letters(next) == want {
		t.Errorf("the next day: %s (%v)", letters(next), err)
	}
	paused := clock
	paused.Suspensions = []calendar.Span{{From: day(t, "2026-11-24"), To: day(t, "2026-11-25")}}
	if s, err := c.Strip(paused, day(t, "2026-11-26")); err != nil || letters(s) == want {
		t.Errorf("with a suspension: %s (%v)", letters(s), err)
	}
}
