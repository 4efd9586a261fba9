package catalogue

import (
	"slices"

	"tongban/central/kernel/errs"
)

// State is where a draft stands (编制状态).
type State string

// States of a draft. Released and Discarded are the ends; an item has at most one draft that has not ended.
const (
	Pending   State = "pending"   // 待编制: claimed, imported or split off, nobody has worked on it yet
	Drafting  State = "drafting"  // 编制中
	Reviewing State = "review"    // 审核中
	Returned  State = "returned"  // 退回
	Approved  State = "approved"  // 审核通过
	Released  State = "published" // 已发布
	Discarded State = "discarded" // 已放弃
)

// Act is what somebody does with a draft (编制动作).
type Act string

// Acts on a draft.
const (
	ActSave    Act = "save"     // 保存
	ActSubmit  Act = "submit"   // 提交审核
	ActRecall  Act = "withdraw" // 撤回修改
	ActReturn  Act = "return"   // 退回
	ActApprove Act = "approve"  // 审核通过
	ActPublish Act = "publish"  // 发布
	ActDiscard Act = "discard"  // 放弃
)

// step is one row of a draft's life; perm is what the act needs.
type step struct {
	from State
	act  Act
	to   State
	perm string
}

// life is the whole life of a draft (编制生命周期). What was approved is published or goes back: nobody changes it in between, so
// that what is published is what was read. A publisher returns it like a reviewer, with a comment.
var life = []step{
	{Pending, ActSave, Drafting, PermEdit},
	{Pending, ActDiscard, Discarded, PermEdit},
	{Drafting, ActSave, Drafting, PermEdit},
	{Drafting, ActSubmit, Reviewing, PermEdit},
	{Drafting, ActDiscard, Discarded, PermEdit},
	{Reviewing, ActRecall, Drafting, PermEdit},
	{Reviewing, ActReturn, Returned, PermReview},
	{Reviewing, ActApprove, Approved, PermReview},
	{Returned, ActSave, Returned, PermEdit},
	{Returned, ActSubmit, Reviewing, PermEdit},
	{Returned, ActDiscard, Discarded, PermEdit},
	{Approved, ActRecall, Drafting, PermEdit},
	{Approved, ActReturn, Returned, PermPublish},
	{Approved, ActPublish, Released, PermPublish},
}

// Refusals of acts on drafts.
var (
	// ErrNotNow means that the life of a draft does not allow the act in its present state.
	ErrNotNow = errs.E(errs.Conflict, "catalogue.not_now", "这一步现在不能办：草案的状态已经变了，请看最新情况", nil)
	// ErrChanged means that somebody else has saved the draft since it was loaded.
	ErrChanged = errs.E(errs.Conflict, "catalogue.changed", "别人刚改过这个事项，已为您换成最新的，请再看一眼", nil)
)

// Next returns the state after act and the permission that the act needs, or ErrNotNow.
func Next(from State, act Act) (to State, perm string, err error) {
	for _, s := range life {
		if s.from == from && s.act == act {
			return s.to, s.perm, nil
		}
	}
	return "", "", ErrNotNow
}

// Acts lists what somebody who holds what may says can do with a draft now, in the order of the table.
func Acts(from State, may func(perm string) bool) []Act {
	acts := []Act{}
	for _, s := range life {
		if s.from == from && may(s.perm) && !slices.Contains(acts, s.act) {
			acts = append(acts, s.act)
		}
	}
	return acts
}

// Open reports whether a draft in s may still become a version.
func (s State) Open() bool { return s != Released && s != Discarded }

// Text is the one word for s on every screen.
func (s State) Text() string {
	switch s {
	case Pending:
		return "待编制"
	case Drafting:
		return "编制中"
	case Reviewing:
		return "审核中"
	case Returned:
		return "退回修改"
	case Approved:
		return "审核通过"
	case Released:
		return "已发布"
	case Discarded:
		return "已放弃"
	}
	return string(s)
}

// Standing is whether an item can be applied for (实施状态).
type Standing string

// Standings.
const (
	Active    Standing = "active"    // 在用
	Suspended Standing = "suspended" // 暂停: shown with the reason, cannot be applied for
	Cancelled Standing = "cancelled" // 取消: no longer shown; running cases go on by their version
)

// Text is the one word for s on every screen.
func (s Standing) Text() string {
	switch s {
	case Suspended:
		return "暂停办理"
	case Cancelled:
		return "已取消"
	default:
		return "在用"
	}
}

// Operation is one of the ways in which the catalogue changes (动态调整).
type Operation string

// Operations.
const (
	OpAdd     Operation = "add"     // 新增
	OpChange  Operation = "change"  // 变更
	OpSuspend Operation = "suspend" // 暂停
	OpResume  Operation = "resume"  // 恢复
	OpCancel  Operation = "cancel"  // 取消
	OpSplit   Operation = "split"   // 拆分
	OpMerge   Operation = "merge"   // 合并
)

// Text is the word for o on every screen.
func (o Operation) Text() string {
	return map[Operation]string{
		OpAdd: "新增", OpChange: "变更", OpSuspend: "暂停", OpResume: "恢复", OpCancel: "取消", OpSplit: "拆分", OpMerge: "合并",
	}[o]
}

// turn is one row of the life of an item that is in force.
type turn struct {
	from Standing
	op   Operation
	to   Standing
}

// turns is the whole of it. A cancelled item may be taken up again; splitting and merging end an item when their successors start.
var turns = []turn{
	{Active, OpSuspend, Suspended},
	{Active, OpCancel, Cancelled},
	{Active, OpSplit, Cancelled},
	{Active, OpMerge, Cancelled},
	{Suspended, OpResume, Active},
	{Suspended, OpCancel, Cancelled},
	{Cancelled, OpResume, Active},
}

// ErrNoTurn means that an item which stands like this cannot be adjusted like that.
var ErrNoTurn = errs.E(errs.Conflict, "catalogue.no_turn", "这个事项现在的状态不能这样调整，请看最新情况", nil)

// Turn returns how an item stands after op, or ErrNoTurn.
func Turn(from Standing, op Operation) (Standing, error) {
	for _, t := range turns {
		if t.from == from && t.op == op {
			return t.to, nil
		}
	}
	return "", ErrNoTurn
}

// Turns lists what can be done with an item that stands like this.
func Turns(from Standing) []Operation {
	out := []Operation{}
	for _, t := range turns {
		if t.from == from {
			out = append(out, t.op)
		}
	}
	return out
}
