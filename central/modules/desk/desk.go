// Package desk is the department's desk (部门审批): after acceptance a case becomes a task of the department that decides it. What
// has to be signed for waits for the people who were named, with its papers in a folder that is handed on by name and time; then
// the department reviews, asks others, stops and restarts the clock, and decides. The case itself, its state, clock and documents,
// stay the window's: every decision is an act of the window with the desk's own row in the same transaction.
package desk

import "tongban/central/kernel/errs"

// State is where a task stands (任务状态).
type State string

// States.
const (
	Waiting   State = "waiting"   // 待签收
	Returned  State = "returned"  // 已退回窗口
	Reviewing State = "reviewing" // 审查中
	Asking    State = "asking"    // 征询意见中
	Forwarded State = "forwarded" // 已转报
	Decided   State = "decided"   // 已决定
	Closed    State = "closed"    // 办件已在窗口结束
)

// Act is what is done with a task (任务动作).
type Act string

// Acts.
const (
	ActSign    Act = "sign"    // 签收
	ActRefuse  Act = "refuse"  // 拒签，退回窗口
	ActResend  Act = "resend"  // 窗口重新送
	ActAsk     Act = "ask"     // 征询意见
	ActAnswer  Act = "answer"  // 答复，还有别人没答
	ActSettle  Act = "settle"  // 最后一个答复
	ActForward Act = "forward" // 转报
	ActReply   Act = "reply"   // 上级批复回来
	ActPause   Act = "pause"   // 停表
	ActResume  Act = "resume"  // 恢复计时
	ActExtend  Act = "extend"  // 延期
	ActDecide  Act = "decide"  // 准予或不予
	ActClose   Act = "close"   // 办件在窗口结束了
)

// Permissions.
const (
	PermRead    = "desk:task.read"
	PermSign    = "desk:task.sign"
	PermDecide  = "desk:task.decide" // 审查、征询、决定、转报
	PermAnswer  = "desk:opinion.answer"
	PermCustody = "desk:custody.read" // 看材料袋
	PermSend    = "desk:custody.send" // 窗口送出材料袋、重新送任务
	PermRules   = "desk:rule.read"
	PermSetRule = "desk:rule.write"
)

// Topics of the events; the key is the case number, the data is Moved.
const (
	TopicAssigned  = "desk.assigned"
	TopicSigned    = "desk.signed"
	TopicRefused   = "desk.refused"
	TopicMissing   = "desk.missing" // 签收时少了材料
	TopicAsked     = "desk.asked"
	TopicAnswered  = "desk.answered"
	TopicForwarded = "desk.forwarded"
	TopicDecided   = "desk.decided"
	TopicFolder    = "desk.folder" // 材料袋换了手
)

// Moved is what every event of a task says. No personal data.
type Moved struct {
	No         string   `json:"no"`
	Item       string   `json:"item"`
	ItemName   string   `json:"item_name"`
	Region     string   `json:"region,omitempty"`
	Department string   `json:"department,omitempty"`
	Handler    string   `json:"handler,omitempty"` // account
	State      State    `json:"state"`
	Act        Act      `json:"act,omitempty"`
	Reason     string   `json:"reason,omitempty"`  // refused
	Missing    []string `json:"missing,omitempty"` // names of materials
	Folder     string   `json:"folder,omitempty"`
	To         string   `json:"to,omitempty"` // asked: department that answers
}

// ErrNoSuchTask means that there is no such task, or not for this caller.
var ErrNoSuchTask = errs.E(errs.NotFound, "desk.no_such_task", "没有这个任务，或者它不由您签收、办理", nil)

// ErrNotNow means that the life of a task does not allow the act in its present state.
var ErrNotNow = errs.E(errs.Conflict, "desk.not_now", "这一步现在不能做：任务的状态已经变了，请看最新情况", nil)

// ErrChanged means that somebody else has moved the task since it was loaded.
var ErrChanged = errs.E(errs.Conflict, "desk.changed", "同事刚动过这个任务，已为您换成最新的，请再看一眼", nil)
