package design

import (
	"maps"
	"slices"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// Carry brings entries of one version of a form to another (带到新版): by the field's name where it is still there and the value
// still fits, else by data element; what fits nowhere is kept aside, and said in words. Nothing is guessed.
func Carry(was, now forms.Design, values map[string]any) forms.Carried {
	out := forms.Carried{Form: now.Form(), Values: map[string]any{}, Aside: []forms.Aside{}}
	old, order := spots(was)
	fresh, freshOrder := spots(now)
	byElement := map[string]string{}
	for _, name := range freshOrder {
		if e := fresh[name].field.Element; e != "" && byElement[e] == "" {
			byElement[e] = name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(order, name) {
			order = append(order, name) // of a version nobody knows any more
		}
	}

	free := unconditional(now)
	for _, name := range order {
		v, given := values[name]
		if !given || v == nil || v == "" {
			continue
		}
		label := old[name].field.Label
		if label == "" {
			label = name
		}
		to := name
		if _, kept := fresh[to]; !kept {
			to = byElement[old[name].field.Element]
		}
		if _, filled := out.Values[to]; to == "" || filled {
			out.Aside = append(out.Aside, forms.Aside{Field: name, Label: label, Words: "新版里没有“" + label + "”这一项了"})
			continue
		}
		v = knownColumns(v, fresh[to].field)
		if errs := form.Check(free, map[string]any{to: v}, []string{to}); wrongAbout(errs, to) != "" {
			out.Aside = append(out.Aside, forms.Aside{Field: name, Label: label, Words: "“" + label + "”的要求变了：" + wrongAbout(errs, to)})
			continue
		}
		out.Values[to] = v
	}
	return folded(now, out)
}

// unconditional is the form with all groups shown, to judge one value by itself.
func unconditional(d forms.Design) matter.Form {
	f := d.Form()
	f.Version, f.Groups = 0, slices.Clone(f.Groups)
	for i := range f.Groups {
		f.Groups[i].Show = nil
	}
	if loose, err := form.Bind(f); err == nil { // a published schema can be read
		f.Schema = loose
	}
	return f
}

// folded takes out what stands in groups that are hidden by now.
func folded(now forms.Design, c forms.Carried) forms.Carried {
	shown := map[string]bool{}
	for _, g := range matter.Shown(now.Screens, c.Values) {
		for _, f := range g.Fields {
			shown[f.Name] = true
		}
	}
	fresh, order := spots(now)
	for _, name := range order {
		if _, given := c.Values[name]; given && !shown[name] {
			delete(c.Values, name)
			label := fresh[name].field.Label
			c.Aside = append(c.Aside, forms.Aside{Field: name, Label: label, Words: "按现在填的，“" + label + "”不用填了"})
		}
	}
	return c
}

// wrongAbout is the first sentence about the value itself: a missing neighbour is no fault of it.
func wrongAbout(errs []form.FieldError, name string) string {
	for _, e := range errs {
		if e.Field == name || len(e.Field) > len(name) && e.Field[:len(name)+1] == name+"/" {
			return e.Message
		}
	}
	return ""
}

// knownColumns drops columns that repeated lines do not have any more.
func knownColumns(v any, f matter.Field) any {
	all, ok := v.([]any)
	if !ok || f.Widget != "rows" {
		return v
	}
	out := make([]any, len(all))
	for i, one := range all {
		line, ok := one.(map[string]any)
		if !ok {
			return v
		}
		kept := map[string]any{}
		for _, c := range f.Columns {
			if cell, ok := line[c.Name]; ok {
				kept[c.Name] = cell
			}
		}
		out[i] = kept
	}
	return out
}
