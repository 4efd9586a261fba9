package app

import (
	"slices"

	"tongban/central/modules/onething"
	"tongban/fleet/wire/matter"
)

// strictness orders what items want of one paper; the set says the strictest.
var strictness = map[string]int{matter.Exempt: 1, matter.Deferrable: 2, matter.Undecided: 3, matter.Required: 4}

// papers collects one set of materials (一套材料): papers that the theme calls the same, or that have the same name.
type papers struct {
	same []onething.Same
	list []onething.Paper
}

func (p *papers) add(it *matter.Item, needed []matter.Needed) {
	for _, n := range needed {
		ref := onething.PaperRef{Item: it.Code, Material: n.Code}
		name := p.nameOf(ref, n.Name)
		i := slices.IndexFunc(p.list, func(x onething.Paper) bool { return x.Name == name })
		if i < 0 {
			p.list = append(p.list, onething.Paper{Name: name, Plain: n.Plain, Need: n.Need, Note: n.Note, For: []onething.PaperRef{ref}})
			continue
		}
		x := &p.list[i]
		x.For = append(x.For, ref)
		if strictness[n.Need] > strictness[x.Need] {
			x.Need, x.Note = n.Need, n.Note
		}
	}
}

func (p *papers) nameOf(ref onething.PaperRef, own string) string {
	for _, s := range p.same {
		if slices.Contains(s.Of, ref) {
			return s.Name
		}
	}
	return own
}
