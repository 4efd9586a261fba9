package privacy

// State is where a request stands (请求状态).
type State string

// States.
const (
	Received State = "received" // 待办理
	Taken    State = "taken"    // 办理中
	Finished State = "finished" // 已办结
	Refused  State = "refused"  // 不予办理, with the reason told
)

var stateTitles = map[State]string{Received: "待办理", Taken: "办理中", Finished: "已办结", Refused: "不予办理"}

// Title is the state as people read it.
func (s State) Title() string { return stateTitles[s] }

// Act is what is done with a request (办理动作).
type Act string

// Acts.
const (
	ActTake   Act = "take"   // 接办
	ActExtend Act = "extend" // 延期, once
	ActExport Act = "export" // 导出给本人
	ActFinish Act = "finish" // 办结
	ActRefuse Act = "refuse" // 不予办理
)

var actTitles = map[Act]string{ActTake: "接办", ActExtend: "延期", ActExport: "导出给本人", ActFinish: "办结", ActRefuse: "不予办理"}

// Title is the act as people read it.
func (a Act) Title() string { return actTitles[a] }

// Step is one row of the life.
type Step struct {
	From State
	Act  Act
	To   State
}

// Life is every step there is.
var Life = []Step{
	{Received, ActTake, Taken},
	{Received, ActRefuse, Refused},
	{Received, ActExtend, Received},
	{Taken, ActExtend, Taken},
	{Taken, ActExport, Taken},
	{Taken, ActFinish, Finished},
	{Taken, ActRefuse, Refused},
}

// Apply returns where act leads from s, or ErrNotNow.
func (s State) Apply(act Act) (State, error) {
	for _, step := range Life {
		if step.From == s && step.Act == act {
			return step.To, nil
		}
	}
	return s, ErrNotNow
}

// Acts lists what may be done in s. Only access and copy hand something out.
func (s State) Acts(k Kind, extended bool) []Act {
	out := []Act{}
	for _, step := range Life {
		if step.From != s || step.Act == ActExtend && extended || step.Act == ActExport && k != Access && k != Copy {
			continue
		}
		out = append(out, step.Act)
	}
	return out
}
