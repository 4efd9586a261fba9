package design

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter/form"
)

// Keywords of JSON Schema that forms use. The others could refuse a value without a field to say so at, or are not known to
// every judge.
var (
	topKeywords   = []string{"type", "additionalProperties", "properties", "required", "allOf", "title"}
	textKeywords  = []string{"type", "title", "enum", "const", "minLength", "maxLength", "pattern", "x-message", "x-element", "format"}
	listKeywords  = []string{"type", "title", "items", "uniqueItems", "minItems", "maxItems", "x-element"}
	linesKeywords = []string{"type", "additionalProperties", "properties", "required"}
)

// fixed formats bound the length of a value by themselves.
var fixed = []string{"cn-id", "cn-cert", "cn-mobile", "cn-uscc", "cn-date", "bank-card", "cn-name"}

var (
	propertyName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	formID       = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)
)

// GoodID reports whether a form may be called so.
func GoodID(id string) bool { return formID.MatchString(id) }

// checker collects what is wrong with one design.
type checker struct {
	d      forms.Design
	lib    Library
	schema property
	faults []forms.Fault
}

// Verify returns what is wrong with a design (设计检查), nothing when it may be published.
func Verify(d forms.Design, lib Library) []forms.Fault {
	c := &checker{d: d, lib: lib, faults: []forms.Fault{}}
	c.wrong(!GoodID(d.ID), "", "表单编号用小写字母、数字和横线，2到40位")
	c.wrong(d.Title == "" || runes(d.Title) > 40, "", "表名要有，最多40个字")
	if settled, err := Settle(d); err == nil {
		c.d = settled
	}
	if c.rules() {
		c.screens()
	}
	c.paper()
	return c.faults
}

// Stops reports whether any of the faults stands in the way of publishing.
func Stops(faults []forms.Fault) bool {
	return slices.ContainsFunc(faults, func(f forms.Fault) bool { return !f.Warn })
}

func (c *checker) wrong(is bool, where, words string, args ...any) {
	if is {
		c.faults = append(c.faults, forms.Fault{Where: where, Words: fmt.Sprintf(words, args...)})
	}
}

func (c *checker) doubtful(is bool, where, words string, args ...any) {
	if is {
		c.faults = append(c.faults, forms.Fault{Where: where, Words: fmt.Sprintf(words, args...), Warn: true})
	}
}

// rules checks the schema and reports whether the rest can be looked at.
func (c *checker) rules() bool {
	var top map[string]any
	if err := json.Unmarshal(c.d.Schema, &top); err != nil {
		c.wrong(true, "schema", "数据规则读不出来")
		return false
	}
	properties, _ := top["properties"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(top)) {
		c.wrong(!slices.Contains(topKeywords, k), "schema", "数据规则里不用“%s”", k)
	}
	c.wrong(top["type"] != "object" || top["additionalProperties"] != false, "schema", "数据规则要写明只收列出的项")
	for _, rule := range listOf(top["allOf"]) {
		part, _ := rule.(map[string]any)
		c.wrong(part["x-show"] == nil, "schema", "条件由屏幕分组写出，不手写")
	}
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p, _ := properties[name].(map[string]any)
		c.property("schema."+name, name, p)
	}
	for _, v := range listOf(top["required"]) {
		name, _ := v.(string)
		c.wrong(properties[name] == nil, "schema."+name, "必填的“%s”不在表里", name)
	}
	if len(c.faults) > 0 && Stops(c.faults) {
		// What cannot be compiled below is explained above more plainly.
		c.schema = propertiesOf(c.d.Schema)
		return true
	}
	if err := form.Compile(c.d.Form()); err != nil {
		c.wrong(true, "schema", "数据规则用不了：%v", err)
		return false
	}
	c.schema = propertiesOf(c.d.Schema)
	return true
}

func (c *checker) property(where, name string, p map[string]any) {
	c.wrong(!propertyName.MatchString(name), where, "字段名用小写字母、数字和下划线，以字母开头")
	allowed := textKeywords
	switch p["type"] {
	case "string":
		c.text(where, p)
	case "array":
		allowed = listKeywords
		c.list(where, p)
	default:
		c.wrong(true, where, "只有文字、多选和重复行三种内容")
	}
	for _, k := range slices.Sorted(maps.Keys(p)) {
		c.wrong(!slices.Contains(allowed, k), where, "不用规则“%s”", k)
	}
}

func (c *checker) text(where string, p map[string]any) {
	format, _ := p["format"].(string)
	c.wrong(format != "" && !slices.Contains(form.Formats(), format), where, "没有“%s”这种格式", format)
	bounded := p["maxLength"] != nil || p["enum"] != nil || p["const"] != nil || slices.Contains(fixed, format)
	c.wrong(!bounded, where, "最长多少字？")
	low, _ := p["minLength"].(float64)
	high, limited := p["maxLength"].(float64)
	c.wrong(limited && (low > high || high < 1 || high > 2000), where, "字数范围不对")
	if pattern, ok := p["pattern"].(string); ok {
		message, _ := p["x-message"].(string)
		c.wrong(message == "", where, "写法有要求的，要写一句提示")
		why := Portable(pattern)
		c.wrong(why != "", where, "写法要求：%s", why)
	}
	c.enum(where, p)
}

func (c *checker) enum(where string, p map[string]any) {
	if p["enum"] == nil {
		return
	}
	seen := map[string]bool{}
	values := listOf(p["enum"])
	c.wrong(len(values) == 0, where, "没有可选的")
	for _, v := range values {
		s, ok := v.(string)
		c.wrong(!ok || s == "" || seen[s], where, "可选的内容有空的或重复的")
		seen[s] = true
	}
}

func (c *checker) list(where string, p map[string]any) {
	items, _ := p["items"].(map[string]any)
	low, _ := p["minItems"].(float64)
	high, _ := p["maxItems"].(float64)
	c.wrong(high < 1 || high > 100 || low > high, where, "最多几项（1到100）、最少几项要写对")
	if items["type"] != "object" {
		c.wrong(items["type"] != "string" || items["enum"] == nil || len(items) > 2, where, "多选要列出可选的内容")
		c.wrong(p["uniqueItems"] != true, where, "多选不能选两次一样的")
		c.enum(where, items)
		return
	}
	for _, k := range slices.Sorted(maps.Keys(items)) {
		c.wrong(!slices.Contains(linesKeywords, k), where, "重复行里不用规则“%s”", k)
	}
	c.wrong(items["additionalProperties"] != false, where, "重复行要写明只收列出的列")
	columns, _ := items["properties"].(map[string]any)
	c.wrong(len(columns) == 0 || len(columns) > 10, where, "重复行有1到10列")
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		column, _ := columns[name].(map[string]any)
		at := where + "." + name
		c.wrong(column["type"] != "string", at, "重复行的每一列都是文字")
		c.property(at, name, column)
	}
	for _, v := range listOf(items["required"]) {
		name, _ := v.(string)
		c.wrong(columns[name] == nil, where, "必填的列“%s”不在表里", name)
	}
}

func listOf(v any) []any {
	l, _ := v.([]any)
	return l
}

func runes(s string) int { return len([]rune(s)) }
