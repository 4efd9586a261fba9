package matter

import "slices"

// Holds reports whether the condition is met by what was filled in. Nothing filled in meets no condition.
func (f *Filled) Holds(values map[string]any) bool {
	if f == nil {
		return true
	}
	switch v := values[f.Field].(type) {
	case string:
		return slices.Contains(f.Is, v)
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return slices.Contains(f.Is, s) })
	case []any:
		return slices.ContainsFunc(v, func(e any) bool { s, ok := e.(string); return ok && slices.Contains(f.Is, s) })
	}
	return false
}

// Shown returns the groups that apply to what was filled in (按已填内容显示), in their order. What was typed into a group that
// is hidden now counts as not there, so that a chain of conditions folds up as a whole.
func Shown(groups []Group, values map[string]any) []Group {
	home := map[string]int{} // field → its group
	for i, g := range groups {
		for _, f := range g.Fields {
			home[f.Name] = i
		}
	}
	shown := make([]bool, len(groups))
	var out []Group
	for i, g := range groups {
		shown[i] = g.Show.Holds(values)
		if g.Show != nil {
			before, known := home[g.Show.Field]
			shown[i] = shown[i] && known && before < i && shown[before]
		}
		if shown[i] {
			out = append(out, g)
		}
	}
	return out
}
