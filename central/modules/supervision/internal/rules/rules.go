// Package rules says which case deserves a card (督办规则): the rules are data, and this package holds what they may say, their words and
// the judgement of one case by all of them.
package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tongban/central/kernel/errs"
	"tongban/central/modules/supervision"
	"tongban/central/modules/supervision/seed"
)

// On is what a rule watches (监督点).
type On string

// What can be watched.
const (
	Used      On = "used"      // share of the promise that is used up, or days left
	Overdue   On = "overdue"   // days over the promise
	Statutory On = "statutory" // days over the statutory limit
	Answer    On = "answer"    // the office's days to answer a hand-in
	Notices   On = "notices"   // how often the applicant was told that something is missing
	Paper     On = "paper"     // a decision without a document
	Unsigned  On = "unsigned"  // a task that nobody signs for
	Pause     On = "pause"     // a clock that stands still
)

// All lists what can be watched, as the page shows it.
func All() []On { return []On{Used, Overdue, Statutory, Answer, Notices, Paper, Unsigned, Pause} }

// Clock reports whether the rule watches the legal clock: of several rungs of one clock only the gravest is raised.
func (o On) Clock() bool { return o == Used || o == Overdue || o == Statutory }

// Rule is one rule.
type Rule struct {
	ID        string            `json:"id" yaml:"id" minLength:"2" maxLength:"24" pattern:"^[a-z][a-z0-9-]*$" doc:"规则代号，一经使用不再改"`
	Title     string            `json:"title" yaml:"title" minLength:"2" maxLength:"40"`
	On        On                `json:"on" yaml:"on" enum:"used,overdue,statutory,answer,notices,paper,unsigned,pause" doc:"看什么"`
	Level     supervision.Level `json:"level" yaml:"level" enum:"reminder,yellow,red,illegal"`
	Enabled   bool              `json:"enabled" yaml:"enabled"`
	Percent   int               `json:"percent" yaml:"percent" minimum:"0" maximum:"100" doc:"用去时限的百分之几；0 不看"`
	Days      int               `json:"days" yaml:"days" minimum:"0" maximum:"365" doc:"工作日数或次数"`
	ReplyDays int               `json:"reply_days" yaml:"reply_days" minimum:"0" maximum:"30" doc:"几个工作日内答复；0 不用答复"`
}

// Setting is one version of all rules, with the items they count for.
type Setting struct {
	Version int      `json:"version" yaml:"-" minimum:"0" maximum:"1000000"`
	All     bool     `json:"all" yaml:"all" doc:"督办全部事项，items 是例外；否则只督办 items"`
	Items   []string `json:"items" yaml:"items" maxItems:"3000" doc:"事项编码"`
	Rules   []Rule   `json:"rules" yaml:"rules" minItems:"1" maxItems:"40"`
	Office  Office   `json:"office" yaml:"office"`
}

// Office is who supervises (督办机关): its papers carry its name and begin their numbers with its mark.
type Office struct {
	Name string `json:"name" yaml:"name" maxLength:"40" doc:"督办文书的发文机关"`
	Mark string `json:"mark" yaml:"mark" maxLength:"8" doc:"发文机关代字，如 绵政务"`
}

// Seed is the first version.
func Seed() (Setting, error) {
	var s Setting
	if err := yaml.UnmarshalWithOptions(seed.Rules, &s, yaml.DisallowUnknownField()); err != nil {
		return s, fmt.Errorf("read rules: %w", err)
	}
	if s.Items == nil {
		s.Items = []string{}
	}
	return s, s.Check()
}

// Covers reports whether an item is under supervision (督办事项).
func (s Setting) Covers(item string) bool { return slices.Contains(s.Items, item) != s.All }

// Find returns a rule by its id.
func (s Setting) Find(id string) (Rule, bool) {
	i := slices.IndexFunc(s.Rules, func(r Rule) bool { return r.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return s.Rules[i], true
}

var idForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,23}$`)

// Check says what is wrong with the rules, in words for whoever edits them.
func (s Setting) Check() error {
	var fields []errs.Field
	bad := func(i int, field, words string) {
		fields = append(fields, errs.Field{Path: fmt.Sprintf("rules.%d.%s", i, field), Message: words})
	}
	seen := map[string]bool{}
	for i, r := range s.Rules {
		if !idForm.MatchString(r.ID) {
			bad(i, "id", "代号用小写字母、数字和短横，2–24 个字")
		}
		if seen[r.ID] {
			bad(i, "id", "代号“"+r.ID+"”用了两次")
		}
		seen[r.ID] = true
		if len([]rune(strings.TrimSpace(r.Title))) < 2 {
			bad(i, "title", "写明这条规则叫什么")
		}
		if !slices.Contains(All(), r.On) {
			bad(i, "on", "选这条规则看什么")
		}
		if r.Level.Grade() == 0 {
			bad(i, "level", "选发什么牌")
		}
		if r.Level == supervision.Illegal && r.On != Statutory {
			bad(i, "level", "“红牌·违法”只用于法定时限")
		}
		if r.On == Used && r.Percent == 0 && r.Days == 0 {
			bad(i, "percent", "填用去百分之几，或余几个工作日")
		}
		if r.On == Notices && r.Days < 2 {
			bad(i, "days", "告知一次是应当的，从第 2 次起才发牌")
		}
		if (r.On == Unsigned || r.On == Pause) && r.Days < 1 {
			bad(i, "days", "填几个工作日")
		}
		if r.Level.Grade() >= supervision.Red.Grade() && r.ReplyDays < 1 {
			bad(i, "reply_days", "红牌要有人答复，填几个工作日内")
		}
	}
	if len([]rune(strings.TrimSpace(s.Office.Name))) < 4 {
		fields = append(fields, errs.Field{Path: "office.name", Message: "写发文机关的全称"})
	}
	if len([]rune(strings.TrimSpace(s.Office.Mark))) < 2 {
		fields = append(fields, errs.Field{Path: "office.mark", Message: "写发文机关代字，至少 2 个字"})
	}
	if len(fields) > 0 {
		return errs.WithFields(errs.E(errs.Invalid, "supervision.rules", fields[0].Message, nil), fields...)
	}
	return nil
}

// Words is the rule as people read it.
func (r Rule) Words() string {
	switch r.On {
	case Used:
		var parts []string
		if r.Percent > 0 {
			parts = append(parts, fmt.Sprintf("承诺时限用去 %d%%", r.Percent))
		}
		if r.Days > 0 {
			parts = append(parts, fmt.Sprintf("只余 %d 个工作日", r.Days))
		}
		return strings.Join(parts, "，或")
	case Overdue:
		return fmt.Sprintf("超过承诺时限 %d 日", max(r.Days, 1))
	case Statutory:
		return fmt.Sprintf("超过法定时限 %d 日", max(r.Days, 1))
	case Answer:
		if r.Days == 0 {
			return "收件后 5 个工作日内没有告知、受理或者不予受理"
		}
		return fmt.Sprintf("收件后的答复期只余 %d 个工作日", r.Days)
	case Notices:
		return fmt.Sprintf("第 %d 次要求补正", r.Days)
	case Paper:
		return "告知、受理、不予受理、准予或不予许可没有出文书"
	case Unsigned:
		return fmt.Sprintf("任务分到后 %d 个工作日没有签收", r.Days)
	case Pause:
		return fmt.Sprintf("停表超过 %d 个工作日", r.Days)
	}
	return r.Title
}
