package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/modules/catalogue"
	"tongban/central/modules/catalogue/internal/diff"
	"tongban/central/modules/catalogue/internal/elements"
	"tongban/fleet/wire/matter"
)

func entry() *catalogue.Entry {
	e := &catalogue.Entry{Item: matter.Item{
		Code: "x", Name: "样例事项", Statutory: matter.Limit{Days: 20, Unit: matter.Working}, Promise: matter.Limit{Days: 3, Unit: matter.Working},
		Conditions: []string{"年满80周岁", "户籍在本区"}, Handling: matter.Promised,
		Questions: []matter.Question{{ID: "shop", Text: "店面是租的还是自己的？", Why: "租的要看合同", Options: []matter.Option{{Value: "own", Label: "自己的"}, {Value: "rent", Label: "租的"}}}},
		Materials: []matter.Material{
			{Code: "id", Name: "身份证复印件", Copies: 1},
			{Code: "lease", Name: "租赁合同", When: &matter.Cond{Q: "shop", Is: []string{"rent"}}, Copies: 1},
		},
	}}
	e.Steps = []catalogue.Step{{ID: "accept", Name: "受理", Limit: matter.Limit{Days: 1, Unit: matter.Working}}}
	return e
}

func TestWords(t *testing.T) {
	table, err := elements.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, b := entry(), entry()
	if d := diff.Compare(table, a, b); len(d) != 0 {
		t.Errorf("equal entries differ: %v", d)
	}
	b.Promise.Days = 7
	b.Conditions = []string{"年满80周岁", "常住本区"}
	b.Materials = b.Materials[1:]
	b.Materials[0].Copies = 2
	b.Materials[0].When = &matter.Cond{Q: "market", Is: []string{"in"}}
	b.Questions = append(b.Questions, matter.Question{ID: "market", Text: "在集中交易市场内吗？", Options: []matter.Option{{Value: "in", Label: "在"}, {Value: "out", Label: "不在"}}})
	b.Questions[0].Options[1].Label = "租来的"
	b.Steps[0].Limit.Days = 2
	b.Form.Groups = []matter.Group{{ID: "g", Fields: []matter.Field{{Name: "phone", Label: "联系电话"}}}}
	var got []string
	for _, c := range diff.Compare(table, a, b) {
		got = append(got, c.Element+" "+c.Kind+" "+c.Words)
	}
	want := []string{
		"PROMISE_DAY changed 承诺时限：3个工作日 → 7个工作日",
		"APPLY_CONDITION changed 申请条件：新增“常住本区”，去掉“户籍在本区”",
		"materials/lease changed 材料“租赁合同”的需要的情形：“店面是租的还是自己的？”答“租的” → “在集中交易市场内吗？”答“在”",
		"materials/lease changed 材料“租赁合同”的份数：1 → 2",
		"materials/id removed 材料“身份证复印件”不再要",
		"situations/shop changed 情形“店面是租的还是自己的？”的选项：租的 → 租来的",
		"situations/market added 新增情形“在集中交易市场内吗？”：在、不在",
		"steps/accept changed 环节“受理”的环节时限：1 → 2",
		"form added 表单新增“联系电话”",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
