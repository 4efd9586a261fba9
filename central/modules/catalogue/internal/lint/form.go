package lint

import (
	"encoding/json"
	"maps"
	"slices"

	"tongban/fleet/wire/matter"
	"tongban/fleet/wire/matter/form"
)

// widgets the kiosk can draw.
var widgets = []string{"text", "area", "phone", "digits", "date", "choice", "multi", "district", "readonly", "rows"}

// Keywords of JSON Schema that forms use. The others could refuse a value without a field to say so at.
var (
	formKeywords     = []string{"type", "additionalProperties", "properties", "required", "if", "then", "else", "allOf"}
	propertyKeywords = []string{"type", "title", "enum", "const", "minLength", "maxLength", "pattern", "x-message", "x-element", "format",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
	listKeywords = []string{"type", "title", "items", "minItems", "maxItems", "uniqueItems", "x-message", "x-element"}
)

// fixed formats bound the length of a value by themselves.
var fixed = []string{"cn-id", "cn-cert", "cn-mobile", "cn-uscc", "cn-date", "bank-card"}

func (l *linter) form() {
	fm := l.it.Form
	if l.en.FormID != "" && fm.ID == "" {
		return // put in when the item is published
	}
	l.say(fm.ID == "" || fm.Title == "", "form", "表单要有编号和标题", "form wants id and title")
	if err := form.Compile(fm); err != nil {
		l.say(true, "form", "表单的规则读不出来，请在表单设计器里检查", err.Error())
		return
	}
	var schema map[string]any
	if err := json.Unmarshal(fm.Schema, &schema); err != nil {
		l.say(true, "form", "表单的规则读不出来，请在表单设计器里检查", f("schema of form is no object: %v", err))
		return
	}
	for _, k := range slices.Sorted(maps.Keys(schema)) {
		l.say(!slices.Contains(formKeywords, k), "form", "表单规则里有不支持的写法 "+k, f("schema: keyword %s is not used in forms", k))
	}
	l.say(schema["type"] != "object" || schema["additionalProperties"] != false, "form", "表单规则要写明只收列出的字段", "schema: want type object and additionalProperties false")
	properties, _ := schema["properties"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p, _ := properties[name].(map[string]any)
		l.property(name, p)
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		s, _ := name.(string)
		l.say(properties[s] == nil, "form/"+s, "必填的字段“"+s+"”不存在", f("schema: requires %q, which is no property", s))
	}
	l.groups(properties)
}

func (l *linter) property(name string, p map[string]any) {
	path := "form/" + name
	keywords := propertyKeywords
	if p["type"] == "array" {
		keywords = listKeywords
	}
	for _, k := range slices.Sorted(maps.Keys(p)) {
		l.say(!slices.Contains(keywords, k), path, "字段“"+name+"”的规则里有不支持的写法 "+k, f("schema: property %s: keyword %s is not used in forms", name, k))
	}
	format, _ := p["format"].(string)
	l.say(format != "" && !slices.Contains(form.Formats(), format), path, "字段“"+name+"”没有这种格式", f("schema: property %s: no format %q", name, format))
	l.say(p["pattern"] != nil && p["x-message"] == nil, path, "字段“"+name+"”要写填错时说的那句话", f("schema: property %s: a pattern wants x-message, the sentence for a wrong value", name))
	switch p["type"] {
	case "string":
		bounded := p["maxLength"] != nil || p["enum"] != nil || p["const"] != nil || slices.Contains(fixed, format)
		l.say(!bounded, path, "字段“"+name+"”要写最多几个字", f("schema: property %s: how long may it be? maxLength", name))
	case "integer", "number":
		l.say(p["minimum"] == nil || p["maximum"] == nil, path, "字段“"+name+"”要写最小和最大值", f("schema: property %s: want minimum and maximum", name))
	case "boolean":
	case "array":
		l.say(p["maxItems"] == nil, path, "字段“"+name+"”要写最多几行", f("schema: property %s: want maxItems", name))
		items, _ := p["items"].(map[string]any)
		columns, _ := items["properties"].(map[string]any)
		for _, c := range slices.Sorted(maps.Keys(columns)) {
			column, _ := columns[c].(map[string]any)
			l.property(name+"/"+c, column)
		}
	default:
		l.say(true, path, "字段“"+name+"”没有写类型", f("schema: property %s: type %v is none", name, p["type"]))
	}
}

func (l *linter) groups(properties map[string]any) {
	it := l.it
	var ids, fields []string
	for _, g := range it.Form.Groups {
		path, title := "form/"+g.ID, "表单的一屏“"+g.Title+"”"
		ids = append(ids, g.ID)
		l.say(g.ID == "" || g.Title == "" || runes(g.Title) > maxTitle, path, f("%s的标题要1到%d个字", title, maxTitle), f("group %s: id and a title of at most %d characters are wanted", g.ID, maxTitle))
		l.cond(g.When, path, title, f("group %s", g.ID), len(it.Questions))
		l.say(g.Show != nil && !slices.Contains(fields, g.Show.Field), path, title+"的显示条件看的字段前面没有问过", f("group %s: shown by a field that is not asked before", g.ID))
		typed := 0
		for _, fd := range g.Fields {
			fields = append(fields, fd.Name)
			if fd.Widget != "readonly" {
				typed++
			}
			l.field(fd, properties)
		}
		l.say(len(g.Fields) == 0 || typed > 2, path, f("%s要填%d项，一屏放一到两项", title, typed), f("group %s: %d fields to fill in, one screen holds one or two", g.ID, typed))
	}
	l.say(len(ids) == 0, "form", "表单没有一屏可填", "form has no groups")
	l.say(repeated(ids), "form", "表单有两屏的编号一样", "a group's id stands twice")
	l.say(repeated(fields), "form", "有一个字段放在了两屏上", "a field stands on two screens")
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		l.say(!slices.Contains(fields, name), "form/"+name, "字段“"+name+"”没有放在任何一屏上", f("schema: property %s stands on no screen", name))
	}
}

func (l *linter) field(fd matter.Field, properties map[string]any) {
	path, title := "form/"+fd.Name, "字段“"+fd.Label+"”"
	l.say(properties[fd.Name] == nil, path, title+"在规则里没有", f("field %s is no property of the schema", fd.Name))
	l.say(fd.Label == "", path, "字段“"+fd.Name+"”没有写名称", f("field %s has no label", fd.Name))
	l.say(!slices.Contains(widgets, fd.Widget), path, title+"没有这种填法", f("field %s: no widget %q", fd.Name, fd.Widget))
	l.say(fd.Source != "" && !slices.Contains(form.Sources(), fd.Source), path, title+"自动填的来源不存在", f("field %s: no source %q", fd.Name, fd.Source))
	l.say(fd.Widget == "readonly" && fd.Source == "", path, title+"不让填，又没有来源", f("field %s: locked, but comes from nowhere", fd.Name))
	chosen := fd.Widget == "choice" || fd.Widget == "district" || fd.Widget == "multi"
	l.say(chosen != (len(fd.Options) > 0), path, title+"的选项和填法对不上", f("field %s: options and widget %s do not fit", fd.Name, fd.Widget))
	l.say(fd.Widget == "choice" && len(fd.Options) > 5, path, f("%s有%d个选项，一屏放5个", title, len(fd.Options)), f("field %s: %d options, a screen holds 5", fd.Name, len(fd.Options)))
	l.say((fd.Widget == "rows") != (len(fd.Columns) > 0), path, title+"是多行的才写每行的栏", f("field %s: columns and widget %s do not fit", fd.Name, fd.Widget))
	p, _ := properties[fd.Name].(map[string]any)
	if fd.Widget == "multi" {
		p, _ = p["items"].(map[string]any)
	}
	values, _ := p["enum"].([]any)
	for _, o := range fd.Options {
		l.say(!slices.Contains(values, any(o.Value)), path, title+"的选项“"+o.Label+"”在规则里没有", f("field %s: option %q is not in the schema's enum", fd.Name, o.Value))
	}
}
