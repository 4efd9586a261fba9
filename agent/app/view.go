package app

import (
	"slices"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/fleet/wire/matter/form"
)

// view draws the state. Called with mu held; what it returns shares nothing that changes later.
func (a *App) view() screen.State {
	now := a.o.Clock.Now().In(clock.Shanghai)
	s := screen.State{
		Rev: a.rev, Now: now.Format(time.RFC3339), Terminal: a.o.Model, Abilities: a.abilities(), Blocked: a.blocked(), Pen: a.pen.There(), Voice: a.viewVoice(), Glass: a.onGlass(),
		Link: screen.Link{Waiting: a.waiting, Since: now.Format("15:04")},
	}
	if a.station != nil {
		s.Terminal.Code, s.Terminal.Label, s.Terminal.Place = a.station.Code, a.station.Label, a.station.Place
		on, since := a.station.Online()
		s.Link.Online, s.Link.Since = on, since.In(clock.Shanghai).Format("15:04")
	}
	if a.o.Desk != nil {
		s.Service = a.o.Desk.View()
		a.viewInstallation(s.Service)
	}
	if a.visit != nil {
		s.Visit = a.viewVisit(a.visit, now)
	}
	return s
}

func (a *App) viewVisit(v *session.Visit, now time.Time) *screen.Visit {
	out := &screen.Visit{
		ID: v.ID, IdleSeconds: int(v.Idle(a.o.Times).Seconds()), HelpCalled: v.Help, CardLeft: v.CardLeft, DocumentLeft: v.DocumentLeft, Prefs: v.Prefs, Sound: v.Sound,
		Finished: slices.Clone(v.Finished),
	}
	if out.Finished == nil {
		out.Finished = []screen.FinishedIn{}
	}
	if v.State != session.Left {
		out.Warning, _ = v.Warning(a.o.Times, now)
	}
	if v.Person != nil {
		out.Person = viewPerson(v.Person)
	}
	if r := v.Reader; r != nil {
		out.Identify = &screen.Identify{Phase: string(r.Phase), Title: r.Title, Message: r.Message, Tries: r.Tries, For: r.For, Document: r.Document, Percent: r.Percent}
	}
	if v.Matter != nil {
		out.Matter = a.viewMatter(v)
	}
	if v.Done != nil {
		d := v.Done.Done
		d.Take = slices.Clone(d.Take)
		out.Done = &d
	}
	return out
}

func viewPerson(p *session.Person) *screen.Person {
	out := &screen.Person{
		Masked: maskName(p.Name), ID: maskID(p.IDNumber), Sex: sexes[p.Sex], Birth: p.Birth, Nation: form.Nation(p.Nation),
		ValidTo: p.ValidTo, Expired: p.Expired, Confirmed: p.Confirmed, CardType: p.Type, Name: p.Name, Address: p.Address,
	}
	return out
}
