// Package papers turns the facts of a decision into official papers (文书制作): which template, which article of the law,
// which words. The layout is central/kernel/paper's.
package papers

import (
	"fmt"

	"tongban/central/kernel/calendar"
	"tongban/central/kernel/paper"
	"tongban/central/kernel/paper/official"
	"tongban/central/modules/window/internal/app"
)

// Drawer draws papers. It is safe for concurrent use.
type Drawer struct{ engine *paper.Engine }

// New loads the fonts.
func New() (*Drawer, error) {
	e, err := paper.New()
	if err != nil {
		return nil, fmt.Errorf("open paper engine: %w", err)
	}
	return &Drawer{engine: e}, nil
}

// Draw implements app.Papers.
func (d *Drawer) Draw(f app.PaperFacts) ([]byte, error) {
	p, err := of(f)
	if err != nil {
		return nil, err
	}
	out, err := official.Render(d.engine, p)
	if err != nil {
		return nil, fmt.Errorf("render paper: %w", err)
	}
	return out.PDF, nil
}

// templates are the wordings in use; a changed wording gets a new version and date.
var templates = map[string]official.Template{
	app.KindReceipt:    {Code: "SJPZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindAcceptance: {Code: "SLTZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindNotice:     {Code: "BZGZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindRefusal:    {Code: "BYSL", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindProof:      {Code: "ZMWS", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindClosing:    {Code: "BJTZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindDelivery:   {Code: "SDHZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindVisit:      {Code: "JDHZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindTolerance:  {Code: "RQSL", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindRenotice:   {Code: "ZCGZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindSupplement: {Code: "BZSJ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindSupply:     {Code: "BJCL", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindDenial:     {Code: "BYXK", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindPause:      {Code: "TSCX", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindResume:     {Code: "HFJS", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindExtension:  {Code: "YQGZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindWithdrawal: {Code: "CJHZ", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindLapse:      {Code: "ZZBL", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindCardNote:   {Code: "DBTX", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindCardYellow: {Code: "DBHU", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
	app.KindCardRed:    {Code: "DBHO", Version: 1, Since: official.Day{Year: 2026, Month: 11, Day: 26}},
}

func of(f app.PaperFacts) (official.Paper, error) {
	switch f.Kind {
	case app.KindReceipt:
		return receipt(f), nil
	case app.KindAcceptance:
		return acceptance(f), nil
	case app.KindNotice, app.KindRenotice:
		return notice(f), nil
	case app.KindRefusal:
		return refusal(f), nil
	case app.KindProof, app.KindClosing:
		return certificate(f), nil
	case app.KindVisit:
		return visit(f), nil
	case app.KindDelivery:
		return delivery(f), nil
	case app.KindTolerance:
		return tolerance(f), nil
	case app.KindDenial:
		return denial(f), nil
	case app.KindPause:
		return pause(f), nil
	case app.KindResume:
		return resumption(f), nil
	case app.KindExtension:
		return extension(f), nil
	case app.KindSupplement, app.KindSupply:
		return handedLater(f), nil
	case app.KindWithdrawal:
		return withdrawal(f), nil
	case app.KindLapse:
		return lapse(f), nil
	case app.KindCardNote, app.KindCardYellow, app.KindCardRed:
		return card(f), nil
	default:
		return nil, fmt.Errorf("no paper of kind %q", f.Kind)
	}
}

func common(f app.PaperFacts) official.Common {
	seal := &paper.Seal{Name: f.Office, Purpose: "政务服务专用章", Sample: true}
	if f.Draft {
		seal = nil // nobody can take a sample for the paper
	}
	return official.Common{
		Template: templates[f.Kind], Number: f.No, Case: f.CaseNo, Issued: day(f.On), Sample: f.Draft,
		Office: official.Office{Body: f.Office, Clerk: f.Clerk, Desk: f.Desk, Phone: f.Helpline, Complaint: f.Helpline, Seal: seal},
		Verify: official.Verify{URL: f.VerifyURL, Code: f.Code},
	}
}

func applicant(f app.PaperFacts) official.Applicant {
	return official.Applicant{Name: f.Applicant, Note: f.IDMasked}
}

func day(d calendar.Date) official.Day { return official.Day(d) }

// clock draws the strip of a limit; the kinds of cell have the calendar's values.
func clock(f app.PaperFacts, s calendar.Strip, promise, statutory calendar.Budget) official.Clock {
	c := official.Clock{Promise: limit(promise, s.PromiseDue), Provisional: s.PromiseDue.Why}
	if statutory.Days > 0 {
		c.Statutory = limit(statutory, s.StatutoryDue)
	}
	for i, cell := range s.Cells {
		if i == 0 {
			c.First = day(cell.Date)
		}
		kind := paper.CellKind(cell.Kind)
		if kind == paper.CellToday {
			kind = paper.CellLeft
		}
		c.Cells = append(c.Cells, paper.Cell{Kind: kind, MonthStart: cell.Date.Day == 1})
	}
	return c
}

func limit(b calendar.Budget, r calendar.Result) official.Limit {
	unit := "工作日"
	if b.Unit == calendar.Natural {
		unit = "自然日"
	}
	return official.Limit{Days: b.Days, Unit: unit, Due: day(r.Due)}
}
