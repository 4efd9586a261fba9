package app

import (
	"slices"

	"tongban/fleet/wire/matter"
)

func (l *linter) materials() {
	it, end := l.it, len(l.it.Questions)
	var codes []string
	for _, m := range it.Materials {
		where := "material " + m.Code
		codes = append(codes, m.Code)
		l.refuse(m.Code == "" || m.Name == "" || m.Plain == "" || m.Why == "", "%s: code, name, plain and why are wanted", where)
		l.refuse(m.MaxPages < 1 || m.MaxPages > 20, "%s: max_pages %d, want 1 to 20", where, m.MaxPages)
		l.refuse(m.Copies < 0 || m.Copies > 5, "%s: %d copies", where, m.Copies)
		l.refuse(m.Defer < 0 || m.Defer > 30, "%s: defer_days %d, want 0 to 30", where, m.Defer)
		l.refuse((m.Exempt == nil) != (m.ExemptBy == ""), "%s: exempt and exempt_by belong together", where)
		l.cond(m.When, where, end)
		l.cond(m.Exempt, where, end)
	}
	l.refuse(repeated(codes), "a material's code stands twice")
	scans := slices.Contains(it.Needs, "scanner")
	l.refuse(len(it.Materials) > 0 && !scans, "needs: papers are asked for, but no scanner")
	l.refuse(len(it.Materials) == 0 && scans, "needs: a scanner, but no papers are asked for")
}

func (l *linter) signers() {
	it := l.it
	var roles []string
	for i, s := range it.Signers {
		where := "signer " + s.Role
		roles = append(roles, s.Role)
		l.refuse(s.Role == "" || s.Label == "", "%s: role and label are wanted", where)
		l.refuse(runes(s.Statement) < 10, "%s: the statement is missing or too short to mean anything", where)
		l.refuse(i == 0 && (s.Role != "applicant" || s.OwnCard || s.When != nil), "the first signer is the applicant, always, by the card already read")
		l.refuse(i > 0 && !s.OwnCard, "%s: a further signer is read in on their own card", where)
		l.cond(s.When, where, len(it.Questions))
	}
	l.refuse(len(it.Signers) == 0, "nobody signs")
	l.refuse(repeated(roles), "a signer's role stands twice")
}

func (l *linter) points() {
	it := l.it
	var ids []string
	for _, p := range it.Points {
		where := "point " + p.ID
		ids = append(ids, p.ID)
		l.refuse(p.ID == "" || p.Text == "", "%s: id and text are wanted", where)
		l.refuse(p.Law == "", "%s: no law: by what may the clerk ask for it?", where)
		l.refuse(!l.onSomething(p), "%s: on %q ref %q is nothing of this item", where, p.On, p.Ref)
		l.cond(p.When, where, len(it.Questions))
	}
	l.refuse(len(it.Points) == 0, "no review points")
	l.refuse(repeated(ids), "a point's id stands twice")
	for _, m := range it.Materials {
		l.refuse(!slices.ContainsFunc(it.Points, func(p matter.Point) bool { return p.On == "material" && p.Ref == m.Code }),
			"material %s: no review point looks at it, so why is it asked for?", m.Code)
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
