package app

import (
	"maps"
	"slices"
	"time"

	"tongban/agent/clock"
	"tongban/agent/screen"
	"tongban/agent/session"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// viewMatter draws the matter in hand. Everything in it follows from answers and entries by the rules that the centre uses
// too. Called with mu held.
func (a *App) viewMatter(v *session.Visit) *screen.Matter {
	m := v.Matter
	q, no, of, settled, stop := matter.Next(&m.Item, m.Answers)
	out := &screen.Matter{
		Item: m.Item, Consented: !m.Consented.IsZero(), Answers: maps.Clone(m.Answers), Ask: q, AskNo: no, AskOf: of, Settled: settled, Stop: stop,
		Groups: groups(m), Values: shown(m), GroupDone: map[string]bool{}, Steps: steps(m), Missing: a.missing(v),
		Materials: materials(m), Signers: a.signers(v),
	}
	for _, g := range out.Groups {
		out.GroupDone[g.ID] = groupDone(m, g)
	}
	due, _ := a.answerDay(m.Item)
	out.AnswerDay = due.Format(time.DateOnly)
	out.Answer = a.answer(m.Item)
	return out
}

// groups are the screens of the form that apply: to the answers, and to what was filled in before on the same form.
func groups(m *session.Matter) []matter.Group {
	out := matter.Shown(matter.Groups(&m.Item, m.Answers), m.Values)
	if out == nil {
		return []matter.Group{}
	}
	return out
}

// shown is a copy of the entries; State outlives the lock.
func shown(m *session.Matter) map[string]any {
	masked := map[string]bool{}
	for _, g := range m.Item.Form.Groups {
		for _, f := range g.Fields {
			masked[f.Name] = f.Masked && f.Widget == "readonly" && f.Source != ""
		}
	}
	out := make(map[string]any, len(m.Values))
	for k, v := range m.Values {
		if s, ok := v.(string); ok && masked[k] { // not typed here, so the page needs no more of it
			v = maskID(s)
		}
		out[k] = v
	}
	return out
}

func steps(m *session.Matter) []string {
	out := []string{"notice"}
	for _, s := range []struct {
		name string
		has  bool
	}{
		{"questions", len(m.Item.Questions) > 0}, {"form", len(m.Item.Form.Groups) > 0}, {"materials", len(m.Item.Materials) > 0}, {"sign", len(m.Item.Signers) > 0},
	} {
		if s.has {
			out = append(out, s.name)
		}
	}
	return append(out, "check")
}

// groupDone reports whether a group needs nothing more: gone through and right, or all of it read from the card.
func groupDone(m *session.Matter, g matter.Group) bool {
	var names []string
	read := true
	for _, f := range g.Fields {
		names = append(names, f.Name)
		read = read && f.Widget == "readonly" && f.Source != ""
	}
	return (m.Posted[g.ID] || read) && len(form.Check(m.Item.Form, m.Values, names)) == 0
}

func materials(m *session.Matter) []screen.MaterialState {
	out := []screen.MaterialState{}
	for _, n := range matter.Materials(&m.Item, m.Answers) {
		s := screen.MaterialState{Material: n.Material, Need: n.Need, Note: n.Note, Deferred: m.Deferred[n.Code], Pages: []screen.Page{}}
		for _, p := range m.Pages[n.Code] {
			s.Pages = append(s.Pages, p.Page)
		}
		out = append(out, s)
	}
	return out
}

func (a *App) signers(v *session.Visit) []screen.SignerState {
	m, out := v.Matter, []screen.SignerState{}
	for _, g := range matter.Signers(&m.Item, m.Answers) {
		s := screen.SignerState{Role: g.Role, Label: g.Label, Statement: g.Statement, OwnCard: g.OwnCard}
		if p := signer(v, g); p != nil {
			s.Read, s.Name = true, maskName(p.Name)
		}
		if done := m.Signed[g.Role]; done != nil {
			s.Signed, s.At, s.Image = true, done.At.In(clock.Shanghai).Format("15:04"), "/api/signatures/"+g.Role+".png?"+done.At.Format("150405.000")
		}
		out = append(out, s)
	}
	return out
}

// signer is who signs in a role, nil while their card was not read.
func signer(v *session.Visit, g matter.Signer) *session.Person {
	if g.OwnCard {
		return v.Matter.Readers[g.Role]
	}
	if v.Person != nil && v.Person.Confirmed {
		return v.Person
	}
	return nil
}

// missing says in words what still keeps the matter from being handed in. Called with mu held.
func (a *App) missing(v *session.Visit) []string {
	m, out := v.Matter, []string{}
	if v.Person == nil || !v.Person.Confirmed {
		out = append(out, "还没有刷身份证")
	}
	if m.Consented.IsZero() {
		out = append(out, "须知还没有确认")
	}
	if _, _, _, settled, stop := matter.Next(&m.Item, m.Answers); stop != "" {
		return append(out, stop)
	} else if !settled {
		return append(out, "还有情况没有回答")
	}
	for _, g := range groups(m) {
		if !groupDone(m, g) {
			out = append(out, "“"+g.Title+"”还没有填好")
		}
	}
	for _, n := range matter.Materials(&m.Item, m.Answers) {
		if n.Need != matter.Exempt && len(m.Pages[n.Code]) == 0 && !m.Deferred[n.Code] {
			out = append(out, name(n.Material)+"还没有拍")
		}
	}
	for _, g := range matter.Signers(&m.Item, m.Answers) {
		switch {
		case signer(v, g) == nil:
			out = append(out, g.Label+"还没有刷身份证")
		case m.Signed[g.Role] == nil:
			out = append(out, g.Label+"还没有签名")
		}
	}
	if len(out) == 0 && len(form.CheckItem(&m.Item, m.Answers, m.Values)) > 0 {
		out = append(out, "表里还有没填好的地方")
	}
	return out
}

// answerDay is by when the office answers a matter handed in now. A matter without days is answered on the day, on the next
// working day where today is none.
func (a *App) answerDay(it matter.Item) (due time.Time, provisional bool) {
	snap, ok := a.o.Content.Snapshot()
	today := a.o.Clock.Now().In(clock.Shanghai)
	if !ok {
		return today, true
	}
	limit := it.Promise
	if work, published := snap.Calendar.Workday(today); limit.Days == 0 && !work {
		limit, provisional = matter.Limit{Days: 1, Unit: matter.Working}, !published
	}
	text, prov := matter.Due(snap.Calendar, today.Format(time.DateOnly), limit)
	due, ok = parseDay(text)
	if !ok {
		return today, true
	}
	return due, prov || provisional
}

// answer is the promise in one sentence.
func (a *App) answer(it matter.Item) string {
	due, provisional := a.answerDay(it)
	text := "最晚" + day(due) + "给您答复"
	if provisional {
		text += "，放假安排公布后以窗口通知为准"
	}
	return text
}

// askBy is when to ask if no message came: the end of the next working day.
func (a *App) askBy() time.Time {
	today := a.o.Clock.Now().In(clock.Shanghai)
	if snap, ok := a.o.Content.Snapshot(); ok {
		text, _ := matter.Due(snap.Calendar, today.Format(time.DateOnly), matter.Limit{Days: 1, Unit: matter.Working})
		if d, ok := parseDay(text); ok {
			return d.Add(18 * time.Hour)
		}
	}
	return time.Date(today.Year(), today.Month(), today.Day()+1, 18, 0, 0, 0, clock.Shanghai)
}

// phoneTail is the end of the number that messages go to.
func phoneTail(m *session.Matter) string {
	for _, g := range groups(m) {
		i := slices.IndexFunc(g.Fields, func(f matter.Field) bool { return f.Widget == "phone" })
		if i < 0 {
			continue
		}
		if s, ok := m.Values[g.Fields[i].Name].(string); ok && len(s) >= 4 {
			return s[len(s)-4:]
		}
	}
	return ""
}
