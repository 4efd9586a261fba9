package issuing

// State is where the handing out of one result stands (发证状态).
type State string

// States.
const (
	Ready     State = "ready"     // 待领
	Posted    State = "posted"    // 已交邮政
	Returned  State = "returned"  // 退回窗口
	Handed    State = "handed"    // 已当面交付
	Delivered State = "delivered" // 已妥投
)

// Act is what happens to it.
type Act string

// Acts.
const (
	ActHand    Act = "hand"    // 交付: at the counter, or sent to the person's own account
	ActPost    Act = "post"    // 交寄
	ActRefuse  Act = "refuse"  // the post did not take it
	ActDeliver Act = "deliver" // 妥投
	ActReturn  Act = "return"  // 退回
	ActLose    Act = "lose"    // 丢失: has to be made again
)

// Way is how the person gets it (领取方式).
type Way string

// Ways.
const (
	AtCounter  Way = "counter"
	ByPost     Way = "post"
	AtTerminal Way = "terminal"
	Electronic Way = "electronic"
)

type step struct {
	from State
	act  Act
	to   State
}

// life is every allowed step.
var life = []step{
	{Ready, ActHand, Handed}, {Ready, ActPost, Posted},
	{Posted, ActRefuse, Ready}, {Posted, ActDeliver, Delivered}, {Posted, ActReturn, Returned}, {Posted, ActLose, Ready},
	{Returned, ActHand, Handed}, {Returned, ActPost, Posted},
}

// Next returns the state after act, or ErrNotNow.
func Next(from State, act Act) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act {
			return s.to, nil
		}
	}
	return "", ErrNotNow
}

// Waits reports whether the result still lies with the office.
func (s State) Waits() bool { return s == Ready || s == Returned }

// Text is the one word for s.
func (s State) Text() string {
	return map[State]string{Ready: "等着领", Posted: "在路上", Returned: "退回窗口", Handed: "已交付", Delivered: "已妥投"}[s]
}

// Text is the way in words.
func (w Way) Text() string {
	return map[Way]string{AtCounter: "当面领取", ByPost: "邮寄送达", AtTerminal: "自助终端领取", Electronic: "电子送达"}[w]
}

// TaskState is where the work on a bad rating stands (差评整改状态).
type TaskState string

// States of a task.
const (
	Open     TaskState = "open"     // 待分派
	Assigned TaskState = "assigned" // 待回访
	Called   TaskState = "called"   // 已回访
	Answered TaskState = "answered" // 待核查
	Closed   TaskState = "closed"   // 已办结
)

// TaskAct is what is done on a bad rating.
type TaskAct string

// Acts on a task.
const (
	TaskAssign TaskAct = "assign" // 分派
	TaskCall   TaskAct = "call"   // 回访: before any answer, whether the person was reached or not
	TaskAnswer TaskAct = "answer" // 答复
	TaskReject TaskAct = "reject" // 退回重办
	TaskClose  TaskAct = "close"  // 核查通过
)

type taskStep struct {
	from TaskState
	act  TaskAct
	to   TaskState
}

// taskLife has no way to an answer that passes by the call to the person.
var taskLife = []taskStep{
	{Open, TaskAssign, Assigned}, {Assigned, TaskAssign, Assigned},
	{Assigned, TaskCall, Called}, {Called, TaskCall, Called}, {Called, TaskAnswer, Answered},
	{Answered, TaskReject, Assigned}, {Answered, TaskClose, Closed},
}

// NextTask returns the state after act, or ErrNotNow.
func NextTask(from TaskState, act TaskAct) (TaskState, error) {
	for _, s := range taskLife {
		if s.from == from && s.act == act {
			return s.to, nil
		}
	}
	return "", ErrNotNow
}

// TaskActs lists what may be done now.
func TaskActs(from TaskState) []TaskAct {
	acts := []TaskAct{}
	for _, s := range taskLife {
		if s.from == from {
			acts = append(acts, s.act)
		}
	}
	return acts
}

// LevelText is the word of a level of satisfaction (满意度).
func LevelText(level int) string {
	return map[int]string{5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}[level]
}

// Bad reports whether a rating begins a task.
func Bad(level int) bool { return level <= 2 }
