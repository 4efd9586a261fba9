package lint

import (
	"slices"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// MaxWays is the most ways through the questions of one item that are all tried.
const MaxWays = 2000

func (l *linter) questions() {
	for i, q := range l.it.Questions {
		path, title := "situations/"+q.ID, "情形“"+q.Text+"”"
		l.say(q.ID == "" || l.place(q.ID) != i, path, "情形的编号空着，或者和别的一样", f("question %d: the id is empty or taken", i+1))
		l.say(q.Text == "" || runes(q.Text) > maxTitle, path, f("%s有%d个字，要1到%d个", title, runes(q.Text), maxTitle), f("question %s: text has %d characters, want 1 to %d", q.ID, runes(q.Text), maxTitle))
		l.say(q.Why == "", path, title+"要写为什么问", f("question %s: why is it asked?", q.ID))
		l.say(len(q.Options) < 2 || len(q.Options) > 5, path, f("%s有%d个选项，要2到5个", title, len(q.Options)), f("question %s: %d options, want 2 to 5", q.ID, len(q.Options)))
		var values, labels []string
		goes := false
		for _, o := range q.Options {
			values, labels = append(values, o.Value), append(labels, o.Label)
			goes = goes || o.Stop == ""
			l.say(o.Value == "" || o.Label == "", path, title+"有一个选项是空的", f("question %s: an option is empty", q.ID))
		}
		l.say(repeated(values) || repeated(labels), path, title+"有两个选项一样", f("question %s: an option stands twice", q.ID))
		l.say(!goes, path, title+"每个选项都到此为止，这件事谁也办不了", f("question %s: every option stops", q.ID))
		l.cond(q.When, path, title, f("question %s", q.ID), i)
	}
}

func (l *linter) place(id string) int {
	return slices.IndexFunc(l.it.Questions, func(q matter.Question) bool { return q.ID == id })
}

// cond checks that c has one part and speaks of options that exist, of questions before place before.
func (l *linter) cond(c *matter.Cond, path, title, where string, before int) {
	if c == nil {
		return
	}
	parts := 0
	for _, set := range []bool{len(c.All) > 0, len(c.Any) > 0, c.Not != nil, c.Q != ""} {
		if set {
			parts++
		}
	}
	l.say(parts != 1, path, title+"的条件写得不清楚，请重新选", f("%s: a condition has %d parts, want one of all, any, not, q", where, parts))
	for i := range c.All {
		l.cond(&c.All[i], path, title, where, before)
	}
	for i := range c.Any {
		l.cond(&c.Any[i], path, title, where, before)
	}
	l.cond(c.Not, path, title, where, before)
	if c.Q == "" {
		l.say(len(c.Is) > 0, path, title+"的条件有选项没有情形", f("%s: a condition has is without q", where))
		return
	}
	i := l.place(c.Q)
	if i < 0 {
		l.say(true, path, title+"的条件看的情形“"+c.Q+"”不存在", f("%s: no question %q", where, c.Q))
		return
	}
	q := l.it.Questions[i]
	l.say(i >= before, path, title+"的条件看的情形“"+q.Text+"”排在后面，那时还没问", f("%s: leans on question %s, which comes later", where, c.Q))
	l.say(len(c.Is) == 0, path, title+"的条件没有选哪些回答", f("%s: condition on %s lists no answer", where, c.Q))
	for _, v := range c.Is {
		o := slices.IndexFunc(q.Options, func(o matter.Option) bool { return o.Value == v })
		l.say(o < 0, path, title+"的条件里，“"+q.Text+"”没有“"+v+"”这个选项", f("%s: question %s has no option %q", where, c.Q, v))
		l.say(o >= 0 && q.Options[max(o, 0)].Stop != "", path, title+"的条件里，选了它就到此为止，走不到这里", f("%s: option %s of %s stops, so nobody gets here by it", where, v, c.Q))
	}
}

// walked is what all ways through an item have in common.
type walked struct {
	used    map[string]bool
	needed  map[string]bool // materials that somebody must hand in
	pairs   map[[2]string]bool
	reached int
}

// ways walks every way an applicant can answer: each ends, each leaves nothing undecided, and all of them together use every
// question, option, material, group, signer and point. What no way uses was written in vain or its condition is wrong.
func (l *linter) ways() {
	it := l.it
	w := walked{used: map[string]bool{}, needed: map[string]bool{}, pairs: map[[2]string]bool{}}
	complete := matter.Paths(it, MaxWays, func(answers map[string]string, stop string) {
		for id, v := range answers {
			w.used["question "+id], w.used["option "+id+"="+v] = true, true
		}
		if stop == "" {
			w.reached++
			l.way(answers, &w)
		}
	})
	l.say(!complete, "situations", f("情形组合超过%d种，请合并一些情形", MaxWays), f("more than %d ways through the questions", MaxWays))
	l.say(w.reached == 0, "situations", "每条路都到此为止，这件事谁也办不了", "every way stops")
	if complete {
		l.pairs = w.pairs
		l.inVain(&w)
	}
}

func (l *linter) way(answers map[string]string, w *walked) {
	it := l.it
	var asked []matter.Needed
	for _, m := range matter.Materials(it, answers) {
		w.used["material "+m.Code] = true
		if m.Need == matter.Exempt {
			w.used["exemption of material "+m.Code] = true
		} else {
			w.needed[m.Code] = true
		}
		l.say(m.Need == matter.Undecided, "materials/"+m.Code, "材料“"+m.Name+"”在问完之后还说不准要不要，请检查它的情形", f("material %s is undecided at the end of a way: %v", m.Code, answers))
		asked = append(asked, m)
	}
	for i, a := range asked {
		for _, b := range asked[i+1:] {
			w.pairs[[2]string{a.Code, b.Code}] = true
			if key := "against " + a.Code + " " + b.Code; a.Name == b.Name && !w.used[key] {
				w.used[key] = true
				l.say(true, "materials/"+b.Code, f("材料“%s”在同样的回答下一处%s、一处%s，请只留一处", a.Name, needWords(a.Need), needWords(b.Need)), f("material %s and %s have one name and are %s and %s under %v", a.Code, b.Code, a.Need, b.Need, answers))
			}
		}
	}
	for _, g := range matter.Groups(it, answers) {
		w.used["group "+g.ID] = true
	}
	for _, s := range matter.Signers(it, answers) {
		w.used["signer "+s.Role] = true
	}
	for _, p := range matter.Points(it, answers) {
		w.used["point "+p.ID] = true
	}
	l.say(len(matter.Signers(it, answers)) == 0, "signers", "有的回答下没有人签名", f("nobody signs when answers are %v", answers))
}

func needWords(need string) string {
	switch need {
	case matter.Exempt:
		return "免交"
	case matter.Deferrable:
		return "可以后补"
	}
	return "必须交"
}

func (l *linter) inVain(w *walked) {
	it, used := l.it, w.used
	for _, q := range it.Questions {
		asked := used["question "+q.ID]
		l.say(!asked, "situations/"+q.ID, "情形“"+q.Text+"”永远不会问：走不到，或者怎么答都一样；请检查条件，或者删掉", f("question %s is never asked: it is not reached, or changes nothing", q.ID))
		for _, o := range q.Options {
			l.say(asked && !used["option "+q.ID+"="+o.Value], "situations/"+q.ID, "情形“"+q.Text+"”的选项“"+o.Label+"”走不到", f("question %s: option %s is never reached", q.ID, o.Value))
		}
	}
	for _, m := range it.Materials {
		path, title := "materials/"+m.Code, "材料“"+m.Name+"”"
		asked := used["material "+m.Code]
		l.say(!asked, path, title+"什么情形下都不会要，请检查它的情形，或者删掉", f("material %s is never asked for", m.Code))
		l.say(asked && m.Exempt != nil && !used["exemption of material "+m.Code], path, title+"写了免交，但没有一种回答能免交", f("material %s is never exempt", m.Code))
		always := slices.ContainsFunc(l.en.Papers, func(p catalogue.Trait) bool { return p.Code == m.Code && p.Need == "always" })
		l.say(asked && always && !w.needed[m.Code], path, title+"又要又免：写着必要，凡是要它的情形却都免交；请改免交的情形，或者改成非必要", f("material %s is always needed, and exempt whenever it is asked for", m.Code))
	}
	for _, g := range it.Form.Groups {
		l.say(!used["group "+g.ID], "form/"+g.ID, "表单的一屏“"+g.Title+"”永远不会出现", f("group %s is never shown", g.ID))
	}
	for _, s := range it.Signers {
		l.say(!used["signer "+s.Role], "signers/"+s.Role, "签名人“"+s.Label+"”永远不会签", f("signer %s never signs", s.Role))
	}
	for _, p := range it.Points {
		l.say(!used["point "+p.ID], "points/"+p.ID, "要点“"+p.Text+"”永远看不到", f("point %s is never looked at", p.ID))
	}
}
