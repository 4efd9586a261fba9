package lint

import (
	"maps"
	"slices"
	"strings"

	"tongban/fleet/wire/matter"
)

// Names is what is known about names of materials (材料名称规则): which words make two papers of the same kind different ones, and
// which pairs look alike and are not the same.
type Names struct {
	Roles    []string   `json:"roles"`    // 配偶, 出租方: the paper of another person or thing
	Idle     []string   `json:"idle"`     // 原件, 有效的: words that say nothing about which paper it is
	Distinct [][]string `json:"distinct"` // names that are alike and stand for different papers
}

// sameInside: one item does not ask for one paper under two names, such as 场所证明 and 经营场所使用证明.
func (l *linter) sameInside() {
	for i, a := range l.it.Materials {
		for _, b := range l.it.Materials[i+1:] {
			if l.apart(a, b) || a.Name == b.Name && l.full { // said by ways
				continue
			}
			if l.x.c.Same.alike(a.Name, b.Name) {
				l.warn(true, "materials/"+b.Code, f("“%s”“%s”像是同一份材料；是就合并，不是就在名称里写出区别", a.Name, b.Name), f("material %s and %s look like one paper", a.Code, b.Code))
			}
		}
	}
}

// apart says whether nobody is ever asked for both: then they may well be two forms of one proof.
func (l *linter) apart(a, b matter.Material) bool {
	if l.pairs == nil {
		return a.When != nil && b.When != nil
	}
	return !l.pairs[[2]string{a.Code, b.Code}]
}

// names: over the whole catalogue, one paper is written one way.
func (x *index) names() []Finding {
	written := map[string]map[string][2]string{} // normal form → writing → first item and material
	for _, en := range x.entries {
		for _, m := range en.Materials {
			key := x.c.Same.Normal(m.Name)
			if written[key] == nil {
				written[key] = map[string][2]string{}
			}
			if _, ok := written[key][m.Name]; !ok {
				written[key][m.Name] = [2]string{en.Code, m.Code}
			}
		}
	}
	var out []Finding
	for _, key := range slices.Sorted(maps.Keys(written)) {
		names := slices.Sorted(maps.Keys(written[key]))
		for _, other := range names[1:] {
			if x.c.Same.distinct(names[0], other) {
				continue
			}
			at := written[key][other]
			en := x.find(at[0])
			out = append(out, Finding{Item: at[0], Name: en.Name, Rule: "same", Path: "materials/" + at[1], Element: "materials", Severity: Warning,
				Text:  f("“%s”在别的事项里写作“%s”，请统一成一个名称", other, names[0]),
				Cause: f("material %s of %s has two names in the catalogue: %s, %s", at[1], at[0], names[0], other)})
		}
	}
	return out
}

// Normal leaves of a name what says which paper it is.
func (n Names) Normal(name string) string {
	name = strings.Map(func(c rune) rune {
		if strings.ContainsRune("《》“”\"（）()、， ·/及和与或的", c) {
			return -1
		}
		return c
	}, name)
	for _, w := range n.Idle {
		if rest := strings.ReplaceAll(name, w, ""); rest != "" {
			name = rest
		}
	}
	return name
}

// alike says whether two names look like one paper: the same when normalised, or the shorter one stands in the longer one
// character by character and both end alike, without a word that makes them different.
func (n Names) alike(a, b string) bool {
	if n.distinct(a, b) {
		return false
	}
	x, y := []rune(n.Normal(a)), []rune(n.Normal(b))
	if len(x) > len(y) {
		x, y = y, x
	}
	if string(x) == string(y) {
		return true
	}
	if len(x) < 4 || x[len(x)-1] != y[len(y)-1] || x[len(x)-2] != y[len(y)-2] {
		return false
	}
	for _, role := range n.Roles {
		if strings.Contains(string(x), role) != strings.Contains(string(y), role) {
			return false
		}
	}
	i := 0
	for _, c := range y {
		if i < len(x) && x[i] == c {
			i++
		}
	}
	return i == len(x)
}

func (n Names) distinct(a, b string) bool {
	return slices.ContainsFunc(n.Distinct, func(group []string) bool { return slices.Contains(group, a) && slices.Contains(group, b) })
}
