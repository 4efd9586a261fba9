package app

import (
	"slices"

	"tongban/fleet/wire/matter"
)

// maxWays is the most ways through the questions of one item that are all tried.
const maxWays = 2000

func (l *linter) questions() {
	for i, q := range l.it.Questions {
		l.refuse(q.ID == "" || l.place(q.ID) != i, "question %d: the id is empty or taken", i+1)
		l.refuse(q.Text == "" || runes(q.Text) > maxTitle, "question %s: text has %d characters, want 1 to %d", q.ID, runes(q.Text), maxTitle)
		l.refuse(q.Why == "", "question %s: why is it asked?", q.ID)
		l.refuse(len(q.Options) < 2 || len(q.Options) > 5, "question %s: %d options, want 2 to 5", q.ID, len(q.Options))
		var values, labels []string
		goes := false
		for _, o := range q.Options {
			values, labels = append(values, o.Value), append(labels, o.Label)
			goes = goes || o.Stop == ""
			l.refuse(o.Value == "" || o.Label == "", "question %s: an option is empty", q.ID)
		}
		l.refuse(repeated(values) || repeated(labels), "question %s: an option stands twice", q.ID)
		l.refuse(!goes, "question %s: every option stops", q.ID)
		l.cond(q.When, "question "+q.ID, i)
	}
}

func (l *linter) place(id string) int {
	return slices.IndexFunc(l.it.Questions, func(q matter.Question) bool { return q.ID == id })
}

// cond checks that c has one part and speaks of options that exist, of questions before place before.
func (l *linter) cond(c *matter.Cond, where string, before int) {
	if c == nil {
		return
	}
	parts := 0
	for _, set := range []bool{len(c.All) > 0, len(c.Any) > 0, c.Not != nil, c.Q != ""} {
		if set {
			parts++
		}
	}
	l.refuse(parts != 1, "%s: a condition has %d parts, want one of all, any, not, q", where, parts)
	for i := range c.All {
		l.cond(&c.All[i], where, before)
	}
	for i := range c.Any {
		l.cond(&c.Any[i], where, before)
	}
	l.cond(c.Not, where, before)
	if c.Q == "" {
		l.refuse(len(c.Is) > 0, "%s: a condition has is without q", where)
		return
	}
	i := l.place(c.Q)
	if i < 0 {
		l.refuse(true, "%s: no question %q", where, c.Q)
		return
	}
	l.refuse(i >= before, "%s: leans on question %s, which comes later", where, c.Q)
	l.refuse(len(c.Is) == 0, "%s: condition on %s lists no answer", where, c.Q)
	for _, v := range c.Is {
		o := slices.IndexFunc(l.it.Questions[i].Options, func(o matter.Option) bool { return o.Value == v })
		l.refuse(o < 0, "%s: question %s has no option %q", where, c.Q, v)
		l.refuse(o >= 0 && l.it.Questions[i].Options[o].Stop != "", "%s: option %s of %s stops, so nobody gets here by it", where, v, c.Q)
	}
}

// ways walks every way an applicant can answer: each ends, each leaves nothing undecided, and all of them together use every
// question, material, group, signer and point. What no way uses was written in vain or its condition is wrong.
func (l *linter) ways() {
	if len(l.faults) > 0 {
		return // conditions may point nowhere; one fault at a time
	}
	it := l.it
	used := map[string]bool{}
	reached := 0
	complete := matter.Paths(it, maxWays, func(answers map[string]string, stop string) {
		for id := range answers {
			used["question "+id] = true
		}
		if stop != "" {
			return
		}
		reached++
		for _, m := range matter.Materials(it, answers) {
			used["material "+m.Code] = true
			used["exemption of material "+m.Code] = used["exemption of material "+m.Code] || m.Need == matter.Exempt
			l.refuse(m.Need == matter.Undecided, "material %s is undecided at the end of a way: %v", m.Code, answers)
		}
		for _, g := range matter.Groups(it, answers) {
			used["group "+g.ID] = true
		}
		for _, s := range matter.Signers(it, answers) {
			used["signer "+s.Role] = true
		}
		for _, p := range matter.Points(it, answers) {
			used["point "+p.ID] = true
		}
		l.refuse(len(matter.Signers(it, answers)) == 0, "nobody signs when answers are %v", answers)
	})
	l.refuse(!complete, "more than %d ways through the questions", maxWays)
	l.refuse(reached == 0, "every way stops")
	for _, q := range it.Questions {
		l.refuse(!used["question "+q.ID], "question %s is never asked: it is not reached, or changes nothing", q.ID)
	}
	for _, m := range it.Materials {
		l.refuse(!used["material "+m.Code], "material %s is never asked for", m.Code)
		l.refuse(m.Exempt != nil && !used["exemption of material "+m.Code], "material %s is never exempt", m.Code)
	}
	for _, g := range it.Form.Groups {
		l.refuse(!used["group "+g.ID], "group %s is never shown", g.ID)
	}
	for _, s := range it.Signers {
		l.refuse(!used["signer "+s.Role], "signer %s never signs", s.Role)
	}
	for _, p := range it.Points {
		l.refuse(!used["point "+p.ID], "point %s is never looked at", p.ID)
	}
}
