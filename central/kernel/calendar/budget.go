package calendar

import (
	"fmt"
	"strings"
)

// Unit is the day a limit is counted in (计时单位).
type Unit string

// The two units of the item catalogue. Under 行政许可法 art. 82 every period is in working days; natural days come from other laws.
const (
	Working Unit = "working" // 工作日
	Natural Unit = "natural" // 自然日
)

// Label gives 工作日 or 自然日.
func (u Unit) Label() string {
	if u == Natural {
		return "自然日"
	}
	return "工作日"
}

// Budget is a limit (时限): so many days of one unit. Zero days means "on the day of acceptance" (即办).
type Budget struct {
	Days int
	Unit Unit
}

// String gives 10 个工作日.
func (b Budget) String() string { return fmt.Sprintf("%d 个%s", b.Days, b.Unit.Label()) }

// maxDays bounds a budget; the longest statutory period in the catalogue is far below it, and a typing error is not looped over.
const maxDays = 3660

func (b Budget) validate() error {
	if b.Unit != Working && b.Unit != Natural {
		return fmt.Errorf("check budget: unit %q, want working or natural", b.Unit)
	}
	if b.Days < 0 || b.Days > maxDays {
		return fmt.Errorf("check budget: %d days, want 0 to %d", b.Days, maxDays)
	}
	return nil
}

// Span is one entry of the suspension ledger (停表): From is the first day not consumed, To the last one. A zero To means that the
// clock still stands still. Reason names the document that allowed the pause.
type Span struct {
	From, To Date
	Reason   string
}

// ParseSpan reads 2026-09-22..2026-10-09, or 2026-09-22.. for a suspension that has no end yet.
func ParseSpan(s string) (Span, error) {
	if from, ok := strings.CutSuffix(s, ".."); ok {
		d, err := ParseDate(from)
		if err != nil {
			return Span{}, fmt.Errorf("parse suspension: %w", err)
		}
		return Span{From: d}, nil
	}
	first, last, err := parseRange(s)
	if err != nil {
		return Span{}, fmt.Errorf("parse suspension: %w", err)
	}
	return Span{From: first, To: last}, nil
}

// Open reports whether the suspension has no end yet.
func (s Span) Open() bool { return s.To.IsZero() }

func (s Span) covers(d Date) bool {
	return !d.Before(s.From) && (s.Open() || !d.After(s.To))
}

// Extension is an entry that adds to a budget (延期). All three texts are required by rule 4 of the ledger: art. 42 wants the
// approval of the head and the reasons told to the applicant.
type Extension struct {
	Days     int
	Approver string
	Reason   string
	Notice   string // number of the notice given to the applicant
}

// Extend returns the budget with the extensions added.
func (b Budget) Extend(extensions ...Extension) (Budget, error) {
	for _, e := range extensions {
		if e.Days <= 0 {
			return Budget{}, fmt.Errorf("extend budget: %d days, want at least 1", e.Days)
		}
		if e.Approver == "" || e.Reason == "" || e.Notice == "" {
			return Budget{}, fmt.Errorf("extend budget: approver, reason and notice are required")
		}
		b.Days += e.Days
	}
	return b, b.validate()
}

// ledger is a checked list of suspensions.
type ledger []Span

func newLedger(spans []Span) (ledger, error) {
	for i, s := range spans {
		if s.From.IsZero() {
			return nil, fmt.Errorf("check suspension %d: no first day", i+1)
		}
		if !s.Open() && s.To.Before(s.From) {
			return nil, fmt.Errorf("check suspension %d: ends %s before it begins %s", i+1, s.To, s.From)
		}
		if !s.Open() && s.From.DaysUntil(s.To) > maxDays {
			return nil, fmt.Errorf("check suspension %d: longer than %d days", i+1, maxDays)
		}
	}
	return ledger(spans), nil
}

// covers reports whether d lies in a suspension. Overlapping entries count once.
func (l ledger) covers(d Date) bool {
	for _, s := range l {
		if s.covers(d) {
			return true
		}
	}
	return false
}

// standsStill reports whether no day from d on can ever be consumed, because an open suspension holds it.
func (l ledger) standsStill(d Date) bool {
	for _, s := range l {
		if s.Open() && s.covers(d) {
			return true
		}
	}
	return false
}

// lastStart returns the first day of the suspension that starts last, and the zero Date without any.
func (l ledger) lastStart() Date {
	var last Date
	for _, s := range l {
		if last.IsZero() || s.From.After(last) {
			last = s.From
		}
	}
	return last
}
