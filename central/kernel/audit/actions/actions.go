// Package actions is the list of every act that the audit records (审计事项): its name, what it is called, what it is done
// to, how much it matters and how it ends. A name that is not on the list is found by this package's test.
package actions

import "slices"

// Level says how much an act matters to an auditor (级别).
type Level string

// The levels.
const (
	Routine  Level = "routine"  // 一般: everyday work
	Notable  Level = "notable"  // 重要: personal data, decisions, devices
	Critical Level = "critical" // 关键: accounts, permissions, keys, the audit itself
)

// Title is the level in Chinese.
func (l Level) Title() string {
	return map[Level]string{Routine: "一般", Notable: "重要", Critical: "关键"}[l]
}

// The results of an act (结果).
const (
	OK     = "ok"     // 成功
	Denied = "denied" // 被拒绝
	Failed = "failed" // 失败
)

// Action is one kind of act.
type Action struct {
	Name   string `json:"name"`  // "module.verb"
	Title  string `json:"title"` // Chinese
	Object string `json:"object" doc:"对象是什么，如办件、账号"`
	Level  Level  `json:"level"`
	Result string `json:"result"` // how it ends unless the record says otherwise
}

// All returns every action, sorted by name.
func All() []Action {
	out := slices.Concat(kernel, people, services, matters, halls, collaboration, terminals, numbers, run)
	for i := range out {
		if out[i].Result == "" {
			out[i].Result = OK
		}
	}
	slices.SortFunc(out, func(a, b Action) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

// byName is built once: the list does not change while the program runs.
var byName = func() map[string]Action {
	m := map[string]Action{}
	for _, a := range All() {
		m[a.Name] = a
	}
	return m
}()

// Find returns the action called name.
func Find(name string) (Action, bool) {
	a, ok := byName[name]
	return a, ok
}

// ResultOf is how an action ends unless its record says otherwise.
func ResultOf(name string) string {
	if a, ok := byName[name]; ok {
		return a.Result
	}
	return OK
}
