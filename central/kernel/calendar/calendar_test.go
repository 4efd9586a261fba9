package calendar_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel/calendar"
)

func TestYearTotals(t *testing.T) {
	c := embedded(t)
	for y, want := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		if got := c.Workdays(calendar.On(y, 1, 1), calendar.On(y, 12, 31)); got != want {
			t.Errorf("%d has %d working days, want %d", y, got, want)
		}
		if c.Paper(y) == "" {
			t.Errorf("%d names no paper", y)
		}
	}
	if diff := cmp.Diff([]int{2024, 2025, 2026}, c.Years()); diff != "" {
		t.Error(diff)
	}
	if c.Version() == "" || c.Published(2027) {
		t.Errorf("version %q, 2027 published %v", c.Version(), c.Published(2027))
	}
}

func TestDay(t *testing.T) {
	c := embedded(t)
	for _, want := range []calendar.Day{
		{Date: calendar.On(2026, 9, 20), Workday: true, Published: true, Name: "国庆节调休上班"},
		{Date: calendar.On(2026, 9, 25), Published: true, Name: "中秋节"},
		{Date: calendar.On(2026, 11, 28), Published: true, Name: "周末"},
		{Date: calendar.On(2026, 11, 23), Workday: true, Published: true},
		{Date: calendar.On(2027, 1, 1), Workday: true},
	} {
		if diff := cmp.Diff(want, c.Day(want.Date)); diff != "" {
			t.Error(diff)
		}
	}
	for d, want := range map[calendar.Date]string{
		calendar.On(2026, 11, 23): "11月23日 星期一，工作日",
		calendar.On(2026, 9, 20):  "9月20日 星期日，国庆节调休上班",
		calendar.On(2027, 1, 4):   "1月4日 星期一，工作日（当年放假安排未公布）",
	} {
		if got := c.Day(d).Text(); got != want {
			t.Errorf("%s reads %q, want %q", d, got, want)
		}
	}
	if got := c.Next(calendar.On(2026, 9, 30)); got != calendar.On(2026, 10, 8) {
		t.Errorf("next working day = %s", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	const head = "year: 2026\npaper: {number: n, title: t, published: p, url: u}\nholidays:\n"
	for name, file := range map[string]string{
		"other year":       head + "  - {name: 元旦, off: 2027-01-01}\n",
		"twice":            head + "  - {name: 元旦, off: 2026-01-01..2026-01-03}\n  - {name: 春节, off: 2026-01-03}\n",
		"work on a Monday": head + "  - {name: 元旦, off: 2026-01-01, work: [2026-01-05]}\n",
		"reversed":         head + "  - {name: 元旦, off: 2026-01-03..2026-01-01}\n",
		"no such day":      head + "  - {name: 元旦, off: 2026-02-30}\n",
		"unknown key":      head + "  - {name: 元旦, of: 2026-01-01}\n",
		"no paper":         "year: 2026\nholidays: []\n",
		"wrong file":       "year: 2025\npaper: {number: n, url: u}\nholidays: []\n",
	} {
		files := fstest.MapFS{
			"set.yaml":  {Data: []byte("version: v\nyears: [2026]\n")},
			"2026.yaml": {Data: []byte(file)},
		}
		if _, err := calendar.Load(files); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
	if _, err := calendar.Load(fstest.MapFS{"set.yaml": {Data: []byte("years: [2026]\n")}}); err == nil {
		t.Error("a set without version was loaded")
	}
}

func TestDateOf(t *testing.T) {
	late := time.Date(2026, 11, 22, 16, 30, 0, 0, time.UTC)
	if got := calendar.DateOf(late); got != calendar.On(2026, 11, 23) {
		t.Errorf("date in Shanghai = %s", got)
	}
	if got := calendar.On(2026, 11, 23).Time().UTC(); got != time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC) {
		t.Errorf("start of day = %s", got)
	}
}

func TestDateText(t *testing.T) {
	var got struct{ A, B calendar.Date }
	if err := json.Unmarshal([]byte(`{"A":"2026-11-23","B":""}`), &got); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(got)
	if err != nil || string(raw) != `{"A":"2026-11-23","B":""}` {
		t.Errorf("%s, %v", raw, err)
	}
	if s := got.A.Chinese() + got.A.Long(); s != "11月23日2026 年 11 月 23 日" {
		t.Error(s)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-09-18", "2026-02-30", "", "0000-00-00", "9999-12-31", "2026-9-18"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := calendar.ParseDate(s)
		if err != nil {
			return
		}
		if d.String() != strings.TrimSpace(s) {
			t.Errorf("%q came back as %q", s, d)
		}
		if d.AddDays(40).AddDays(-40) != d {
			t.Errorf("%s is lost by adding and taking away", d)
		}
	})
}
