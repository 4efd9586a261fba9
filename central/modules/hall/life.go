package hall

import "tongban/central/kernel/errs"

// TicketState is where a ticket stands (号票状态).
type TicketState string

// States.
const (
	Waiting TicketState = "waiting" // 等待
	Called  TicketState = "called"  // 已叫
	Serving TicketState = "serving" // 办理中
	Passed  TicketState = "passed"  // 过号
	Held    TicketState = "held"    // 挂起
	Done    TicketState = "done"    // 完成
	Left    TicketState = "left"    // 离开
)

// TicketStates are all of them, in the order of a ticket's way.
var TicketStates = []TicketState{Waiting, Called, Serving, Passed, Held, Done, Left}

// Text is the state as people read it.
func (s TicketState) Text() string {
	return map[TicketState]string{
		Waiting: "等待", Called: "已叫", Serving: "办理中", Passed: "过号", Held: "挂起", Done: "完成", Left: "离开",
	}[s]
}

// Ended reports whether nothing can happen to the ticket any more.
func (s TicketState) Ended() bool { return s == Done || s == Left }

// TicketAct is what is done with a ticket (号票动作).
type TicketAct string

// Acts.
const (
	ActCall     TicketAct = "call"     // 叫号
	ActRecall   TicketAct = "recall"   // 重叫
	ActStart    TicketAct = "start"    // 开始办理
	ActSkip     TicketAct = "skip"     // 过号
	ActRequeue  TicketAct = "requeue"  // 重新排队
	ActHold     TicketAct = "hold"     // 挂起
	ActResume   TicketAct = "resume"   // 继续
	ActTransfer TicketAct = "transfer" // 转窗
	ActFinish   TicketAct = "finish"   // 完成
	ActLeave    TicketAct = "leave"    // 离开
)

// TicketActs are all of them.
var TicketActs = []TicketAct{ActCall, ActRecall, ActStart, ActSkip, ActRequeue, ActHold, ActResume, ActTransfer, ActFinish, ActLeave}

// step is one row of a ticket's life.
type step struct {
	from TicketState
	act  TicketAct
	to   TicketState
}

// life is the whole of it (号票的一生); what is not here does not happen.
var life = []step{
	{Waiting, ActCall, Called},
	{Waiting, ActTransfer, Waiting},
	{Waiting, ActLeave, Left},

	{Called, ActRecall, Called},
	{Called, ActStart, Serving},
	{Called, ActSkip, Passed},
	{Called, ActTransfer, Waiting},
	{Called, ActFinish, Done}, // a question that needed no identification
	{Called, ActLeave, Left},

	{Serving, ActHold, Held},
	{Serving, ActTransfer, Waiting},
	{Serving, ActFinish, Done},
	{Serving, ActLeave, Left},

	{Passed, ActCall, Called},
	{Passed, ActRequeue, Waiting},
	{Passed, ActLeave, Left},

	{Held, ActResume, Serving},
	{Held, ActTransfer, Waiting},
	{Held, ActLeave, Left},
}

// ErrTicketMoved means that a ticket is not where the act needs it, mostly because another window was faster.
var ErrTicketMoved = errs.E(errs.Conflict, "hall.ticket_moved", "这张号的状态已经变了，可能别的窗口刚动过；已为您换成最新的，请再看一眼", nil)

// After returns the state after an act, or ErrTicketMoved.
func (s TicketState) After(act TicketAct) (TicketState, error) {
	for _, one := range life {
		if one.from == s && one.act == act {
			return one.to, nil
		}
	}
	return s, ErrTicketMoved
}

// Priority is why somebody is called earlier (优先).
type Priority string

// Priorities.
const (
	PlainTurn   Priority = ""
	Elderly     Priority = "elderly"
	Disabled    Priority = "disabled"
	Military    Priority = "military"
	Appointment Priority = "appointment"
)

// Text is the priority as people read it.
func (p Priority) Text() string {
	return map[Priority]string{Elderly: "老年人", Disabled: "残疾人", Military: "军人", Appointment: "预约"}[p]
}

// Rank sorts those who wait: the higher is called first.
func (p Priority) Rank() int {
	switch p {
	case Elderly, Disabled, Military:
		return 2
	case Appointment:
		return 1
	}
	return 0
}
