package design

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tongban/central/modules/forms"
	"tongban/fleet/wire/matter"
)

// Change is one difference between two versions in words (改动说明).
type Change struct {
	Where string `json:"where"`
	Words string `json:"words"`
}

// Digest is the sha-256 of a design without its version.
func Digest(d forms.Design) string {
	d.Version = 0
	sum := sha256.Sum256([]byte(jsonOf(d)))
	return hex.EncodeToString(sum[:])
}

func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error() // a design is plain data; this differs from every other
	}
	return string(b)
}

// spot is a field with where it stands and what its rules are.
type spot struct {
	group string
	field matter.Field
	rule  *property
	asked bool
}

func spots(d forms.Design) (map[string]spot, []string) {
	p := propertiesOf(d.Schema)
	asked := p.asked()
	all, order := map[string]spot{}, []string{}
	for _, g := range d.Screens {
		for _, f := range g.Fields {
			rule := p.Properties[f.Name]
			if rule == nil {
				rule = &property{}
			}
			all[f.Name] = spot{g.ID, f, rule, asked[f.Name]}
			order = append(order, f.Name)
		}
	}
	return all, order
}

// Diff tells what changed from one version to another, field by field.
func Diff(was, now forms.Design) []Change {
	changes := []Change{}
	say := func(where, words string, args ...any) {
		changes = append(changes, Change{where, fmt.Sprintf(words, args...)})
	}
	if was.Title != now.Title {
		say("", "表名：%s → %s", was.Title, now.Title)
	}
	old, oldOrder := spots(was)
	fresh, order := spots(now)
	for _, name := range order {
		a, known := old[name]
		b := fresh[name]
		where := "schema." + name
		if !known {
			say(where, "新增“%s”%s", b.field.Label, map[bool]string{true: "（必填）"}[b.asked])
			continue
		}
		for _, words := range fieldChanges(a, b) {
			say(where, "“%s”%s", b.field.Label, words)
		}
	}
	for _, name := range oldOrder {
		if _, kept := fresh[name]; !kept {
			say("schema."+name, "去掉“%s”", old[name].field.Label)
		}
	}
	changes = append(changes, groupChanges(was.Screens, now.Screens)...)
	if jsonOf(was.Paper) != jsonOf(now.Paper) {
		changes = append(changes, paperChanges(was.Paper, now.Paper)...)
	}
	return changes
}

// fieldChanges lists what is different about one field.
func fieldChanges(a, b spot) []string {
	var out []string
	add := func(differs bool, words string, args ...any) {
		if differs {
			out = append(out, fmt.Sprintf(words, args...))
		}
	}
	add(a.field.Label != b.field.Label, "原来叫“%s”", a.field.Label)
	add(a.asked != b.asked, "改为%s", map[bool]string{true: "必填", false: "可不填"}[b.asked])
	add(a.field.Widget != b.field.Widget, "的填写方式：%s → %s", widgetWords[a.field.Widget], widgetWords[b.field.Widget])
	add(a.field.Element != b.field.Element, "的数据元：%s → %s", orNone(a.field.Element), orNone(b.field.Element))
	add(a.field.Hint != b.field.Hint, "的提示：%s → %s", orNone(a.field.Hint), orNone(b.field.Hint))
	add(a.field.Source != b.field.Source, "的来源有改动")
	add(a.field.Masked != b.field.Masked, "改为%s", map[bool]string{true: "遮盖显示", false: "不遮盖显示"}[b.field.Masked])
	add(a.rule.MaxLength != b.rule.MaxLength, "最长：%s → %s", length(a.rule.MaxLength), length(b.rule.MaxLength))
	add(a.rule.MinLength != b.rule.MinLength, "最短：%s → %s", length(a.rule.MinLength), length(b.rule.MinLength))
	add(a.rule.Format != b.rule.Format || a.rule.Pattern != b.rule.Pattern, "的写法要求有改动")
	add(a.rule.MinItems != b.rule.MinItems || a.rule.MaxItems != b.rule.MaxItems, "的数量：%d–%d → %d–%d", a.rule.MinItems, a.rule.MaxItems, b.rule.MinItems, b.rule.MaxItems)
	before, after := labels(a.field.Options), labels(b.field.Options)
	for _, o := range after {
		add(!slices.Contains(before, o), "多了选项“%s”", o)
	}
	for _, o := range before {
		add(!slices.Contains(after, o), "少了选项“%s”", o)
	}
	was, now := labels(columnOptions(a.field.Columns)), labels(columnOptions(b.field.Columns))
	add(!slices.Equal(was, now), "的列：%s → %s", strings.Join(was, "、"), strings.Join(now, "、"))
	return out
}

func columnOptions(columns []matter.Field) []matter.Option {
	out := make([]matter.Option, len(columns))
	for i, c := range columns {
		out[i].Label = c.Label
	}
	return out
}

func groupChanges(was, now []matter.Group) []Change {
	var out []Change
	old := map[string]matter.Group{}
	for _, g := range was {
		old[g.ID] = g
	}
	for _, g := range now {
		where := "screens." + g.ID
		a, known := old[g.ID]
		switch {
		case !known:
			out = append(out, Change{where, "新增一屏“" + g.Title + "”"})
			continue
		case a.Title != g.Title:
			out = append(out, Change{where, "屏幕标题：" + a.Title + " → " + g.Title})
		}
		if jsonOf(a.Show) != jsonOf(g.Show) {
			out = append(out, Change{where, "“" + g.Title + "”什么时候出现：" + showWords(a.Show) + " → " + showWords(g.Show)})
		}
		delete(old, g.ID)
	}
	for _, g := range was {
		if _, gone := old[g.ID]; gone {
			out = append(out, Change{"screens." + g.ID, "去掉一屏“" + g.Title + "”"})
		}
	}
	return out
}

func showWords(s *matter.Filled) string {
	if s == nil {
		return "一直出现"
	}
	return s.Field + "填了" + strings.Join(s.Is, "或")
}

func paperChanges(was, now forms.Paper) []Change {
	var out []Change
	if was.Pages != now.Pages {
		out = append(out, Change{"paper", fmt.Sprintf("纸面：%d页 → %d页", was.Pages, now.Pages)})
	}
	old := map[string]forms.Block{}
	for _, b := range was.Blocks {
		old[b.ID] = b
	}
	for _, b := range now.Blocks {
		a, known := old[b.ID]
		delete(old, b.ID)
		switch {
		case !known:
			out = append(out, Change{"paper." + b.ID, fmt.Sprintf("纸面第%d页新增%s", b.Page, kindWords[b.Kind])})
		case jsonOf(a) != jsonOf(b):
			out = append(out, Change{"paper." + b.ID, fmt.Sprintf("纸面第%d页的%s改了", b.Page, kindWords[b.Kind])})
		}
	}
	for _, b := range was.Blocks {
		if _, gone := old[b.ID]; gone {
			out = append(out, Change{"paper." + b.ID, fmt.Sprintf("纸面第%d页去掉%s", b.Page, kindWords[b.Kind])})
		}
	}
	return out
}

func labels(options []matter.Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Label
	}
	return out
}

func orNone(s string) string {
	if s == "" {
		return "无"
	}
	return s
}

func length(n int) string {
	if n == 0 {
		return "不限"
	}
	return fmt.Sprintf("%d字", n)
}

var widgetWords = map[string]string{
	"text": "文字", "area": "长文字", "phone": "手机号", "digits": "数字", "date": "日期", "choice": "单选", "multi": "多选", "district": "区县街道",
	"readonly": "读卡带入", "rows": "重复行",
}

var kindWords = map[string]string{
	forms.KindTitle: "标题", forms.KindText: "说明文字", forms.KindField: "填写项", forms.KindTable: "表格", forms.KindSignature: "手写签名",
	forms.KindSeal: "印章位", forms.KindQR: "二维码", forms.KindHeader: "页眉", forms.KindFooter: "页脚", forms.KindLine: "横线",
}
