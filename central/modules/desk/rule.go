package desk

import "slices"

// Rule says what happens to an item's cases on their way to the department (签收规则). An item without one skips sign-for.
type Rule struct {
	Sign      bool        `json:"sign" doc:"要不要签收"`
	Signers   []string    `json:"signers" nullable:"false" maxItems:"50" doc:"签收人的账号名"`
	Posts     []string    `json:"posts" nullable:"false" maxItems:"20" doc:"签收的岗位，本部门这个岗位的人都能签"`
	Papers    string      `json:"papers" enum:"paper,electronic" doc:"paper 送纸质件，electronic 只传电子件"`
	Days      int         `json:"days" minimum:"0" maximum:"10" doc:"几个工作日后送到，0 是当天"`
	Time      string      `json:"time" pattern:"^$|^([01][0-9]|2[0-3]):[0-5][0-9]$" maxLength:"5" doc:"几点前送到"`
	StepDays  int         `json:"step_days" minimum:"0" maximum:"60" doc:"部门环节几个工作日，0 是不另定"`
	Materials []RulePaper `json:"materials" nullable:"false" maxItems:"40" doc:"要交接的纸质材料"`
}

// RulePaper is one paper that has to be handed over (交接材料).
type RulePaper struct {
	Material string `json:"material" maxLength:"60" doc:"材料编码"`
	Name     string `json:"name" minLength:"1" maxLength:"120"`
	Form     string `json:"form" enum:"original,copy" doc:"原件还是复印件"`
	Count    int    `json:"count" minimum:"1" maximum:"20" doc:"份数"`
}

// Names reports whether a person may sign by the rule: by name or by post.
func (r Rule) Names(login string, posts []string) bool {
	if slices.Contains(r.Signers, login) {
		return true
	}
	return slices.ContainsFunc(posts, func(p string) bool { return slices.Contains(r.Posts, p) })
}
