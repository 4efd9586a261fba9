package forms

import "tongban/central/kernel/errs"

// State is where a draft stands (草稿状态). Gone is the end: it is a version then, or was dropped.
type State string

// The states of a draft.
const (
	Editing   State = "editing"   // 编辑中
	Submitted State = "submitted" // 待发布
	Returned  State = "returned"  // 已退回
	Gone      State = ""
)

// Act is what is done with a draft.
type Act string

// The acts.
const (
	ActSave     Act = "save"     // 保存
	ActSubmit   Act = "submit"   // 提交
	ActWithdraw Act = "withdraw" // 撤回
	ActReturn   Act = "return"   // 退回
	ActPublish  Act = "publish"  // 发布
	ActDrop     Act = "drop"     // 放弃
)

// ErrNotNow means that the act does not fit the draft's state.
var ErrNotNow = errs.E(errs.Conflict, "forms.not_now", "这张表现在不能这样做，请刷新后再看", nil)

type step struct {
	from State
	act  Act
	to   State
}

// life is the whole life of a draft. What was submitted is not saved over: it has to be withdrawn first, so that nobody
// publishes something else than what was read.
var life = []step{
	{Editing, ActSave, Editing},
	{Editing, ActSubmit, Submitted},
	{Editing, ActDrop, Gone},
	{Submitted, ActWithdraw, Editing},
	{Submitted, ActReturn, Returned},
	{Submitted, ActPublish, Gone},
	{Returned, ActSave, Editing},
	{Returned, ActSubmit, Submitted},
	{Returned, ActDrop, Gone},
}

// Next returns the state after act, or ErrNotNow.
func Next(from State, act Act) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act {
			return s.to, nil
		}
	}
	return Gone, ErrNotNow
}
