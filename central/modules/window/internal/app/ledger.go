package app

import (
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
	"tongban/fleet/wire/matter"
)

// clockWith is everything that decides the dates of an accepted case: its day, its budgets with what was added, and the days
// that do not count.
func clockWith(acceptedOn string, item matter.Item, lines []store.Line) (calendar.Clock, error) {
	accepted, err := calendar.ParseDate(acceptedOn)
	if err != nil {
		return calendar.Clock{}, fmt.Errorf("read day of acceptance: %w", err)
	}
	c := calendar.Clock{Accepted: accepted, Promise: budget(item.Promise), Statutory: budget(item.Statutory)}
	for _, l := range lines {
		switch l.Kind {
		case store.LineExtension:
			e := calendar.Extension{Days: l.Days, Approver: l.Approver, Reason: l.Reason, Notice: l.Document}
			if c.Promise, err = c.Promise.Extend(e); err != nil {
				return c, fmt.Errorf("read extension: %w", err)
			}
			if c.Statutory, err = c.Statutory.Extend(e); err != nil {
				return c, fmt.Errorf("read extension: %w", err)
			}
		case store.LineSuspension:
			span, err := calendar.ParseSpan(l.From + ".." + l.To)
			if err != nil {
				return c, fmt.Errorf("read suspension: %w", err)
			}
			span.Reason = l.Document
			c.Suspensions = append(c.Suspensions, span)
		}
	}
	return c, nil
}

// redate computes the dates of a case anew from its ledger.
func (a *App) redate(c *store.Case, item matter.Item, lines []store.Line) error {
	clock, err := clockWith(c.AcceptedOn, item, lines)
	if err != nil {
		return err
	}
	promise, err := a.Calendar.Due(clock.Accepted, clock.Promise, clock.Suspensions)
	if err != nil {
		return fmt.Errorf("compute promised date: %w", err)
	}
	statutory, err := a.Calendar.Due(clock.Accepted, clock.Statutory, clock.Suspensions)
	if err != nil {
		return fmt.Errorf("compute statutory date: %w", err)
	}
	c.Due, c.StatutoryDue = promise.Due.String(), statutory.Due.String()
	return nil
}

// extended reports whether days were added once already; the law allows it once (art. 42).
func extended(lines []store.Line) bool {
	for _, l := range lines {
		if l.Kind == store.LineExtension {
			return true
		}
	}
	return false
}

// lastPause is the newest suspension.
func lastPause(lines []store.Line) (store.Line, bool) {
	for i := len(lines) - 1; i >= 0; i-- {
		if lines[i].Kind == store.LineSuspension {
			return lines[i], true
		}
	}
	return store.Line{}, false
}

// pausedUntil is the last told day of the suspension under way, "" when none is.
func pausedUntil(c store.Case, lines []store.Line) string {
	if l, ok := lastPause(lines); ok && c.State == window.Suspended {
		return l.ToldTo
	}
	return ""
}

// endPause is the ledger as it is when a procedure ends on a day: what was told is never lengthened.
func endPause(lines []store.Line, day string) []store.Line {
	out := append([]store.Line(nil), lines...)
	for i, l := range out {
		if l.Kind == store.LineSuspension && l.To > day && l.From <= day {
			out[i].To = day
		}
	}
	return out
}

// extendedText says a limit with what was added.
func extendedText(text string, now calendar.Budget, was matter.Limit) string {
	if more := now.Days - was.Days; more > 0 {
		return fmt.Sprintf("%s（含延期 %d）", now, more)
	}
	return text
}

// ledger explains every day: it counts, it does not, and by which paper.
func ledger(l loaded, s calendar.Strip) []LedgerRow {
	out := []LedgerRow{}
	if l.AcceptedOn == "" {
		return out
	}
	basis := "—"
	for _, d := range l.documents {
		if d.Kind == KindAcceptance || d.Kind == KindTolerance {
			basis = d.Title + " " + d.No
		}
	}
	out = append(out, LedgerRow{From: l.AcceptedOn, To: "—", State: "受理日，不计", Basis: basis})
	total := 0
	var last calendar.CellKind
	for _, c := range s.Cells {
		kind, day := c.Kind, c.Date.String()
		switch kind {
		case calendar.Used, calendar.Suspended, calendar.Over:
		default:
			continue
		}
		if kind != last {
			last = kind
			row := LedgerRow{From: day, State: map[calendar.CellKind]string{calendar.Used: "计时", calendar.Suspended: "停表", calendar.Over: "超期"}[kind], Basis: "—", Total: total}
			if kind == calendar.Suspended {
				row.Basis = pauseBasis(l.lines, day)
			}
			out = append(out, row)
		}
		row := &out[len(out)-1]
		row.To, row.Days = day, row.Days+1
		if kind != calendar.Suspended {
			total++
		}
		row.Total = total
	}
	for _, x := range l.lines {
		if x.Kind == store.LineExtension {
			out = append(out, LedgerRow{From: x.From, To: "—", State: "延期", Days: x.Days, Total: total, Basis: x.Reason + "，" + x.ApproverName + "批准；延长办理期限告知书 " + x.Document})
		}
	}
	return out
}

func pauseBasis(lines []store.Line, day string) string {
	for _, x := range lines {
		if x.Kind == store.LineSuspension && x.From <= day && day <= x.To {
			return window.Procedures[x.Special] + "，许可法 45 条；特别程序告知书 " + x.Document
		}
	}
	return "—"
}
