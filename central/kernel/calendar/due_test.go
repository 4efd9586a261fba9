package calendar_test

import (
	"math/rand/v2"
	"testing"

	"tongban/central/kernel/calendar"
)

func embedded(t *testing.T) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	if s == "" {
		return calendar.Date{}
	}
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDueWorkingDays(t *testing.T) {
	c := embedded(t)
	for _, tt := range []struct {
		accepted string
		days     int
		want     string
		why      string
	}{
		{"2024-02-07", 5, "2024-02-20", "Spring Festival, and Sunday 18 February is worked"},
		{"2024-09-27", 5, "2024-10-10", "Sunday 29 September is worked"},
		{"2025-01-24", 5, "2025-02-07", "Sunday 26 January is worked"},
		{"2025-04-25", 3, "2025-04-29", "Sunday 27 April is worked"},
		{"2025-09-26", 5, "2025-10-10", "28 September is worked, eight days off"},
		{"2025-10-08", 5, "2025-10-14", "accepted online on a holiday"},
		{"2025-12-31", 1, "2026-01-04", "year edge, Sunday is worked"},
		{"2026-02-13", 1, "2026-02-14", "Saturday is worked"},
		{"2026-02-13", 5, "2026-02-27", "long holiday"},
		{"2026-04-30", 3, "2026-05-08", "Labour Day"},
		{"2026-09-18", 3, "2026-09-22", "Sunday 20 September is worked"},
		{"2026-09-24", 5, "2026-10-09", "two holidays"},
		{"2026-09-30", 2, "2026-10-09", "National Day"},
		{"2026-03-02", 5, "2026-03-09", "plain notice"},
		{"2026-03-02", 20, "2026-03-30", "plain decision"},
		{"2026-04-28", 20, "2026-05-28", "art. 42"},
		{"2026-04-28", 30, "2026-06-11", "art. 42 with its extension"},
		{"2026-11-23", 0, "2026-11-23", "done on the spot"},
	} {
		t.Run(tt.accepted+"/"+tt.why, func(t *testing.T) {
			got, err := c.Due(day(t, tt.accepted), calendar.Budget{Days: tt.days, Unit: calendar.Working}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != tt.want || got.Provisional {
				t.Errorf("due = %s, provisional %v; want %s", got, got.Provisional, tt.want)
			}
		})
	}
}

func TestDueUnknownYear(t *testing.T) {
	c := embedded(t)
	got, err := c.Due(day(t, "2026-12-31"), calendar.Budget{Days: 1, Unit: calendar.Working}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := "provisional 2027-01-01 (calendar 2027 not published)"; got.String() != want {
		t.Errorf("due = %q, want %q", got, want)
	}
	if want := "2027 年的放假安排还没有公布，暂按周一至周五计算，公布后重算"; got.Why != want {
		t.Errorf("why = %q, want %q", got.Why, want)
	}
	if got.Due != day(t, "2027-01-01") || !got.Provisional {
		t.Errorf("due %v, provisional %v", got.Due, got.Provisional)
	}
	// Natural days need no calendar, so they are never provisional.
	got, err = c.Due(day(t, "2026-12-31"), calendar.Budget{Days: 15, Unit: calendar.Natural}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != "2027-01-15" {
		t.Errorf("natural due = %s", got)
	}
}

func TestDueSuspended(t *testing.T) {
	c := embedded(t)
	type span struct{ from, to string }
	for _, tt := range []struct {
		accepted string
		days     int
		spans    []span
		want     string
		consumed int
	}{
		{"2026-02-11", 5, nil, "2026-02-25", 0},
		{"2026-02-11", 5, []span{{"2026-02-12", "2026-02-26"}}, "2026-03-04", 0},
		{"2026-09-15", 10, []span{{"2026-09-22", "2026-10-09"}}, "2026-10-15", 5},
		{"2025-09-24", 20, []span{{"2025-09-29", "2025-10-20"}, {"2025-10-27", "2025-11-03"}}, "2025-11-20", 7},
		{"2025-09-24", 20, []span{{"2025-10-27", "2025-11-03"}, {"2025-09-29", "2025-10-20"}}, "2025-11-20", 7},
		{"2026-09-15", 10, []span{{"2026-09-22", "2026-09-30"}, {"2026-09-25", "2026-10-09"}}, "2026-10-15", 5},
		{"2026-09-18", 3, []span{{"2026-09-22", "2026-10-09"}}, "2026-10-10", 2},
	} {
		var spans []calendar.Span
		for _, s := range tt.spans {
			spans = append(spans, calendar.Span{From: day(t, s.from), To: day(t, s.to)})
		}
		got, err := c.Due(day(t, tt.accepted), calendar.Budget{Days: tt.days, Unit: calendar.Working}, spans)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != tt.want || got.Consumed != tt.consumed {
			t.Errorf("%s + %d, suspended %v: due %s consumed %d, want %s and %d",
				tt.accepted, tt.days, tt.spans, got, got.Consumed, tt.want, tt.consumed)
		}
	}
}

func TestDueOpenSuspension(t *testing.T) {
	c := embedded(t)
	got, err := c.Due(day(t, "2026-09-15"), calendar.Budget{Days: 10, Unit: calendar.Working},
		[]calendar.Span{{From: day(t, "2026-09-22")}})
	if err != nil {
		t.Fatal(err)
	}
	if !got.Open() || got.Consumed != 5 || got.Why == "" {
		t.Errorf("got %+v, want no due date, 5 consumed and a reason", got)
	}
}

func TestParseSpan(t *testing.T) {
	for s, want := range map[string]calendar.Span{
		"2026-09-22..2026-10-09": {From: day(t, "2026-09-22"), To: day(t, "2026-10-09")},
		"2026-09-22..":           {From: day(t, "2026-09-22")},
		"2026-09-22":             {From: day(t, "2026-09-22"), To: day(t, "2026-09-22")},
	} {
		if got, err := calendar.ParseSpan(s); err != nil || got != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "..", "..2026-09-22", "2026-10-09..2026-09-22", "2026-09-22...", "2026-13-01.."} {
		if got, err := calendar.ParseSpan(s); err == nil {
			t.Errorf("%q is read as %v", s, got)
		}
	}
}

func TestDueRefuses(t *testing.T) {
	c := embedded(t)
	ok := day(t, "2026-03-02")
	five := calendar.Budget{Days: 5, Unit: calendar.Working}
	for name, try := range map[string]func() (calendar.Result, error){
		"no acceptance": func() (calendar.Result, error) { return c.Due(calendar.Date{}, five, nil) },
		"unit":          func() (calendar.Result, error) { return c.Due(ok, calendar.Budget{Days: 5, Unit: "wd"}, nil) },
		"negative": func() (calendar.Result, error) {
			return c.Due(ok, calendar.Budget{Days: -1, Unit: calendar.Working}, nil)
		},
		"too long": func() (calendar.Result, error) {
			return c.Due(ok, calendar.Budget{Days: 99999, Unit: calendar.Working}, nil)
		},
		"reversed": func() (calendar.Result, error) {
			return c.Due(ok, five, []calendar.Span{{From: ok, To: ok.AddDays(-1)}})
		},
		"no first day": func() (calendar.Result, error) { return c.Due(ok, five, []calendar.Span{{To: ok}}) },
		"endless period": func() (calendar.Result, error) {
			return c.Due(ok, five, []calendar.Span{{From: ok, To: calendar.On(9999, 1, 1)}})
		},
	} {
		if r, err := try(); err == nil {
			t.Errorf("%s: got %s, want an error", name, r)
		}
	}
}

// TestDueProperties checks, over many random clocks, what must hold for any of them.
func TestDueProperties(t *testing.T) {
	c := embedded(t)
	random := rand.New(rand.NewPCG(2026, 11))
	start := day(t, "2024-01-01")
	for range 3000 {
		accepted := start.AddDays(random.IntN(900))
		days := random.IntN(60)
		var spans []calendar.Span
		for range random.IntN(4) {
			from := accepted.AddDays(random.IntN(60))
			spans = append(spans, calendar.Span{From: from, To: from.AddDays(random.IntN(30))})
		}
		due := func(n int, s []calendar.Span) calendar.Result {
			r, err := c.Due(accepted, calendar.Budget{Days: n, Unit: calendar.Working}, s)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		got, longer, free := due(days, spans), due(days+1, spans), due(days, nil)
		if !longer.Due.After(got.Due) {
			t.Fatalf("%s: %d days end %s, %d days end %s", accepted, days, got, days+1, longer)
		}
		if got.Due.Before(free.Due) {
			t.Fatalf("%s: suspended %s ends before unsuspended %s", accepted, got, free)
		}
		if days == 0 {
			continue
		}
		if ok, _ := c.IsWorkday(got.Due); !ok {
			t.Fatalf("%s + %d: due %s is not a working day", accepted, days, got.Due)
		}
		counted := 0
		for d := accepted.AddDays(1); !d.After(got.Due); d = d.AddDays(1) {
			if ok, _ := c.IsWorkday(d); ok && !inside(spans, d) {
				counted++
			}
		}
		if counted != days {
			t.Fatalf("%s + %d, %v: %d working days lie between, want %d", accepted, days, spans, counted, days)
		}
	}
}

func inside(spans []calendar.Span, d calendar.Date) bool {
	for _, s := range spans {
		if !d.Before(s.From) && !d.After(s.To) {
			return true
		}
	}
	return false
}

func TestExtend(t *testing.T) {
	twenty := calendar.Budget{Days: 20, Unit: calendar.Working}
	got, err := twenty.Extend(calendar.Extension{Days: 10, Approver: "负责人", Reason: "案情复杂", Notice: "延〔2026〕1 号"})
	if err != nil || got.Days != 30 {
		t.Errorf("got %v, %v; want 30 working days", got, err)
	}
	if _, err := twenty.Extend(calendar.Extension{Days: 10, Approver: "负责人"}); err == nil {
		t.Error("an extension without reason and notice was taken")
	}
}
