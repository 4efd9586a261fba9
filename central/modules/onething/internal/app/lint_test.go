package app

import (
	"strings"
	"testing"

	"tongban/central/modules/onething"
	"tongban/fleet/wire/matter"
)

// shop is a small theme over three items: a licence first, then a record and a sign side by side.
func shop() (onething.Theme, map[string]*matter.Item) {
	item := func(code string, days int, materials ...matter.Material) *matter.Item {
		return &matter.Item{Code: code, Name: "事项" + code, Office: "局", Promise: matter.Limit{Days: days, Unit: matter.Working}, Materials: materials,
			Questions: []matter.Question{{ID: "premises", Text: "店面是谁的？", Why: "证明不同", Options: []matter.Option{{Value: "own", Label: "自己的"}, {Value: "lease", Label: "租的"}}}}}
	}
	lease := matter.Material{Code: "lease", Name: "租赁合同", Plain: "租房合同", When: &matter.Cond{Q: "premises", Is: []string{"lease"}}}
	place := matter.Material{Code: "place", Name: "场所证明", Plain: "租房合同", When: &matter.Cond{Q: "premises", Is: []string{"lease"}}, Defer: 5}
	items := map[string]*matter.Item{"a": item("a", 1, lease), "b": item("b", 3, place), "c": item("c", 5)}
	own := func(code string) []onething.Given {
		return []onething.Given{{Question: "premises", From: "premises"}}
	}
	yes := []matter.Option{{Value: "yes", Label: "要"}, {Value: "no", Label: "不要"}}
	return onething.Theme{
		Code: "shop", Name: "开店", Object: "person", Stage: "开办", Summary: "开店", Lead: "局", LeadCode: "115107990079900198",
		Law: []matter.Law{{Name: "通知", Article: "全文"}}, Limit: matter.Limit{Days: 6, Unit: matter.Working},
		Questions: []matter.Question{
			{ID: "premises", Text: "店面是谁的？", Why: "证明不同", Options: items["a"].Questions[0].Options},
			{ID: "sign", Text: "挂不挂招牌？", Why: "招牌要备案", Options: yes},
		},
		Items: []onething.Member{
			{Item: "a", Role: "lead", Given: own("a")},
			{Item: "b", Role: "cooperate", Given: own("b"), After: []onething.Edge{{Item: "a", Pass: []string{"ZZHM"}}}},
			{Item: "c", Role: "cooperate", Given: own("c"), When: &matter.Cond{Q: "sign", Is: []string{"yes"}}, After: []onething.Edge{{Item: "a"}}},
		},
		Same: []onething.Same{{Name: "租房合同", Of: []onething.PaperRef{{Item: "a", Material: "lease"}, {Item: "b", Material: "place"}}}},
	}, items
}

func TestLintFindsPlantedFaults(t *testing.T) {
	theme, items := shop()
	if faults := Lint([]onething.Theme{theme}, items); len(faults) > 0 {
		t.Fatalf("the sound theme: %v", faults)
	}
	for want, plant := range map[string]func(*onething.Theme){
		"not in the catalogue":    func(t *onething.Theme) { t.Items[1].Item = "zz" },
		"leading items":           func(t *onething.Theme) { t.Items[1].Role = "lead" },
		"in a ring":               func(t *onething.Theme) { t.Items[0].After = []onething.Edge{{Item: "b"}} },
		"its longest way takes 6": func(t *onething.Theme) { t.Limit.Days = 5 },
		"is never needed": func(t *onething.Theme) {
			t.Items[2].When = &matter.Cond{All: []matter.Cond{*t.Items[2].When, {Q: "sign", Is: []string{"no"}}}}
		},
		"is never asked":           func(t *onething.Theme) { t.Items[2].When = nil },
		"no option \"maybe\"":      func(t *onething.Theme) { t.Items[2].When = &matter.Cond{Q: "sign", Is: []string{"maybe"}} },
		"has no material \"plan\"": func(t *onething.Theme) { t.Same[0].Of[1].Material = "plan" },
		"has no question \"size\"": func(t *onething.Theme) { t.Items[0].Given[0].Question = "size" },
		"no unified credit code":   func(t *onething.Theme) { t.LeadCode = "115107990079900199" },
		"waits for \"q\"":          func(t *onething.Theme) { t.Items[2].After[0].Item = "q" },
	} {
		theme, items := shop()
		plant(&theme)
		faults := Lint([]onething.Theme{theme}, items)
		found := false
		for _, f := range faults {
			found = found || strings.Contains(f.Error(), want)
		}
		if !found {
			t.Errorf("%q is not found: %v", want, faults)
		}
	}
}

func TestBundle(t *testing.T) {
	theme, items := shop()
	cases := []struct {
		answers map[string]string
		ask     string
		items   int
		steps   string
		days    int
		papers  []onething.Paper
		settled bool
	}{
		{map[string]string{}, "premises", 3, "a/b", 4, []onething.Paper{{Name: "租房合同", Need: matter.Undecided}}, false},
		{map[string]string{"premises": "lease"}, "sign", 3, "a/b", 4, []onething.Paper{{Name: "租房合同", Need: matter.Required}}, false},
		{map[string]string{"premises": "lease", "sign": "yes"}, "", 3, "a/b c", 6, []onething.Paper{{Name: "租房合同", Need: matter.Required}}, true},
		{map[string]string{"premises": "own", "sign": "no"}, "", 2, "a/b", 4, nil, true},
	}
	for _, c := range cases {
		b := compute(theme, items, c.answers)
		ask := ""
		if b.Ask != nil {
			ask = b.Ask.ID
		}
		steps := []string{}
		for _, s := range b.Steps {
			steps = append(steps, strings.Join(s, " "))
		}
		if ask != c.ask || len(b.Items) != c.items || strings.Join(steps, "/") != c.steps || b.Limit.Days != c.days || b.Settled != c.settled {
			t.Errorf("%v: ask %q, %d items, steps %v, %d days, settled %v", c.answers, ask, len(b.Items), steps, b.Limit.Days, b.Settled)
		}
		if len(b.Papers) != len(c.papers) {
			t.Errorf("%v: papers %+v", c.answers, b.Papers)
			continue
		}
		for i, p := range c.papers { // one paper for two items, as the stricter of them wants it
			if b.Papers[i].Name != p.Name || b.Papers[i].Need != p.Need || len(b.Papers[i].For) != 2 {
				t.Errorf("%v: paper %+v", c.answers, b.Papers[i])
			}
		}
	}
}
