package app

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/lint"
	"tongban/fleet/wire/matter"
)

// shippedContext is the shipped catalogue with a form and a theme that lean on it.
func shippedContext(s Seed) lint.Context {
	c := s.Context()
	c.Forms = map[string]bool{"spxj-record": true}
	c.Themes = []lint.Theme{{Code: "ktyd", Name: "开小吃店", Items: []string{"spxj", "jzz"}, Papers: [][2]string{{"spxj", "licence"}}}}
	return c
}

// Ten faults of ten kinds are planted in a copy of the shipped catalogue, one at a time: each is found and named, and nothing else is
// said of a catalogue that has none.
func TestTenPlantedFaults(t *testing.T) {
	at := func(s *Seed, code string) *catalogue.Entry {
		i := slices.IndexFunc(s.Items, func(en catalogue.Entry) bool { return en.Code == code })
		return &s.Items[i]
	}
	when := func(q string, is ...string) *matter.Cond { return &matter.Cond{Q: q, Is: is} }
	before := map[string]bool{}
	s := readSeed(t)
	for _, f := range lint.Check(s.Items, shippedContext(s)) {
		before[f.Item+f.Path+f.Cause] = true
		if f.Rule != "must" {
			t.Errorf("the shipped catalogue: %s %s %s (%s)", f.Severity, f.Item, f.Text, f.Cause)
		}
	}

	for name, c := range map[string]struct {
		plant            func(s *Seed, c *lint.Context)
		item, path, text string
	}{
		"1 unreachable option": {func(s *Seed, _ *lint.Context) {
			q := &at(s, "spxj").Questions[2]
			at(s, "spxj").Questions[3].When = when("premises", "lent")
			at(s, "spxj").Questions = append(at(s, "spxj").Questions, matter.Question{ID: "market", Text: "在集中交易市场里吗？", Why: "市场开办方可以出证明",
				When:    &matter.Cond{All: []matter.Cond{*when("premises", "own"), *when("premises", "lease")}},
				Options: []matter.Option{{Value: "yes", Label: "在"}, {Value: "no", Label: "不在"}}})
			_ = q
		}, "spxj", "situations/market", "永远不会问"},
		"2 contradictory material rules": {func(s *Seed, _ *lint.Context) {
			en := at(s, "spxj")
			m := en.Materials[0] // 营业执照, free where it was issued here
			m.Code, m.Exempt, m.ExemptBy = "licence2", nil, ""
			en.Materials = append(en.Materials, m)
			en.Points = append(en.Points, matter.Point{ID: "licence2", On: "material", Ref: "licence2", Text: "再看一遍执照", Law: "食品安全法第三十五条"})
		}, "spxj", "materials/licence2", "同样的回答下"},
		"3 missing law": {func(s *Seed, _ *lint.Context) { at(s, "jzz").Points[1].Law = "" }, "jzz", "points/", "没有依据"},
		"4 point without element": {func(s *Seed, _ *lint.Context) {
			en := at(s, "glbt")
			en.Smart = &catalogue.Smart{Model: "full", Reason: "条件客观，数据可得，可以全程自动审查"}
			for _, p := range en.Points[1:] {
				en.Smart.Rules = append(en.Smart.Rules, catalogue.SmartRule{ID: "r" + p.ID, Point: p.ID, Expr: "年龄 >= 80", Fail: "不满80周岁", Algorithm: "expr"})
			}
			en.Smart.Elements = []catalogue.SmartElement{{ID: "年龄", Name: "年龄", Type: "number", Carrier: "idcard", Ref: "birth"}}
		}, "glbt", "points/", "没有审查规则"},
		"5 promise over the law": {func(s *Seed, _ *lint.Context) { at(s, "spxj").Promise.Days = 15 }, "spxj", "PROMISE_DAY", "超过法定"},
		"6 steps over the promise": {func(s *Seed, _ *lint.Context) {
			at(s, "spxj").Steps = []catalogue.Step{{ID: "look", Name: "审查", Dept: "市场监管", Role: "审批人员", Limit: matter.Limit{Days: 2, Unit: "working"}},
				{ID: "decide", Name: "决定", Dept: "市场监管", Role: "负责人", Limit: matter.Limit{Days: 2, Unit: "working"}}}
		}, "spxj", "steps", "超过承诺"},
		"7 one paper under two names": {func(s *Seed, _ *lint.Context) {
			en := at(s, "spxj")
			for _, x := range [][2]string{{"place", "场所证明"}, {"use", "经营场所使用证明"}} {
				en.Materials = append(en.Materials, matter.Material{Code: x[0], Name: x[1], Plain: x[1], Why: "证明店面可以用来经营", MaxPages: 2, Copies: 1})
				en.Points = append(en.Points, matter.Point{ID: x[0], On: "material", Ref: x[0], Text: "看" + x[1], Law: "食品安全法第三十三条"})
			}
		}, "spxj", "materials/use", "像是同一份材料"},
		"8 broken theme": {func(_ *Seed, c *lint.Context) { c.Themes[0].Items = append(c.Themes[0].Items, "gone") }, "ktyd", "themes/ktyd", "不在目录里"},
		"9 broken form":  {func(s *Seed, _ *lint.Context) { at(s, "spxj").FormID = "spxj-old" }, "spxj", "FORM_GUID", "已发布的表单"},
		"10 wrong task code": {func(s *Seed, _ *lint.Context) {
			en := at(s, "scjg001")
			en.TaskCode = en.TaskCode[:17] + "0" + en.TaskCode[18:]
		}, "scjg001", "TASK_CODE", "实施编码不对"},
		"11 must-have missing": {func(s *Seed, _ *lint.Context) { at(s, "scjg001").National.LinkWay = "" }, "scjg001", "LINK_WAY", "“咨询方式”还没填"},
		"12 a rule that can never hold": {func(s *Seed, _ *lint.Context) {
			at(s, "spxj").Materials[5].When = &matter.Cond{All: []matter.Cond{*when("kind", "meal"), *when("kind", "retail")}}
		}, "spxj", "materials/layout", "什么情形下都不会要"},
		"13 a code twice": {func(s *Seed, _ *lint.Context) {
			twin := *at(s, "scjg001")
			twin.Code, twin.Name = "scjg999", "特种设备使用登记（变更）"
			s.Items = append(s.Items, twin)
		}, "scjg999", "TASK_CODE", "“特种设备使用登记”重了"},
		"14 needed and free at once": {func(s *Seed, _ *lint.Context) {
			en := at(s, "cxbx")
			en.Papers = append(en.Papers, catalogue.Trait{Code: "aid", Type: "original", Format: "paper", Need: "always", Source: "self", Standard: "清楚"})
		}, "cxbx", "materials/aid", ""},
	} {
		s := readSeed(t)
		x := shippedContext(s)
		c.plant(&s, &x)
		found := false
		for _, f := range lint.Check(s.Items, x) {
			if before[f.Item+f.Path+f.Cause] {
				continue
			}
			found = found || f.Item == c.item && strings.HasPrefix(f.Path, c.path) && strings.Contains(f.Text, c.text)
			if !strings.ContainsFunc(f.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.ContainsFunc(f.Cause[:1], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: words %q, cause %q", name, f.Text, f.Cause)
			}
		}
		if !found {
			t.Errorf("%s: not found among", name)
			for _, f := range lint.Check(s.Items, x) {
				if !before[f.Item+f.Path+f.Cause] {
					t.Logf("   %s %s %s", f.Item, f.Path, f.Text)
				}
			}
		}
	}
}

// One item is looked at as it would stand among the others.
func TestOneItemAmongTheOthers(t *testing.T) {
	s := readSeed(t)
	en := s.Items[0]
	en.Name = s.Items[1].Name
	found := lint.One(&en, s.Items, s.Context())
	if !slices.ContainsFunc(found, func(f lint.Finding) bool { return f.Path == "TASK_NAME" && f.Severity == lint.Fault }) {
		t.Errorf("a name that is taken is not found: %v", found)
	}
	if more := lint.Faults(lint.One(&s.Items[1], s.Items, s.Context())); slices.ContainsFunc(more, func(f lint.Finding) bool { return f.Rule != "must" }) {
		t.Errorf("a sound item: %v", more)
	}
}
