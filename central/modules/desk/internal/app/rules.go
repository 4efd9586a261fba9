package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/audit"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/modules/desk"
	"tongban/central/modules/desk/internal/store"
	"tongban/fleet/wire/matter"
)

// PersonRow is one person that can be named.
type PersonRow struct {
	ID    string   `json:"id"`
	Login string   `json:"login"`
	Name  string   `json:"name"`
	Posts []string `json:"posts" nullable:"false"`
}

// RuleRow is one item with its rule in force.
type RuleRow struct {
	Item         string `json:"item"`
	Name         string `json:"name"`
	Department   string `json:"department" doc:"部门编号，空是组织里没有这个部门"`
	Office       string `json:"office"`
	Sign         bool   `json:"sign"`
	Version      int    `json:"version"`
	Text         string `json:"text"`
	ChangedAt    string `json:"changed_at"`
	ChangedBy    string `json:"changed_by"`
	NobodyToSign bool   `json:"nobody_to_sign" doc:"配置了签收，但没有人能签"`
}

// RuleVersion is one kept version.
type RuleVersion struct {
	Version int       `json:"version"`
	By      string    `json:"by"`
	At      string    `json:"at"`
	Reason  string    `json:"reason"`
	Rule    desk.Rule `json:"rule"`
}

// RuleDetail is one item's rule with what it can be made of.
type RuleDetail struct {
	RuleRow
	Rule      desk.Rule        `json:"rule"`
	People    []PersonRow      `json:"people" nullable:"false"`
	Posts     []string         `json:"all_posts" nullable:"false"`
	Materials []desk.RulePaper `json:"all_materials" nullable:"false"`
	Versions  []RuleVersion    `json:"versions" nullable:"false"`
}

// Rules lists every item that is decided in days, with what happens to its cases.
func (a *App) Rules(ctx context.Context) ([]RuleRow, error) {
	items, err := a.Items.Items(ctx)
	if err != nil {
		return nil, fmt.Errorf("list items: %w", err)
	}
	made := map[string]store.Rule{}
	err = a.DB.View(ctx, func(q db.Query) error {
		all, err := store.Rules(ctx, q)
		for _, r := range all {
			made[r.Item] = r
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := []RuleRow{}
	for _, it := range items {
		if it.Handling == matter.Immediate {
			continue // ends at the counter
		}
		row, _, err := a.ruleRow(ctx, it, made[it.Code])
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(x, y RuleRow) int { return y.Version - x.Version })
	return out, nil
}

func (a *App) ruleRow(ctx context.Context, it matter.Item, row store.Rule) (RuleRow, desk.Rule, error) {
	r := RuleRow{Item: it.Code, Name: it.Name, Office: it.Office, Text: "不用签收，受理后直接审查"}
	d, found, err := a.Offices.FindDepartment(ctx, it.OfficeCode, it.Office)
	if err != nil {
		return r, desk.Rule{}, fmt.Errorf("find department of %s: %w", it.Code, err)
	}
	if found {
		r.Department = d.ID
	}
	rule, err := bodyOf(row)
	if err != nil || row.Version == 0 {
		return r, rule, err
	}
	r.Version, r.ChangedAt, r.ChangedBy, r.Sign = row.Version, stamp(row.At), row.By, rule.Sign
	if rule.Sign {
		r.Text = ruleText(rule)
		people, err := a.peopleOf(ctx, r.Department)
		if err != nil {
			return r, rule, err
		}
		r.NobodyToSign = !slices.ContainsFunc(people, func(p PersonRow) bool { return rule.Names(p.Login, p.Posts) })
	}
	return r, rule, nil
}

func ruleText(r desk.Rule) string {
	who := strings.Join(append(slices.Clone(r.Posts), r.Signers...), "、")
	text := who + " 签收；只传电子件"
	if r.Papers == "paper" {
		day := "当天"
		if r.Days > 0 {
			day = fmt.Sprintf("%d 个工作日内", r.Days)
		}
		text = who + " 签收；纸质件" + day + " " + orElse(r.Time, "17:00") + " 前送到"
	}
	if r.StepDays > 0 {
		text += fmt.Sprintf("；环节 %d 个工作日", r.StepDays)
	}
	return text
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// Rule returns one item's rule.
func (a *App) Rule(ctx context.Context, item string) (d RuleDetail, err error) {
	it, err := a.Items.Item(ctx, item, 0)
	if err != nil {
		return d, err
	}
	d = RuleDetail{Posts: []string{}, Materials: defaultPapers(it.Materials), Versions: []RuleVersion{}}
	var row store.Rule
	err = a.DB.View(ctx, func(q db.Query) (err error) {
		if row, _, err = store.FindRule(ctx, q, item); err != nil {
			return err
		}
		versions, err := store.RuleVersions(ctx, q, item)
		for _, v := range versions {
			body, err := bodyOf(v)
			if err != nil {
				return err
			}
			d.Versions = append(d.Versions, RuleVersion{Version: v.Version, By: v.By, At: stamp(v.At), Reason: v.Reason, Rule: body})
		}
		return err
	})
	if err != nil {
		return d, err
	}
	if d.RuleRow, d.Rule, err = a.ruleRow(ctx, it, row); err != nil {
		return d, err
	}
	if d.People, err = a.peopleOf(ctx, d.Department); err != nil {
		return d, err
	}
	for _, p := range d.People {
		d.Posts = append(d.Posts, p.Posts...)
	}
	d.Posts = sortedNames(append(d.Posts, d.Rule.Posts...))
	return d, nil
}

// defaultPapers is every material of an item as it would be handed over.
func defaultPapers(materials []matter.Material) []desk.RulePaper {
	out := []desk.RulePaper{}
	for _, m := range materials {
		p := desk.RulePaper{Material: m.Code, Name: m.Name, Form: "copy", Count: max(m.Copies, 1)}
		if m.Original {
			p.Form = "original"
		}
		out = append(out, p)
	}
	return out
}

// peopleOf are the open accounts of a department that may sign and decide.
func (a *App) peopleOf(ctx context.Context, department string) ([]PersonRow, error) {
	out := []PersonRow{}
	if department == "" {
		return out, nil
	}
	all, _, err := a.People.List(ctx, auth.Filter{Departments: []string{department}, Role: "approver", State: "active", Size: 200})
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	for _, p := range all {
		out = append(out, PersonRow{ID: p.ID, Login: p.Login, Name: p.Name, Posts: append([]string{}, p.Posts...)})
	}
	return out, nil
}

// PeopleOf lists whom a question or a rule can name.
func (a *App) PeopleOf(ctx context.Context, department string) ([]PersonRow, error) {
	return a.peopleOf(ctx, department)
}

// OfficeRow is one department that can be asked.
type OfficeRow struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// OfficesToAsk lists the departments.
func (a *App) OfficesToAsk(ctx context.Context) ([]OfficeRow, error) {
	all, err := a.Offices.Departments(ctx)
	if err != nil {
		return nil, fmt.Errorf("list departments: %w", err)
	}
	out := []OfficeRow{}
	for _, d := range all {
		if !d.Closed {
			out = append(out, OfficeRow{ID: d.ID, Name: d.Name})
		}
	}
	return out, nil
}

// PutRule keeps the next version of an item's rule and puts it in force at once; tasks that were made keep theirs.
func (a *App) PutRule(ctx context.Context, item string, seen int, rule desk.Rule, reason string) (RuleDetail, error) {
	it, err := a.Items.Item(ctx, item, 0)
	if err != nil {
		return RuleDetail{}, err
	}
	d, found, err := a.Offices.FindDepartment(ctx, it.OfficeCode, it.Office)
	if err != nil {
		return RuleDetail{}, fmt.Errorf("find department of %s: %w", item, err)
	}
	at := actor.Place{Department: d.ID, Region: d.Region}
	if !actor.From(ctx).Scope(desk.PermSetRule).Covers(at) {
		return RuleDetail{}, errBeyond
	}
	if rule.Sign {
		people, err := a.peopleOf(ctx, d.ID)
		if err != nil {
			return RuleDetail{}, err
		}
		if err := check(rule, people, found); err != nil {
			return RuleDetail{}, err
		}
	}
	body, err := json.Marshal(rule)
	if err != nil {
		return RuleDetail{}, fmt.Errorf("encode rule: %w", err)
	}
	err = a.DB.Do(ctx, func(tx db.Tx) error {
		row, _, err := store.FindRule(ctx, tx, item)
		if err != nil {
			return err
		}
		if row.Version != seen {
			return errs.E(errs.Conflict, "desk.rule_changed", "别人刚改过这个事项的签收规则，已为您换成最新的", nil)
		}
		ok, err := store.PutRule(ctx, tx, store.Rule{
			Item: item, Version: seen + 1, Active: rule.Sign, Body: string(body), By: actor.From(ctx).Name, Reason: reason, At: db.Ms(tx.Now()),
		})
		if err != nil {
			return err
		}
		if !ok {
			return desk.ErrChanged
		}
		return audit.Write(ctx, tx, audit.Record{Action: "desk.rule", Object: item, Reason: reason, Detail: map[string]string{"version": fmt.Sprint(seen + 1), "rule": ruleText(rule)}})
	})
	if err != nil {
		return RuleDetail{}, err
	}
	return a.Rule(ctx, item)
}

func check(rule desk.Rule, people []PersonRow, found bool) error {
	if !found {
		return bad("sign", "这个事项的部门不在组织里，没有人能签收：请系统管理员先建部门")
	}
	if len(rule.Signers)+len(rule.Posts) == 0 {
		return bad("signers", "选至少一个签收人或岗位")
	}
	for _, s := range rule.Signers {
		if !slices.ContainsFunc(people, func(p PersonRow) bool { return p.Login == s }) {
			return bad("signers", "账号 "+s+" 不是这个部门的审批人员")
		}
	}
	if !slices.ContainsFunc(people, func(p PersonRow) bool { return rule.Names(p.Login, p.Posts) }) {
		return bad("posts", "所选岗位现在没有人，签收会一直等着")
	}
	return nil
}

// Load puts the rules of a fresh centre in force; an item that ever had a rule keeps its own.
func (a *App) Load(ctx context.Context) error {
	b, err := fs.ReadFile(a.Seed, "rules.yaml")
	if err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	var file struct {
		Rules []struct {
			Item     string   `yaml:"item"`
			Sign     bool     `yaml:"sign"`
			Posts    []string `yaml:"posts"`
			Papers   string   `yaml:"papers"`
			Days     int      `yaml:"days"`
			Time     string   `yaml:"time"`
			StepDays int      `yaml:"step_days"`
		} `yaml:"rules"`
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	return a.DB.Do(ctx, func(tx db.Tx) error {
		for _, r := range file.Rules {
			if _, found, err := store.FindRule(ctx, tx, r.Item); err != nil || found {
				if err != nil {
					return err
				}
				continue
			}
			rule := desk.Rule{Sign: r.Sign, Signers: []string{}, Posts: r.Posts, Papers: r.Papers, Days: r.Days, Time: r.Time, StepDays: r.StepDays, Materials: []desk.RulePaper{}}
			body, err := json.Marshal(rule)
			if err != nil {
				return fmt.Errorf("encode rule: %w", err)
			}
			if _, err := store.PutRule(ctx, tx, store.Rule{Item: r.Item, Version: 1, Active: r.Sign, Body: string(body), By: "样例", Reason: "首次启动", At: db.Ms(tx.Now())}); err != nil {
				return err
			}
		}
		return nil
	})
}
