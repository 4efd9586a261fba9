package design

import (
	"fmt"
	"maps"
	"slices"

	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// widgets that pages and terminals can draw, with the shape of value each is for.
var widgets = map[string]string{
	"text": "string", "area": "string", "phone": "string", "digits": "string", "date": "string", "choice": "string", "district": "string", "readonly": "string",
	"multi": "multi", "rows": "rows",
}

// Bounds of a terminal's screen.
const (
	maxTitle  = 24
	maxOnCard = 5 // choices on one screen
	maxTyped  = 2 // fields to type on one screen
)

// screens checks the order and the words of what is asked.
func (c *checker) screens() {
	c.wrong(len(c.d.Screens) == 0, "screens", "没有一个屏幕")
	seen, places := map[string]bool{}, map[string]int{}
	for i, g := range c.d.Screens {
		where := "screens." + g.ID
		c.wrong(g.ID == "" || seen[g.ID], where, "分组编号是空的或重复了")
		seen[g.ID] = true
		c.wrong(g.Title == "" || runes(g.Title) > maxTitle, where, "这一屏问什么？一句话，最多%d个字", maxTitle)
		c.wrong(len(g.Fields) == 0, where, "这一屏没有要填的")
		typed := 0
		for _, f := range g.Fields {
			if f.Widget != "readonly" {
				typed++
			}
			_, twice := places[f.Name]
			c.wrong(twice, where+"."+f.Name, "“%s”在两个屏幕上", f.Label)
			places[f.Name] = i
			c.field(where+"."+f.Name, f, c.schema.Properties[f.Name])
		}
		c.doubtful(typed > maxTyped, where, "这一屏要填%d项，终端上分开问更清楚", typed)
		c.condition(where, i, g.Show, places)
	}
	for _, name := range slices.Sorted(maps.Keys(c.schema.Properties)) {
		if _, ok := places[name]; !ok {
			c.wrong(true, "schema."+name, "“%s”没有放到屏幕上", name)
		}
	}
}

// condition wants an earlier choice, and values that it offers.
func (c *checker) condition(where string, at int, show *matter.Filled, places map[string]int) {
	if show == nil {
		return
	}
	before, known := places[show.Field]
	p := c.schema.Properties[show.Field]
	if !known || before >= at || p == nil {
		c.wrong(true, where, "显示条件要看前面的屏幕上填的")
		return
	}
	codes := p.codes()
	c.wrong(len(codes) == 0, where, "显示条件只能看单选和多选")
	c.wrong(len(show.Is) == 0, where, "显示条件没有写是哪些选项")
	for _, v := range show.Is {
		c.wrong(len(codes) > 0 && !slices.Contains(codes, v), where, "显示条件里的“%s”不是可选的", v)
	}
}

func (c *checker) field(where string, f matter.Field, p *property) {
	if p == nil {
		c.wrong(true, where, "“%s”没有数据规则", f.Name)
		return
	}
	c.wrong(f.Label == "", where, "没有标签")
	shape, ok := widgets[f.Widget]
	c.wrong(!ok, where, "没有“%s”这种填写方式", f.Widget)
	c.wrong(ok && shape != shapeOf(p), where, "填写方式和数据规则不是一种内容")
	c.wrong(f.Source != "" && !slices.Contains(form.Sources(), f.Source), where, "没有“%s”这个来源", f.Source)
	c.wrong(f.Widget == "readonly" && f.Source == "", where, "锁定的项要有来源")

	chosen := f.Widget == "choice" || f.Widget == "district" || f.Widget == "multi"
	c.wrong(chosen != (len(f.Options) > 0), where, "选项和填写方式对不上")
	c.doubtful((f.Widget == "choice" || f.Widget == "multi") && len(f.Options) > maxOnCard, where, "%d个选项，终端一屏放%d个", len(f.Options), maxOnCard)
	var offered []string
	for _, o := range f.Options {
		offered = append(offered, o.Value)
		c.wrong(o.Label == "", where, "选项没有文字")
	}
	c.wrong(chosen && !same(offered, p.codes()), where, "选项和数据规则里的不一样")
	if f.Widget == "rows" {
		c.columns(where, f, p)
	} else {
		c.wrong(len(f.Columns) > 0, where, "只有重复行有列")
	}
	c.element(where, f, p)
}

func (c *checker) columns(where string, f matter.Field, p *property) {
	if p.Items == nil {
		return
	}
	c.wrong(f.MinRows != p.MinItems || f.MaxRows != p.MaxItems, where, "行数和数据规则里的不一样")
	var names []string
	for _, column := range f.Columns {
		names = append(names, column.Name)
		c.wrong(!slices.Contains([]string{"text", "phone", "digits", "date", "choice"}, column.Widget), where+"."+column.Name, "重复行里不用这种填写方式")
		c.field(where+"."+column.Name, column, p.Items.Properties[column.Name])
	}
	c.wrong(!same(names, slices.Collect(maps.Keys(p.Items.Properties))), where, "列和数据规则里的不一样")
}

// element checks that a field keeps the rules of its data element or narrows them.
func (c *checker) element(where string, f matter.Field, p *property) {
	if f.Element == "" {
		c.doubtful(f.Widget != "rows", where, "“%s”没有数据元，合表时不能并成一格", f.Label)
		return
	}
	e, ok := c.lib.Find(f.Element)
	if !ok {
		c.wrong(true, where, "没有数据元“%s”", f.Element)
		return
	}
	rule := propertiesOf(e.Schema)
	if why := wider(p, &rule); why != "" {
		c.wrong(true, where, "比数据元“%s”宽：%s", e.Name, why)
	}
}

// wider says in which way p takes more than the element's rule, "" when it does not.
func wider(p, rule *property) string {
	codes := rule.codes()
	switch {
	case shapeOf(p) != shapeOf(rule):
		return "内容不是一种"
	case rule.Format != "" && p.Format != rule.Format && !(rule.Format == "cn-cert" && p.Format == "cn-id") && len(p.Enum) == 0: // every card's number is a certificate's number
		return "少了格式检查"
	case rule.MaxLength > 0 && len(p.Enum) == 0 && p.Pattern == "" && p.Format == "" && (p.MaxLength == 0 || p.MaxLength > rule.MaxLength):
		return fmt.Sprintf("最长%d字", rule.MaxLength)
	case len(p.Enum) == 0 && p.Pattern == "" && p.Format == "" && p.MinLength < rule.MinLength:
		return fmt.Sprintf("最少%d字", rule.MinLength)
	case len(codes) > 0 && (len(p.codes()) == 0 || !within(p.codes(), codes)):
		return "有数据元里没有的选项"
	}
	return ""
}

func shapeOf(p *property) string {
	switch {
	case p.Type != "array":
		return "string"
	case p.Items != nil && p.Items.Type == "object":
		return "rows"
	}
	return "multi"
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

func same(a, b []string) bool {
	return len(a) == len(b) && within(a, b)
}
