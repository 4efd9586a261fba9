package app

import (
	"testing"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

func stop(from, to string) store.Line {
	return store.Line{Kind: store.LineSuspension, Special: "testing", From: from, To: to, ToldTo: to, Document: "特1号"}
}

func more(days int) store.Line {
	return store.Line{Kind: store.LineExtension, Days: days, Approver: "u9", Reason: "需要现场再核一次", Document: "延1号"}
}

// The ledger decides the dates: what is suspended is not consumed, what is added is, and a year nobody published is marked.
func TestLedgerVectors(t *testing.T) {
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, accepted string
		days           int
		lines          []store.Line
		due            string
		provisional    bool
	}{
		{"plain", "2026-03-02", 20, nil, "2026-03-30", false},
		{"extended by ten days", "2026-04-28", 20, []store.Line{more(10)}, "2026-06-11", false},
		{"stopped over the Spring Festival", "2026-02-11", 5, []store.Line{stop("2026-02-12", "2026-02-26")}, "2026-03-04", false},
		{"stopped over National Day", "2026-09-15", 10, []store.Line{stop("2026-09-22", "2026-10-09")}, "2026-10-15", false},
		{"stopped twice", "2025-09-24", 20, []store.Line{stop("2025-09-29", "2025-10-20"), stop("2025-10-27", "2025-11-03")}, "2025-11-20", false},
		{"stopped, then extended", "2026-09-15", 10, []store.Line{stop("2026-09-22", "2026-10-09"), more(5)}, "2026-10-22", false},
		{"stopped on the day of acceptance", "2026-03-02", 5, []store.Line{stop("2026-03-02", "2026-03-04")}, "2026-03-11", false},
		{"stopped and resumed on one day", "2026-03-02", 5, []store.Line{stop("2026-03-04", "2026-03-04")}, "2026-03-10", false},
		{"over the year's end", "2026-12-21", 10, []store.Line{stop("2026-12-23", "2026-12-31")}, "2027-01-13", true},
	} {
		item := matter.Item{Promise: matter.Limit{Days: c.days, Unit: matter.Working}, Statutory: matter.Limit{Days: c.days, Unit: matter.Working}}
		clock, err := clockWith(c.accepted, item, c.lines)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got, err := cal.Due(clock.Accepted, clock.Promise, clock.Suspensions)
		if err != nil || got.Due.String() != c.due || got.Provisional != c.provisional {
			t.Errorf("%s: %s provisional %v, %v; want %s", c.name, got.Due, got.Provisional, err, c.due)
		}
	}
}

// A procedure that ends early gives its days back; one that ends late takes no more than was told.
func TestAPauseIsNeverLengthened(t *testing.T) {
	lines := []store.Line{stop("2026-03-04", "2026-03-10")}
	if got := endPause(lines, "2026-03-06")[0].To; got != "2026-03-06" {
		t.Errorf("ended early: counts until %s", got)
	}
	if got := endPause(lines, "2026-03-20")[0].To; got != "2026-03-10" {
		t.Errorf("ended late: counts until %s", got)
	}
	if lines[0].To != "2026-03-10" {
		t.Error("the ledger that was given has changed")
	}
}
