package app

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"tongban/central/kernel/check"
	"tongban/central/modules/onething"
	"tongban/fleet/wire/matter"
)

// maxWays is the most ways through a theme's questions that are all tried.
const maxWays = 5000

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]{1,19}$`)

// Lint returns what is wrong with the themes (主题质检). It proves that members exist and run without a ring, that every way
// through the questions ends with at least one item, that no question or member was written in vain, and that the promise
// holds on the longest way.
func Lint(themes []onething.Theme, items map[string]*matter.Item) []error {
	var faults []error
	codes, names := map[string]bool{}, map[string]bool{}
	for _, t := range themes {
		l := &linter{t: t, items: items}
		l.refuse(codes[t.Code], "code is taken")
		l.refuse(names[t.Name], "name is taken")
		codes[t.Code], names[t.Name] = true, true
		l.lint()
		faults = append(faults, l.faults...)
	}
	return faults
}

type linter struct {
	t      onething.Theme
	items  map[string]*matter.Item
	faults []error
}

func (l *linter) refuse(wrong bool, format string, args ...any) {
	if wrong {
		l.faults = append(l.faults, fmt.Errorf("theme %s: %s", l.t.Code, fmt.Sprintf(format, args...)))
	}
}

func (l *linter) lint() {
	l.face()
	l.questions()
	l.members()
	l.same()
	if len(l.faults) == 0 { // conditions may point nowhere; one fault at a time
		l.ways()
	}
}

func (l *linter) face() {
	t := l.t
	l.refuse(!codeForm.MatchString(t.Code), "code wants 2 to 20 lower-case letters and digits")
	l.refuse(t.Name == "" || utf8.RuneCountInString(t.Name) > 30, "name wants 1 to 30 characters")
	l.refuse(t.Object != "person" && t.Object != "corp", "object %q, want person or corp", t.Object)
	l.refuse(t.Stage == "" || t.Summary == "" || t.Lead == "", "stage, summary and lead are wanted")
	l.refuse(!check.Verify(check.USCC, t.LeadCode).OK(), "lead_code is no unified credit code")
	l.refuse(len(t.Law) == 0, "no paper: what does the theme stand on?")
	l.refuse(t.Limit.Unit != matter.Working && t.Limit.Unit != matter.Natural, "limit unit %q", t.Limit.Unit)
	l.refuse(t.Limit.Days < 0 || t.Limit.Days > 365, "limit of %d days", t.Limit.Days)
	l.refuse(t.Complete && len(t.Questions) < 2, "complete, but has %d questions", len(t.Questions))
}

func (l *linter) questions() {
	var ids []string
	for i, q := range l.t.Questions {
		ids = append(ids, q.ID)
		l.refuse(q.ID == "" || q.Text == "" || q.Why == "", "question %d: id, text and why are wanted", i+1)
		l.refuse(len(q.Options) < 2, "question %s: %d options", q.ID, len(q.Options))
		l.cond(q.When, "question "+q.ID, i)
	}
	slices.Sort(ids)
	l.refuse(len(slices.Compact(ids)) != len(l.t.Questions), "a question's id stands twice")
}

func (l *linter) cond(c *matter.Cond, where string, before int) {
	if c == nil {
		return
	}
	for i := range c.All {
		l.cond(&c.All[i], where, before)
	}
	for i := range c.Any {
		l.cond(&c.Any[i], where, before)
	}
	l.cond(c.Not, where, before)
	if c.Q == "" {
		return
	}
	i := slices.IndexFunc(l.t.Questions, func(q matter.Question) bool { return q.ID == c.Q })
	l.refuse(i < 0, "%s: no question %q", where, c.Q)
	l.refuse(i >= before, "%s: leans on question %s, which comes later", where, c.Q)
	l.refuse(len(c.Is) == 0, "%s: condition on %s lists no answer", where, c.Q)
	if i < 0 {
		return
	}
	for _, v := range c.Is {
		l.refuse(!hasOption(l.t.Questions[i], v), "%s: question %s has no option %q", where, c.Q, v)
	}
}

func hasOption(q matter.Question, v string) bool {
	return slices.ContainsFunc(q.Options, func(o matter.Option) bool { return o.Value == v })
}

func (l *linter) members() {
	in, leads := map[string]bool{}, 0
	for _, m := range l.t.Items {
		l.refuse(l.items[m.Item] == nil, "item %q is not in the catalogue", m.Item)
		l.refuse(in[m.Item], "item %s stands twice", m.Item)
		in[m.Item] = true
		l.refuse(m.Role != "lead" && m.Role != "cooperate", "item %s: role %q", m.Item, m.Role)
		if m.Role == "lead" {
			leads++
		}
		l.cond(m.When, "item "+m.Item, len(l.t.Questions))
		l.givens(m)
	}
	l.refuse(leads != 1, "%d leading items, want one", leads)
	l.refuse(len(l.t.Items) < 2, "one item is no bundle")
	for _, m := range l.t.Items {
		for _, e := range m.After {
			l.refuse(!in[e.Item] || e.Item == m.Item, "item %s waits for %q, which is no other member", m.Item, e.Item)
		}
	}
	if len(l.faults) > 0 {
		return
	}
	steps, longest := order(l.t.Items, l.items)
	placed := 0
	for _, s := range steps {
		placed += len(s)
	}
	l.refuse(placed != len(l.t.Items), "items wait for each other in a ring")
	l.refuse(workdays(l.t.Limit) < longest.Days, "promises %d working days, its longest way takes %d", workdays(l.t.Limit), longest.Days)
}

func (l *linter) givens(m onething.Member) {
	it := l.items[m.Item]
	if it == nil {
		return
	}
	for _, g := range m.Given {
		i := slices.IndexFunc(it.Questions, func(q matter.Question) bool { return q.ID == g.Question })
		if i < 0 {
			l.refuse(true, "item %s has no question %q", m.Item, g.Question)
			continue
		}
		l.refuse((g.From == "") == (g.Value == ""), "item %s: question %s wants from or value", m.Item, g.Question)
		l.refuse(g.Value != "" && !hasOption(it.Questions[i], g.Value), "item %s: question %s has no option %q", m.Item, g.Question, g.Value)
		if g.From == "" {
			continue
		}
		own := optionsOf(l.t, g.From)
		l.refuse(own == nil, "item %s: no question %q in the theme", m.Item, g.From)
		for _, v := range own {
			to := v
			if g.Map != nil {
				to = g.Map[v]
			}
			l.refuse(to != "" && !hasOption(it.Questions[i], to), "item %s: question %s has no option %q", m.Item, g.Question, to)
		}
	}
}

func (l *linter) same() {
	for _, s := range l.t.Same {
		l.refuse(s.Name == "" || len(s.Of) < 2, "same material %q wants two or more papers", s.Name)
		for _, r := range s.Of {
			it := l.items[r.Item]
			known := it != nil && slices.ContainsFunc(it.Materials, func(m matter.Material) bool { return m.Code == r.Material })
			l.refuse(!known, "same material %s: item %s has no material %q", s.Name, r.Item, r.Material)
			l.refuse(!slices.ContainsFunc(l.t.Items, func(m onething.Member) bool { return m.Item == r.Item }), "same material %s: %s is no member", s.Name, r.Item)
		}
	}
}

// ways walks every way through the theme's own questions.
func (l *linter) ways() {
	asked, needed := map[string]bool{}, map[string]bool{}
	ends := 0
	whole := matter.Paths(asker(l.t), maxWays, func(answers map[string]string, stop string) {
		for id := range answers {
			asked[id] = true
		}
		if stop != "" {
			return
		}
		ends++
		b := compute(l.t, l.items, answers)
		sure := 0
		for _, c := range b.Items {
			l.refuse(c.Maybe, "item %s is undecided at the end of a way: %v", c.Code, answers)
			needed[c.Code] = true
			sure++
		}
		l.refuse(sure == 0, "no item is needed when answers are %v", answers)
	})
	l.refuse(!whole, "more than %d ways through the questions", maxWays)
	l.refuse(ends == 0, "every way stops")
	for _, q := range l.t.Questions {
		l.refuse(!asked[q.ID], "question %s is never asked: it is not reached, or changes nothing", q.ID)
	}
	for _, m := range l.t.Items {
		l.refuse(!needed[m.Item], "item %s is never needed", m.Item)
	}
}
