package papers

import (
	"tongban/central/kernel/calendar"
	"tongban/central/kernel/paper/official"
	"tongban/central/modules/window/internal/app"
)

// card is the paper of a supervision card. Days that were kept are days: one that does not read stays empty and is not printed.
func card(f app.PaperFacts) official.Card {
	c := f.Card
	read := func(s string) official.Day {
		d, _ := calendar.ParseDate(s) //nolint:errcheck // see above
		return day(d)
	}
	p := official.Card{
		Common: common(f), Title: app.CardTitle(f.Kind), No: c.No, Item: f.Item, To: c.To, Handler: c.Handler, Rule: c.Rule, Words: c.Words, Why: c.Why,
		Clock: c.Clock, Promise: read(c.Due), Statutory: read(c.Statutory), Illegal: c.Level == "illegal",
	}
	if !c.ReplyBy.IsZero() {
		p.ReplyBy = official.Moment{Day: day(calendar.DateOf(c.ReplyBy)), Hour: c.ReplyBy.Hour(), Minute: c.ReplyBy.Minute()}
	}
	return p
}
