package lint

import (
	"regexp"
	"slices"
	"strings"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// smart: every review point of a smart item has a rule, every rule the elements it speaks of, and every element a carrier that
// exists (智能审批质检).
func (l *linter) smart() {
	s := l.en.Smart
	if s == nil {
		return
	}
	l.say(runes(s.Reason) < 10, "SMART_REASON", "要写清楚为什么适合智能审批", "smart: no reason why it qualifies")
	for _, p := range l.it.Points {
		i := slices.IndexFunc(s.Rules, func(r catalogue.SmartRule) bool { return r.Point == p.ID })
		l.say(i < 0, "points/"+p.ID, "要点“"+p.Text+"”没有审查规则，机器看不了它；请补规则和要素", f("smart: point %s has no rule", p.ID))
	}
	var ids []string
	for _, e := range s.Elements {
		ids = append(ids, e.ID)
		path := "readings/" + e.ID
		l.say(!l.carried(e), path, "审查要素“"+e.Name+"”的载体不存在，读不到值", f("smart: element %s is read from nothing (%s %s)", e.ID, e.Carrier, e.Ref))
		used := slices.ContainsFunc(s.Rules, func(r catalogue.SmartRule) bool { return speaksOf(r.Expr, e.ID) || r.Expr == "" })
		l.warn(!used, path, "审查要素“"+e.Name+"”没有一条规则用到", f("smart: element %s is used by no rule", e.ID))
	}
	l.say(repeated(ids), "readings", "有两个审查要素的编号一样", "smart: an element's id stands twice")
	for _, r := range s.Rules {
		path := "rules/" + r.ID
		l.say(!slices.ContainsFunc(l.it.Points, func(p matter.Point) bool { return p.ID == r.Point }), path, "规则“"+r.ID+"”服务的要点不存在", f("smart: rule %s serves point %q, which is none", r.ID, r.Point))
		l.say(r.Expr == "" && r.Rule == "", path, "规则“"+r.ID+"”没有写怎么判断", f("smart: rule %s says nothing", r.ID))
		l.say(r.Algorithm == "", path, "规则“"+r.ID+"”没有写用什么算法", f("smart: rule %s names no algorithm", r.ID))
		l.say(r.Step != "" && len(l.en.Steps) > 0 && !slices.ContainsFunc(l.en.Steps, func(x catalogue.Step) bool { return x.ID == r.Step || x.Name == r.Step }),
			path, "规则“"+r.ID+"”所在的环节不存在", f("smart: rule %s runs in step %q, which is none", r.ID, r.Step))
		named := slices.ContainsFunc(ids, func(id string) bool { return speaksOf(r.Expr, id) })
		l.say(r.Expr != "" && !named, path, "规则“"+r.ID+"”里没有一个审查要素，请写明看哪个要素", f("smart: rule %s speaks of no element", r.ID))
		for _, name := range hanNames.FindAllString(quoted.ReplaceAllString(r.Expr, ""), -1) {
			l.say(!slices.Contains(ids, name), path, "规则“"+r.ID+"”里的要素“"+name+"”没有登记", f("smart: rule %s speaks of %s, which is no element", r.ID, name))
		}
	}
	for _, t := range s.Conditions {
		l.say(t.Law == "", "terms/"+t.ID, "智能条件“"+t.Text+"”没有依据", f("smart: condition %s: no law", t.ID))
	}
}

var (
	quoted   = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	hanNames = regexp.MustCompile(`\p{Han}[\p{Han}\p{L}\p{N}_]*`)
)

func speaksOf(expr, id string) bool { return id != "" && strings.Contains(expr, id) }

// carried says whether what an element is read from is there.
func (l *linter) carried(e catalogue.SmartElement) bool {
	name, _, _ := strings.Cut(e.Ref, ".")
	name, _, _ = strings.Cut(name, "/")
	switch e.Carrier {
	case "form":
		if l.it.Form.ID == "" {
			return e.Ref != ""
		}
		return slices.ContainsFunc(l.it.Form.Groups, func(g matter.Group) bool {
			return slices.ContainsFunc(g.Fields, func(fd matter.Field) bool { return fd.Name == name })
		})
	case "material":
		return l.material(name) != nil
	case "answer":
		return l.place(name) >= 0
	case "share":
		return slices.ContainsFunc(l.en.Smart.Shares, func(s catalogue.SmartShare) bool { return s.ID == name })
	case "licence", "idcard":
		return e.Ref != ""
	}
	return false
}
