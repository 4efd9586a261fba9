package official_test

import (
	"testing"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
)

// clockOf is how a module turns the calendar's strip into the one on a paper: kinds of cell and dates have the same shape on both sides.
func clockOf(c calendar.Clock, s calendar.Strip) official.Clock {
	clock := official.Clock{
		First:       official.Day(s.Cells[0].Date),
		Promise:     official.Limit{Days: c.Promise.Days, Unit: c.Promise.Unit.Label(), Due: official.Day(s.PromiseDue.Due)},
		Statutory:   official.Limit{Days: c.Statutory.Days, Unit: c.Statutory.Unit.Label(), Due: official.Day(s.StatutoryDue.Due)},
		Provisional: s.StatutoryDue.Why,
	}
	for _, cell := range s.Cells {
		clock.Cells = append(clock.Cells, paper.Cell{Kind: paper.CellKind(cell.Kind), MonthStart: cell.Date.Day == 1})
	}
	return clock
}

func TestClockFromTheCalendar(t *testing.T) {
	c, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	accepted := calendar.On(2026, 11, 23)
	clock := calendar.Clock{
		Accepted: accepted, Promise: calendar.Budget{Days: 10, Unit: calendar.Working}, Statutory: calendar.Budget{Days: 20, Unit: calendar.Working},
	}
	strip, err := c.Strip(clock, accepted)
	if err != nil {
		t.Fatal(err)
	}
	computed, drawn := acceptance(), acceptance()
	computed.Clock = clockOf(clock, strip)
	e := engine(t)
	a, err := official.Render(e, computed)
	if err != nil {
		t.Fatal(err)
	}
	b, err := official.Render(e, drawn)
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest != b.Digest {
		t.Error("the computed clock gives another paper than the specification's picture")
	}
}
