package lint

import (
	"slices"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

type matterStep = catalogue.Step

func (l *linter) materials() {
	it, end := l.it, len(l.it.Questions)
	var codes []string
	for _, m := range it.Materials {
		path, title := "materials/"+m.Code, "材料“"+m.Name+"”"
		codes = append(codes, m.Code)
		l.say(m.Code == "" || m.Name == "" || m.Plain == "" || m.Why == "", path, title+"要写简码、名称、通俗说法和为什么要", f("material %s: code, name, plain and why are wanted", m.Code))
		l.say(m.MaxPages < 1 || m.MaxPages > 20, path, title+"的最多页数要填1到20", f("material %s: max_pages %d, want 1 to 20", m.Code, m.MaxPages))
		l.say(m.Copies < 0 || m.Copies > 9, path, title+"的份数不对", f("material %s: %d copies", m.Code, m.Copies))
		l.say(m.Defer < 0 || m.Defer > 30, path, title+"的容缺补交天数要填0到30", f("material %s: defer_days %d, want 0 to 30", m.Code, m.Defer))
		l.say((m.Exempt == nil) != (m.ExemptBy == ""), path, title+"的免交情形和免交说明要一起写", f("material %s: exempt and exempt_by belong together", m.Code))
		l.cond(m.When, path, title, f("material %s", m.Code), end)
		l.cond(m.Exempt, path, title, f("material %s", m.Code), end)
		l.trait(m, path, title)
	}
	l.say(repeated(codes), "materials", "有两份材料的简码一样", "a material's code stands twice")
	for _, p := range l.en.Papers {
		l.say(!slices.Contains(codes, p.Code), "materials/"+p.Code, "材料要素写给了一份不存在的材料", f("papers: no material %q", p.Code))
	}
}

// trait: what offices record about a material goes with its rules.
func (l *linter) trait(m matter.Material, path, title string) {
	for _, p := range l.en.Papers {
		if p.Code != m.Code {
			continue
		}
		l.say(l.full && p.Need == "always" && m.When != nil, path, title+"写着必要，却只在有的情形下要；请改成非必要，或者去掉情形", f("material %s: always needed, but only when", m.Code))
		l.say(l.full && p.Need == "when" && m.When == nil && m.Exempt == nil, path, title+"写着非必要，却没有写哪种情形下要", f("material %s: needed sometimes, but no when", m.Code))
		l.say(p.Source == "government" && p.SourceBy == "", path, title+"由政府部门核发，要写是哪个部门", f("material %s: issued by no office", m.Code))
	}
}

// references: forms and channels that an item points to exist.
func (l *linter) references() {
	if id := l.en.FormID; id != "" && l.x.c.Forms != nil {
		l.say(!l.x.c.Forms[id], "FORM_GUID", "没有“"+id+"”这张已发布的表单，请重新选", f("form %q is not published", id))
	}
	if l.x.c.Departments != nil {
		known := slices.ContainsFunc(l.x.c.Departments, func(d department) bool { return d.Code == l.it.OfficeCode })
		same := slices.ContainsFunc(l.x.c.Departments, func(d department) bool { return d.Code == l.it.OfficeCode && d.Name != l.it.Office })
		l.say(known && same, "DEPT_NAME", "实施主体的名称和它的编码对不上", "office is not the name of office_code")
	}
}

func (l *linter) signers() {
	it := l.it
	var roles []string
	for i, s := range it.Signers {
		path, title := "signers/"+s.Role, "签名人“"+s.Label+"”"
		roles = append(roles, s.Role)
		l.say(s.Role == "" || s.Label == "", path, "签名人要写角色和称呼", f("signer %s: role and label are wanted", s.Role))
		l.say(runes(s.Statement) < 10, path, title+"签的那句话太短，看不出承诺了什么", f("signer %s: the statement is missing or too short to mean anything", s.Role))
		l.say(i == 0 && (s.Role != "applicant" || s.OwnCard || s.When != nil), path, "第一个签名人是申请人本人，用已经读过的卡，什么情形下都签", "the first signer is the applicant, always, by the card already read")
		l.say(i > 0 && !s.OwnCard, path, title+"要用自己的证件签名", f("signer %s: a further signer is read in on their own card", s.Role))
		l.cond(s.When, path, title, f("signer %s", s.Role), len(it.Questions))
	}
	l.say(len(it.Signers) == 0, "signers", "没有人签名，至少要申请人签", "nobody signs")
	l.say(repeated(roles), "signers", "有两个签名人的角色一样", "a signer's role stands twice")
}

func (l *linter) points() {
	it := l.it
	var ids []string
	for _, p := range it.Points {
		path, title := "points/"+p.ID, "要点“"+p.Text+"”"
		ids = append(ids, p.ID)
		l.say(p.ID == "" || p.Text == "", path, "审查要点要写编号和内容", f("point %s: id and text are wanted", p.ID))
		l.say(p.Law == "", path, title+"没有依据：窗口凭什么看这一条？", f("point %s: no law: by what may the clerk ask for it?", p.ID))
		l.say(!l.onSomething(p), path, title+"看的东西这个事项里没有，请重新选对象", f("point %s: on %q ref %q is nothing of this item", p.ID, p.On, p.Ref))
		l.cond(p.When, path, title, f("point %s", p.ID), len(it.Questions))
	}
	l.say(len(it.Points) == 0, "points", "没有审查要点", "no review points")
	l.say(repeated(ids), "points", "有两条要点的编号一样", "a point's id stands twice")
	for _, m := range it.Materials {
		l.say(!slices.ContainsFunc(it.Points, func(p matter.Point) bool { return p.On == "material" && p.Ref == m.Code }),
			"materials/"+m.Code, "材料“"+m.Name+"”没有一条要点看它，要么补要点，要么不收这份材料", f("material %s: no review point looks at it, so why is it asked for?", m.Code))
	}
}

func (l *linter) onSomething(p matter.Point) bool {
	it := l.it
	switch p.On {
	case "condition", "identity":
		return p.Ref == "" || p.On == "condition" && l.place(p.Ref) >= 0
	case "material":
		return slices.ContainsFunc(it.Materials, func(m matter.Material) bool { return m.Code == p.Ref })
	case "form":
		return p.Ref == "" || slices.ContainsFunc(it.Form.Groups, func(g matter.Group) bool {
			return slices.ContainsFunc(g.Fields, func(f matter.Field) bool { return f.Name == p.Ref })
		})
	case "signature":
		return p.Ref == "" || slices.ContainsFunc(it.Signers, func(s matter.Signer) bool { return s.Role == p.Ref })
	}
	return false
}
