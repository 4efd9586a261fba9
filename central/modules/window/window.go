// Package window is the integrated window (综合窗口): it takes in what terminals hand over, shows it to the clerk with its
// papers and review points, and lets the clerk accept, give the one-time notice, refuse or grant. Every such act produces
// a numbered document that anybody can verify.
package window

import (
	"time"

	"tongban/central/kernel/errs"
)

// State is where a case stands (办件状态).
type State string

// States.
const (
	Received  State = "received"  // 收件: handed over, nobody has decided whether it is complete
	Noticed   State = "notice"    // 已一次性告知: waits for the applicant
	Accepted  State = "accepted"  // 已受理: the legal clock runs
	Suspended State = "suspended" // 停表: a procedure that the law does not count (行政许可法 art. 45) is under way
	Refused   State = "refused"   // 不予受理
	Granted   State = "granted"   // 准予，办结
	Denied    State = "denied"    // 不予许可
	Withdrawn State = "withdrawn" // 撤件: the applicant took it back before the decision
	Lapsed    State = "lapsed"    // 终止: the applicant's days to bring what is missing ran out
)

// Act is what is done with a case (办理动作).
type Act string

// Acts.
const (
	ActAccept     Act = "accept"     // 受理
	ActTolerate   Act = "tolerate"   // 容缺受理: accepted although a paper that may come later is missing
	ActNotice     Act = "notice"     // 一次性告知
	ActRenotice   Act = "renotice"   // 再次告知: against the one-time rule, so with an approver, a reason and a card
	ActSupplement Act = "supplement" // 补正收件: the applicant brought what was missing
	ActSupply     Act = "supply"     // 容缺补交: a paper of a tolerated case came
	ActRefuse     Act = "refuse"     // 不予受理
	ActGrant      Act = "grant"      // 准予，办结
	ActDeny       Act = "deny"       // 不予许可
	ActPause      Act = "pause"      // 停表: special procedure begins, with a written notice
	ActResume     Act = "resume"     // 恢复计时
	ActExtend     Act = "extend"     // 延期: more days, with the head's approval and a written notice
	ActWithdraw   Act = "withdraw"   // 撤件
	ActLapse      Act = "lapse"      // 终止: the applicant's days ran out
)

// Permissions.
const (
	PermRead   = "window:case.read"
	PermAccept = "window:case.accept"
	PermNotice = "window:case.notice"
	PermRefuse = "window:case.refuse"
	PermGrant  = "window:case.grant"
	PermUnmask = "window:case.unmask"

	PermRegister = "window:case.register" // 登记: take in at the counter, park, bring in what was missing
	PermRenotice = "window:case.renotice" // 再次告知
	PermDecide   = "window:case.decide"   // 部门决定: grant, deny, pause, resume, extend
	PermWithdraw = "window:case.withdraw" // 撤件、终止
)

// Topics of the events; the key is the case number, the data is Moved.
const (
	TopicReceived = "window.received"
	TopicNoticed  = "window.noticed"
	TopicAccepted = "window.accepted"
	TopicRefused  = "window.refused"
	TopicGranted  = "window.granted"

	TopicSupplied  = "window.supplied"  // what was missing came (补正、容缺补交)
	TopicSuspended = "window.suspended" // 停表
	TopicResumed   = "window.resumed"   // 恢复计时
	TopicExtended  = "window.extended"  // 延期
	TopicDenied    = "window.denied"
	TopicWithdrawn = "window.withdrawn"
	TopicLapsed    = "window.lapsed"
)

// Moved is what every event of a case says. No personal data.
type Moved struct {
	No       string    `json:"no"`
	Item     string    `json:"item"` // code
	ItemName string    `json:"item_name"`
	State    State     `json:"state"`
	Terminal string    `json:"terminal,omitempty"`
	At       time.Time `json:"at"`

	Region     string `json:"region,omitempty"`     // where it was handed in, twelve digits
	Department string `json:"department,omitempty"` // that decides it
	Handler    string `json:"handler,omitempty"`    // account that works on it

	Act      Act    `json:"act,omitempty"`      // that brought it here; "" when it was handed in
	Document string `json:"document,omitempty"` // number of the paper that the act made
	Window   string `json:"window,omitempty"`   // counter window where it was taken in, such as B12
	Ticket   string `json:"ticket,omitempty"`   // of the visit in which it was taken in
	Draft    string `json:"draft,omitempty"`    // registration that it was, when it was taken in at a counter
	Due      string `json:"due,omitempty"`      // promised date, YYYY-MM-DD
	Notices  int    `json:"notices,omitempty"`  // how often the applicant was told that something is missing
}

// ErrNoSuchCase means that the number was never given out, or is not for this caller.
var ErrNoSuchCase = errs.E(errs.NotFound, "window.no_such_case", "没有这个办件编号，请核对后再查", nil)

// ErrNotNow means that the life of a case does not allow the act in its present state.
var ErrNotNow = errs.E(errs.Conflict, "window.not_now", "这一步现在不能办：办件的状态已经变了，请看最新情况", nil)

// ErrChanged means that somebody else has moved the case since it was loaded.
var ErrChanged = errs.E(errs.Conflict, "window.changed", "别的窗口刚动过这个办件，已为您换成最新的，请再看一眼", nil)

// ErrNoSuchDraft means that there is no such hand-in in work, or not for this caller.
var ErrNoSuchDraft = errs.E(errs.NotFound, "window.no_such_draft", "没有这份登记：可能已经收件、放弃，或者过期清除了", nil)

// ErrDraftChanged means that the hand-in was saved elsewhere since it was loaded.
var ErrDraftChanged = errs.E(errs.Conflict, "window.draft_changed", "这份登记在别处改过，已为您换成最新的，请再看一眼", nil)
