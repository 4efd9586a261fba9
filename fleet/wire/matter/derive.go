package matter

import "fmt"

// What an applicant has to do about one material (材料必要性).
const (
	Required   = "required"   // 必须交
	Exempt     = "exempt"     // 免交
	Deferrable = "deferrable" // 可容缺
	Undecided  = "unknown"    // depends on answers not given yet
)

// Needed is one material with what the answers make of it (材料要求).
type Needed struct {
	Material
	Need string
	Note string // one plain sentence, "" when nothing is to be said
}

// Materials returns what the answers ask for, in the item's order. Those that are surely not asked for are left out; an exempt
// one is listed, because people want to see that they may leave it at home. Once Next says settled, none is Undecided.
func Materials(it *Item, answers map[string]string) []Needed {
	r := settled(it, answers)
	out := []Needed{}
	for _, m := range it.Materials {
		when := r.final(m.When)
		if when == False {
			continue
		}
		exempt := False
		if m.Exempt != nil {
			exempt = r.final(m.Exempt)
		}
		n := Needed{Material: m}
		switch {
		case when == Unknown || exempt == Unknown:
			n.Need, n.Note = Undecided, "要不要交，看您怎么回答"
		case exempt == True:
			n.Need, n.Note = Exempt, m.ExemptBy
		case m.Defer > 0:
			n.Need, n.Note = Deferrable, fmt.Sprintf("没带可以先交别的，%d个工作日内补上", m.Defer)
		default:
			n.Need = Required
		}
		out = append(out, n)
	}
	return out
}

// Groups returns the groups of the form that surely apply.
func Groups(it *Item, answers map[string]string) []Group {
	return keep(settled(it, answers), it.Form.Groups, func(g Group) *Cond { return g.When })
}

// Signers returns who surely signs, in the order of signing.
func Signers(it *Item, answers map[string]string) []Signer {
	return keep(settled(it, answers), it.Signers, func(s Signer) *Cond { return s.When })
}

// Points returns the review points that surely apply.
func Points(it *Item, answers map[string]string) []Point {
	return keep(settled(it, answers), it.Points, func(p Point) *Cond { return p.When })
}

func keep[T any](r *reading, all []T, when func(T) *Cond) []T {
	out := []T{}
	for _, x := range all {
		if r.final(when(x)) == True {
			out = append(out, x)
		}
	}
	return out
}

func settled(it *Item, answers map[string]string) *reading {
	r := read(it, answers)
	r.settle()
	return r
}

// final evaluates a condition that may lean on every question.
func (r *reading) final(c *Cond) Truth { return r.eval(c, len(r.it.Questions)) }
