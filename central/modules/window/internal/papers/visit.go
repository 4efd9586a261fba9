package papers

import (
	"tongban/central/kernel/paper/official"
	"tongban/central/modules/window/internal/app"
)

func visit(f app.PaperFacts) official.Visit {
	p := official.Visit{Common: common(f), Applicant: applicant(f), Ticket: f.Ticket, At: official.Moment{Day: day(f.On), Hour: f.At.Hour(), Minute: f.At.Minute()}}
	for _, m := range f.Matters {
		p.Matters = append(p.Matters, official.VisitMatter{Item: m.Item, Case: m.CaseNo, State: m.State, Until: m.Until})
	}
	return p
}
