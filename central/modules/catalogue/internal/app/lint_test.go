package app

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"tongban/central/modules/catalogue"
	"tongban/fleet/wire/matter"
)

// Each fault that somebody who writes an item can make is found, and said so that it can be mended.
func TestLintFindsPlantedFaults(t *testing.T) {
	when := func(q string, is ...string) *matter.Cond { return &matter.Cond{Q: q, Is: is} }
	for want, plant := range map[string]func(it *matter.Item){
		"no law: what does the item":     func(it *matter.Item) { it.Law = nil },
		"point hukou: no law":            func(it *matter.Item) { it.Points[1].Law = "" },
		`no question "kart"`:             func(it *matter.Item) { it.Materials[0].When = when("kart", "social") },
		`has no option "gold"`:           func(it *matter.Item) { it.Form.Groups[0].When = when("card", "gold") },
		"option here of elsewhere stops": func(it *matter.Item) { it.Points[0].When = when("elsewhere", "here") },
		"which comes later":              func(it *matter.Item) { it.Questions[0].When = when("elsewhere", "none") },
		"a condition has 2 parts":        func(it *matter.Item) { it.Materials[1].When.Not = when("card", "bank") },
		"lists no answer":                func(it *matter.Item) { it.Materials[1].When.Is = nil },
		"question idle is never asked":   func(it *matter.Item) { it.Questions = append(it.Questions, idle()) },
		"material stopped is never asked": func(it *matter.Item) {
			it.Materials[1].When = &matter.Cond{All: []matter.Cond{*when("card", "bank"), *when("card", "social")}}
		},
		"material hukou is never exempt": func(it *matter.Item) { never(&it.Materials[0]) },
		"why is it asked?":               func(it *matter.Item) { it.Questions[0].Why = "" },
		"every option stops":             func(it *matter.Item) { stopAll(it.Questions[1].Options) },
		"an option stands twice":         func(it *matter.Item) { it.Questions[0].Options[1].Value = "social" },
		"no review point looks at it":    func(it *matter.Item) { it.Points[1].Ref = "stopped" },
		`on "material" ref "passport"`:   func(it *matter.Item) { it.Points[1].Ref = "passport" },
		"promise is longer than the law": func(it *matter.Item) { it.Promise.Days = 21 },
		"promised within 0 days":         func(it *matter.Item) { it.Promise.Days = 0 },
		"statutory unit":                 func(it *matter.Item) { it.Statutory.Unit = "days" },
		"the statement is missing":       func(it *matter.Item) { it.Signers[0].Statement = "" },
		"nobody signs":                   func(it *matter.Item) { it.Signers = nil },
		"compile schema":                 func(it *matter.Item) { replace(it, `"type":"object"`, `"type":"thing"`) },
		"field street is no property":    func(it *matter.Item) { replace(it, `"street":{`, `"strasse":{`) },
		"property strasse stands on no":  func(it *matter.Item) { replace(it, `"street":{`, `"strasse":{`) },
		"how long may it be":             func(it *matter.Item) { replace(it, `"maxLength":60,`, ``) },
		"keyword not is not used":        func(it *matter.Item) { replace(it, `"properties":`, `"not":false,"properties":`) },
		"additionalProperties false":     func(it *matter.Item) { replace(it, `"additionalProperties":false`, `"additionalProperties":true`) },
		`no format "cn-mobil"`:           func(it *matter.Item) { replace(it, "cn-mobile", "cn-mobil") },
		"a field stands on two screens":  func(it *matter.Item) { it.Form.Groups[0].Fields = it.Form.Groups[3].Fields },
		"locked, but comes from nowhere": func(it *matter.Item) { it.Form.Groups[2].Fields[0].Source = "" },
		"is not in the schema's enum": func(it *matter.Item) {
			it.Form.Groups[2].Fields[2].Options = []matter.Option{{Value: "x", Label: "某街道"}}
		},
		"needs: papers are asked for": func(it *matter.Item) { it.Needs = []string{"idcard"} },
		"exempt and exempt_by belong": func(it *matter.Item) { it.Materials[0].ExemptBy = "某处能查到" },
		"name has 25 characters":      func(it *matter.Item) { it.Name = strings.Repeat("名", 25) },
		"office_code is no unified":   func(it *matter.Item) { it.OfficeCode = "11510799007991011M" },
		"the screen says three":       func(it *matter.Item) { it.Notice = it.Notice[:2] },
		`category "nowhere" is none`:  func(it *matter.Item) { it.Category = "nowhere" },
		`result type "money"`:         func(it *matter.Item) { it.Result.Type = "money" },
		"a further signer is read in": func(it *matter.Item) {
			it.Signers = append(it.Signers, matter.Signer{Role: "son", Label: "儿子", Statement: "我同意父亲申请高龄津贴。"})
		},
		"form.phone is collected and not listed": func(it *matter.Item) {
			it.Inventory = slices.DeleteFunc(it.Inventory, func(d matter.Datum) bool { return d.Field == "form.phone" })
		},
		"applicant.name is collected and not list": func(it *matter.Item) { it.Inventory = it.Inventory[1:] },
		"signer.id_number is collected":            func(it *matter.Item) { it.Signers[0].OwnCard = true },
		"\"form.hobby\" is nothing that can be":    func(it *matter.Item) { it.Inventory[0].Field = "form.hobby" },
		"says no purpose":                          func(it *matter.Item) { it.Inventory[2].Purpose = "用" },
		"kept by no rule":                          func(it *matter.Item) { it.Inventory[2].Keep = "" },
		"unknown class":                            func(it *matter.Item) { it.Inventory[2].Class = "person.hobby" },
	} {
		it := item(t, "glbt")
		plant(it)
		faults := errors.Join(Lint(Seed{Categories: shipped(t).Categories, Items: []catalogue.Entry{{Item: *it}}})...)
		if faults == nil || !strings.Contains(faults.Error(), want) {
			t.Errorf("%q is not among:\n%v", want, faults)
		}
	}
}

func TestLintComparesItems(t *testing.T) {
	it := item(t, "glbt")
	faults := errors.Join(Lint(Seed{Categories: shipped(t).Categories, Items: []catalogue.Entry{{Item: *it}, {Item: *it}}})...)
	for _, want := range []string{"code is taken", "name is taken", "place 1 of the frequent ones is taken"} {
		if faults == nil || !strings.Contains(faults.Error(), want) {
			t.Errorf("%q is not among:\n%v", want, faults)
		}
	}
}

func idle() matter.Question {
	return matter.Question{ID: "idle", Text: "今天天气好吗？", Why: "随便问问", Options: []matter.Option{{Value: "a", Label: "好"}, {Value: "b", Label: "不好"}}}
}

func never(m *matter.Material) {
	bank := matter.Cond{Q: "card", Is: []string{"bank"}}
	m.Exempt, m.ExemptBy = &matter.Cond{All: []matter.Cond{bank, {Not: &bank}}}, "某处能查到"
}

func stopAll(options []matter.Option) {
	for i := range options {
		options[i].Stop = "办不了"
	}
}

func replace(it *matter.Item, old, new string) {
	it.Form.Schema = bytes.ReplaceAll(it.Form.Schema, []byte(old), []byte(new))
}
