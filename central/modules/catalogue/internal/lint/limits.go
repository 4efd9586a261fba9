package lint

import (
	"slices"

	"tongban/fleet/wire/matter"
)

// limits: nothing is promised later than the law allows, and no step later than promised.
func (l *linter) limits() {
	it := l.it
	for _, x := range []struct {
		name, element, title string
		limit                matter.Limit
	}{{"statutory", "ANTICIPATE_DAY", "法定办结时限", it.Statutory}, {"promise", "PROMISE_DAY", "承诺办结时限", it.Promise}} {
		l.say(x.limit.Unit != matter.Working && x.limit.Unit != matter.Natural, x.element, x.title+"的单位要选工作日或自然日", f("%s unit %q, want working or natural", x.name, x.limit.Unit))
		l.say(x.limit.Days < 0 || x.limit.Days > 365, x.element, x.title+"要在0到365天之间", f("%s has %d days", x.name, x.limit.Days))
	}
	l.say(Span(it.Promise) > Span(it.Statutory), "PROMISE_DAY", f("承诺时限%s超过法定的%s，请改成一样或更短", it.Promise.String(), it.Statutory.String()), "promise is longer than the law allows")
	switch it.Handling {
	case matter.Immediate:
		l.say(it.Promise.Days != 0, "PROMISE_DAY", f("即办件当场办结，承诺时限不能是%d天；要么改成承诺件", it.Promise.Days), f("immediate, but promises %d days", it.Promise.Days))
	case matter.Promised:
		l.say(it.Promise.Days == 0, "PROMISE_DAY", "承诺件的承诺时限不能是0天；当场能办的请选即办件", "promised within 0 days: say immediate")
	default:
		l.say(true, "PROJECT_TYPE", "办件类型要选即办件或承诺件", f("handling %q is none", it.Handling))
	}
	l.steps()
}

// steps: each ends within the promise, and so does their sum; a step that stops the clock takes no day of it.
func (l *linter) steps() {
	sum := 0
	var ids []string
	for _, s := range l.en.Steps {
		ids = append(ids, s.ID)
		path := "steps/" + s.ID
		l.say(s.Limit.Unit != matter.Working && s.Limit.Unit != matter.Natural, path, "环节“"+s.Name+"”的时限单位要选工作日或自然日", f("step %s: unit %q", s.ID, s.Limit.Unit))
		l.say(s.Limit.Days < 0 || s.Limit.Days > 365, path, "环节“"+s.Name+"”的时限要在0到365天之间", f("step %s: %d days", s.ID, s.Limit.Days))
		sum += Span(s.Limit)
	}
	l.say(repeated(ids), "steps", "有两个环节的编号一样", "a step's id stands twice")
	allowed := Span(l.it.Promise)
	mixed := slices.ContainsFunc(l.en.Steps, func(s matterStep) bool { return s.Limit.Unit != l.it.Promise.Unit && s.Limit.Days > 0 })
	if !mixed {
		sum, allowed = 0, l.it.Promise.Days
		for _, s := range l.en.Steps {
			sum += s.Limit.Days
		}
	}
	l.say(len(l.en.Steps) > 0 && sum > allowed, "steps", f("各环节加起来%d天，超过承诺的%s，请把环节时限改短", sum, l.it.Promise.String()), f("steps take %d days, promised are %d", sum, allowed))
}

// Span makes working and natural days comparable, by whole weeks of five.
func Span(l matter.Limit) int {
	if l.Unit == matter.Working {
		return (l.Days*7 + 4) / 5
	}
	return l.Days
}

// law: every item, point and fee says what it stands on. An article that the office has not confirmed yet is marked as sample.
func (l *linter) law() {
	l.say(len(l.it.Law) == 0, "BY_LAW", "设定依据要填：这件事凭哪部法办？", "no law: what does the item stand on?")
	for _, law := range l.it.Law {
		missing := law.Name == "" || law.Article == "" && !slices.Contains(l.it.Sample, "law")
		l.say(missing, "BY_LAW", "每条设定依据要写名称和第几条；还没核实的，在样例要素里写上law", "a law wants its name and article")
	}
	for _, fee := range l.en.Fees {
		l.say(fee.Law == "", "fees/"+fee.Name, "收费项目“"+fee.Name+"”没有写依据", f("fee %s: no law", fee.Name))
	}
}
