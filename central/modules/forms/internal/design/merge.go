package design

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// merging is one form in the making out of several.
type merging struct {
	id        string
	groups    []matter.Group
	schema    map[string]map[string]any // by merged property
	titles    map[string]string         // form → title
	required  map[string]bool
	home      map[string]int // property → place of its group
	byElement map[string]string
	out       matter.Merged
}

// Merge makes one form of several (合表): what has the same data element is asked once, in the place where it comes first, by the
// narrower rules. Every difference is reported; what no value could satisfy is fatal. Conditions on an item's own questions
// are dropped, because the one form is filled in under the theme's questions; their fields may then stay empty.
func Merge(id, title string, designs []forms.Design) (matter.Merged, error) {
	m := &merging{
		id: id, schema: map[string]map[string]any{}, titles: map[string]string{}, required: map[string]bool{}, home: map[string]int{}, byElement: map[string]string{},
		out: matter.Merged{Map: map[string][]matter.Mapping{}, Conflicts: []matter.MergeConflict{}},
	}
	for _, d := range designs {
		m.titles[d.ID] = d.Title
		if err := m.take(d); err != nil {
			return matter.Merged{}, err
		}
	}
	m.groups = slices.DeleteFunc(m.groups, func(g matter.Group) bool { return len(g.Fields) == 0 })
	properties := map[string]any{}
	for name, p := range m.schema {
		properties[name] = p
	}
	schema := map[string]any{"type": "object", "additionalProperties": false, "properties": properties}
	if len(m.required) > 0 {
		schema["required"] = slices.Sorted(maps.Keys(m.required))
	}
	b, err := json.Marshal(schema)
	if err != nil {
		return matter.Merged{}, fmt.Errorf("write merged schema: %w", err)
	}
	m.out.Form = matter.Form{ID: id, Version: 1, Title: title, Schema: b, Groups: m.groups}
	if m.out.Form.Schema, err = form.Bind(m.out.Form); err != nil {
		return matter.Merged{}, err
	}
	return m.out, nil
}

// take adds the screens of one form.
func (m *merging) take(d forms.Design) error {
	var schema struct {
		Properties map[string]map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(d.Schema, &schema); err != nil {
		return fmt.Errorf("read schema of form %s: %w", d.ID, err)
	}
	rules := propertiesOf(d.Schema)
	asked := rules.asked()
	renamed := map[string]string{}
	for _, g := range d.Screens {
		group := matter.Group{ID: d.ID + "-" + g.ID, Title: g.Title, Show: m.show(g.Show, renamed)}
		m.groups = append(m.groups, group)
		for _, f := range g.Fields {
			p := schema.Properties[f.Name]
			if p == nil {
				continue
			}
			here := matter.Mapping{Form: d.ID, Field: f.Name}
			name, known := m.byElement[f.Element], false
			if f.Element != "" && name != "" {
				known = m.joins(name, f, p, here, asked[f.Name] && g.When == nil, group.Show)
			}
			if !known {
				name = m.fresh(f, d.ID)
				if f.Element != "" && m.byElement[f.Element] == "" {
					m.byElement[f.Element] = name
				}
				m.schema[name] = maps.Clone(p)
				at := slices.IndexFunc(m.groups, func(other matter.Group) bool { return other.ID == group.ID }) // joining may have moved it
				m.home[name] = at
				if asked[f.Name] && g.When == nil {
					m.required[name] = true
				}
				f.Name = name
				m.groups[at].Fields = append(m.groups[at].Fields, f)
			}
			renamed[here.Field] = name
			m.out.Map[name] = append(m.out.Map[name], here)
		}
	}
	return nil
}

// show rewrites a condition to the merged names.
func (m *merging) show(s *matter.Filled, renamed map[string]string) *matter.Filled {
	if s == nil {
		return nil
	}
	return &matter.Filled{Field: renamed[s.Field], Is: s.Is}
}

var notName = regexp.MustCompile(`[^a-z0-9]+`)

// fresh is a property name nobody has: the element's, else form and field.
func (m *merging) fresh(f matter.Field, id string) string {
	name := notName.ReplaceAllString(strings.ToLower(f.Element), "_")
	if name == "" || m.schema[name] != nil {
		name = notName.ReplaceAllString(strings.ToLower(id+"_"+f.Name), "_")
	}
	for base, n := name, 2; m.schema[name] != nil; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	return name
}

// joins lets a field go with the one that is there; false where the two cannot be one entry at all.
func (m *merging) joins(name string, f matter.Field, p map[string]any, here matter.Mapping, asked bool, show *matter.Filled) bool {
	mine := m.schema[name]
	a, b := ruleOf(mine), ruleOf(p)
	conflict := func(what string, fatal bool, words string, args ...any) {
		places := append(slices.Clone(m.out.Map[name]), here)
		m.out.Conflicts = append(m.out.Conflicts, matter.MergeConflict{Element: f.Element, Places: places, What: what, Words: fmt.Sprintf(words, args...), Fatal: fatal})
	}
	first, this := m.titles[m.out.Map[name][0].Form], m.titles[here.Form]

	if shapeOf(&a) != shapeOf(&b) || shapeOf(&a) == "rows" && jsonOf(mine["items"]) != jsonOf(p["items"]) {
		conflict("type", shapeOf(&a) != shapeOf(&b), "《%s》和《%s》要的不是一种内容，分开填", first, this)
		return false
	}
	m.formats(mine, p, a, b, conflict, first, this)
	m.lengths(mine, p, a, b, conflict, first, this)
	m.codes(name, mine, p, a, b, conflict, first, this)
	if asked != m.required[name] {
		who := this
		if m.required[name] {
			who = first
		}
		conflict("required", false, "《%s》必填，合表后必填", who)
		m.required[name] = true
	}
	m.always(name, show, conflict)
	return true
}

// always moves an entry out of a condition that not every form has.
func (m *merging) always(name string, show *matter.Filled, conflict func(string, bool, string, ...any)) {
	at := m.home[name]
	g := &m.groups[at]
	if jsonOf(g.Show) == jsonOf(show) || g.Show == nil {
		return
	}
	i := slices.IndexFunc(g.Fields, func(f matter.Field) bool { return f.Name == name })
	if i < 0 {
		return
	}
	field := g.Fields[i]
	g.Fields = slices.Delete(g.Fields, i, i+1)
	moved := matter.Group{ID: g.ID + "-" + name, Title: g.Title, Fields: []matter.Field{field}}
	m.groups = slices.Insert(m.groups, at, moved)
	for other, place := range m.home {
		if place >= at && other != name {
			m.home[other] = place + 1
		}
	}
	conflict("required", false, "“%s”不是每张表都有条件，合表后一直要问", field.Label)
}

type reporter = func(what string, fatal bool, words string, args ...any)

// formats takes the stricter way of writing.
func (m *merging) formats(mine, p map[string]any, a, b property, conflict reporter, first, this string) {
	switch {
	case a.Format != "" && b.Format != "" && a.Format != b.Format:
		narrow := map[string]bool{"cn-cert": true, "cn-id": true}
		if narrow[a.Format] && narrow[b.Format] { // every citizen's number is a card's number
			mine["format"] = "cn-id"
			conflict("type", false, "《%s》《%s》有一张只收身份证号，取身份证号", first, this)
			return
		}
		conflict("type", true, "《%s》和《%s》的格式要求不同，没有两边都收的写法", first, this)
	case a.Format == "" && b.Format != "":
		mine["format"] = b.Format
		conflict("type", false, "《%s》要核对格式，合表后都核对", this)
	}
	switch {
	case a.Pattern != "" && b.Pattern != "" && a.Pattern != b.Pattern:
		conflict("type", false, "《%s》和《%s》的写法要求不同，先按《%s》", first, this, first)
	case a.Pattern == "" && b.Pattern != "":
		mine["pattern"], mine["x-message"] = p["pattern"], p["x-message"]
		conflict("type", false, "《%s》对写法有要求，合表后都按它", this)
	}
}

// lengths takes the shorter longest and the longer shortest.
func (m *merging) lengths(mine, p map[string]any, a, b property, conflict reporter, first, this string) {
	most := func(n int) int {
		if n == 0 {
			return 1 << 20
		}
		return n
	}
	if a.MaxLength != b.MaxLength && most(b.MaxLength) != most(a.MaxLength) {
		short, who := min(most(a.MaxLength), most(b.MaxLength)), first
		if most(b.MaxLength) < most(a.MaxLength) {
			who = this
			mine["maxLength"] = p["maxLength"]
		}
		conflict("length", false, "《%s》最长 %d 字，取 %d", who, short, short)
	}
	if a.MinLength != b.MinLength {
		long := max(a.MinLength, b.MinLength)
		mine["minLength"] = long
		conflict("length", long > min(most(a.MaxLength), most(b.MaxLength)), "最少 %d 字", long)
	}
	if a.MaxItems != b.MaxItems || a.MinItems != b.MinItems {
		mine["maxItems"] = min(most(a.MaxItems), most(b.MaxItems))
		low := max(a.MinItems, b.MinItems)
		if low > 0 {
			mine["minItems"] = low
		}
		conflict("length", low > min(most(a.MaxItems), most(b.MaxItems)), "数量取两张表都收的：%d–%d", low, min(most(a.MaxItems), most(b.MaxItems)))
	}
}

// codes keeps the options that both offer.
func (m *merging) codes(name string, mine, p map[string]any, a, b property, conflict reporter, first, this string) {
	ours, theirs := a.codes(), b.codes()
	if len(ours) == 0 && len(theirs) == 0 || same(ours, theirs) {
		return
	}
	both := []string{}
	switch {
	case len(ours) == 0:
		both = theirs
	case len(theirs) == 0:
		both = ours
	default:
		for _, v := range ours {
			if slices.Contains(theirs, v) {
				both = append(both, v)
			}
		}
	}
	values := make([]any, len(both))
	for i, v := range both {
		values[i] = v
	}
	if shapeOf(&a) == "multi" {
		items, _ := mine["items"].(map[string]any)
		items = maps.Clone(items)
		items["enum"] = values
		mine["items"] = items
	} else {
		mine["enum"] = values
	}
	g := m.groups[m.home[name]]
	for i := range g.Fields {
		if f := &g.Fields[i]; f.Name == name {
			f.Options = slices.DeleteFunc(slices.Clone(f.Options), func(o matter.Option) bool { return !slices.Contains(both, o.Value) })
		}
	}
	conflict("codes", len(both) == 0, "《%s》和《%s》的选项不同，取两边都有的：%s", first, this, strings.Join(both, "、"))
}

// ruleOf reads one property.
func ruleOf(p map[string]any) property {
	var r property
	_ = json.Unmarshal([]byte(jsonOf(p)), &r)
	return r
}
