package app

import (
	"maps"
	"net/http"
	"slices"

	"tongban/agent/screen"
	"tongban/agent/seal"
	"tongban/agent/session"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Choose takes up a matter. The one in hand, if it is another, is dropped; the same one goes on.
func (a *App) Choose(id, code string) error {
	it, ok := a.o.Content.Item(code)
	if !ok {
		return problem(http.StatusNotFound, "screen.no_item", "没有这件事，请回首页再找一次", nil)
	}
	if row := a.row(&it); row.Here == "no" {
		text := row.HereText
		if row.Why == whyCard {
			text = where(&it, row)
		}
		return problem(http.StatusConflict, "screen.not_here", text, nil)
	}
	return a.with(id, session.Choose, func(v *session.Visit) error {
		if v.Matter != nil && v.Matter.Item.Code == code && v.Matter.Item.Version == it.Version {
			return nil
		}
		if err := v.Drop(); err != nil {
			return err
		}
		m := session.NewMatter(it)
		var err error
		if m.Envelope, err = a.newID(); err != nil {
			return err
		}
		if m.CheckCode, err = seal.CheckCode(); err != nil {
			return err
		}
		if m.LookupKey, err = seal.LookupKey(); err != nil {
			return err
		}
		if v.Person != nil && v.Person.Confirmed {
			prefill(m, v.Person.Person)
		}
		v.Matter, v.Done = m, nil
		return nil
	})
}

// Leave goes back to the list; the matter is dropped with all that was filled in.
func (a *App) Leave(id string) error {
	return a.with(id, session.Leave, func(v *session.Visit) error {
		a.stopCamera()
		if v.Reader != nil && v.Reader.For != session.Applicant {
			a.stopReader()
			v.Reader = nil
		}
		v.Done = nil
		return v.Drop()
	})
}

// fillIn runs f on the matter in hand.
func (a *App) fillIn(id string, f func(v *session.Visit, m *session.Matter) error) error {
	return a.with(id, session.Fill, func(v *session.Visit) error {
		if v.Matter == nil {
			return errNoMatter
		}
		return f(v, v.Matter)
	})
}

// edit is fillIn for what a signature stands for: answers, entries, papers. A change after the signing takes every signature
// away, so that nobody hands in a sentence that was signed over other words.
func (a *App) edit(id string, f func(v *session.Visit, m *session.Matter) error) error {
	return a.fillIn(id, func(v *session.Visit, m *session.Matter) error {
		before := m.Signable()
		if err := f(v, m); err != nil || m.Signable() == before {
			return err
		}
		for role, s := range m.Signed {
			delete(m.Signed, role)
			if err := v.Folder.Delete(s.Name); err != nil {
				return err
			}
		}
		return nil
	})
}

// Consent is the press on the button whose words are the consent.
func (a *App) Consent(id string) error {
	return a.fillIn(id, func(_ *session.Visit, m *session.Matter) error {
		if m.Consented.IsZero() {
			m.Consented = a.o.Clock.Now()
		}
		return nil
	})
}

// Answer answers one question; changing an earlier one keeps the answers, entries and pages of branches that remain.
func (a *App) Answer(id string, in screen.Answer) error {
	return a.edit(id, func(v *session.Visit, m *session.Matter) error {
		i := slices.IndexFunc(m.Item.Questions, func(q matter.Question) bool { return q.ID == in.Question })
		if i < 0 || !slices.ContainsFunc(m.Item.Questions[i].Options, func(o matter.Option) bool { return o.Value == in.Option }) {
			return problem(http.StatusUnprocessableEntity, "screen.no_option", "没有这个选项，请重新选", nil)
		}
		answers := maps.Clone(m.Answers)
		answers[in.Question] = in.Option
		m.Answers = matter.Prune(&m.Item, answers)
		return prune(v, m)
	})
}

// prune drops what the answers no longer ask for: nobody hands over what is not needed.
func prune(v *session.Visit, m *session.Matter) error {
	m.Values = form.Keep(&m.Item, m.Answers, m.Values)
	if v.Person != nil && v.Person.Confirmed {
		prefill(m, v.Person.Person)
		m.Values = form.Keep(&m.Item, m.Answers, m.Values)
	}
	asked := groups(m)
	maps.DeleteFunc(m.Posted, func(id string, _ bool) bool {
		return !slices.ContainsFunc(asked, func(g matter.Group) bool { return g.ID == id })
	})
	signers := matter.Signers(&m.Item, m.Answers)
	signs := func(role string) bool {
		return slices.ContainsFunc(signers, func(s matter.Signer) bool { return s.Role == role })
	}
	for role, s := range m.Signed {
		if !signs(role) {
			delete(m.Signed, role)
			if err := v.Folder.Delete(s.Name); err != nil {
				return err
			}
		}
	}
	maps.DeleteFunc(m.Readers, func(role string, _ *session.Person) bool { return !signs(role) })
	needed := matter.Materials(&m.Item, m.Answers)
	for code := range m.Pages {
		if !wanted(needed, code) {
			for _, p := range m.Pages[code] {
				if err := v.Folder.Delete(p.ID); err != nil {
					return err
				}
			}
			delete(m.Pages, code)
		}
	}
	maps.DeleteFunc(m.Deferred, func(code string, _ bool) bool { return !wanted(needed, code) })
	return nil
}

func wanted(needed []matter.Needed, code string) bool {
	return slices.ContainsFunc(needed, func(n matter.Needed) bool { return n.Code == code && n.Need != matter.Exempt })
}

// Entries takes the values of one group; what breaks a rule comes back by field, in repeated lines with line and column.
// Groups that hang on these entries come or go with them.
func (a *App) Entries(id string, in screen.Entries) error {
	return a.edit(id, func(v *session.Visit, m *session.Matter) error {
		if v.Person == nil || !v.Person.Confirmed {
			return errNoPerson
		}
		asked := groups(m)
		i := slices.IndexFunc(asked, func(g matter.Group) bool { return g.ID == in.Group })
		if i < 0 {
			return problem(http.StatusUnprocessableEntity, "screen.no_group", "这一页现在不用填", nil)
		}
		names := make([]string, 0, len(asked[i].Fields))
		values := maps.Clone(m.Values)
		for _, f := range asked[i].Fields {
			names = append(names, f.Name)
			if v, given := in.Values[f.Name]; given {
				values[f.Name] = v
			}
		}
		for name := range in.Values {
			if !slices.Contains(names, name) {
				return problem(http.StatusUnprocessableEntity, "screen.no_field", "这一页没有这一项", nil)
			}
		}
		locks := session.Matter{Item: m.Item, Values: values}
		prefill(&locks, v.Person.Person)
		faults := form.Check(m.Item.Form, values, names)
		if len(faults) > 0 {
			p := problem(http.StatusUnprocessableEntity, "screen.invalid", faults[0].Message, nil)
			for _, f := range faults {
				p.Fields = append(p.Fields, screen.FieldError{Field: f.Field, Message: f.Message})
			}
			delete(m.Posted, in.Group)
			return p
		}
		m.Values, m.Posted[in.Group] = values, true
		return prune(v, m) // later groups may hang on these entries
	})
}

// Defer promises to bring a material later, or takes that back.
func (a *App) Defer(id string, in screen.Defer) error {
	return a.edit(id, func(_ *session.Visit, m *session.Matter) error {
		for _, n := range matter.Materials(&m.Item, m.Answers) {
			if n.Code == in.Material && n.Need == matter.Deferrable {
				delete(m.Deferred, in.Material)
				if in.On {
					m.Deferred[in.Material] = true
				}
				return nil
			}
		}
		return problem(http.StatusUnprocessableEntity, "screen.not_deferrable", "这份材料要现在交，不能回家补", nil)
	})
}
