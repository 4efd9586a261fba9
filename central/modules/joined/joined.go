// Package joined is the window's neighbours (相邻系统协同): the one-thing platform, the real-estate registration and the desk of what
// could not be done (办不成事), as a clerk meets them. What waits in all of them is one list. Who signed in here is signed in there; what is begun there is tracked here; bundles move both ways and are the same on both
// sides; and one page says of every outside system how it is and what that means for the window. This package is the contract.
package joined

import (
	"fmt"

	"tongban/central/kernel/errs"
)

// Permissions.
const (
	PermTrack  = "joined:track.read"   // 进度查询，跨系统
	PermBundle = "joined:bundle.write" // 一件事套件：发起、挂办件
	PermHealth = "joined:health.read"  // 对接状况
	PermTry    = "joined:health.try"   // 现在试连
)

// The systems.
const (
	OneThing = "onething"
	Estate   = "estate"
	Brain    = "brain"  // 城市智脑: advises, handles nothing
	Cannot   = "cannot" // 办不成事: what somebody could not get done and reported
)

// TopicMoved is emitted when a matter of a neighbour, or a bundle of ours, changed; the key is its number, the data is Moved.
const TopicMoved = "joined.moved"

// Moved says what changed. No personal data.
type Moved struct {
	System string `json:"system"`
	No     string `json:"no"`
	State  State  `json:"state"`
}

// State is where a matter or one of its items stands.
type State string

// States, the same on both sides.
const (
	Waiting    State = "waiting"    // 等待办理
	Underway   State = "underway"   // 办理中
	Supplement State = "supplement" // 要补正
	Done       State = "done"       // 办结
	Refused    State = "refused"    // 未通过
)

// Known says whether s is a state of the contract.
func (s State) Known() bool {
	switch s {
	case Waiting, Underway, Supplement, Done, Refused:
		return true
	}
	return false
}

// Overall is the state of a bundle by those of its items (整体状态), by the rule that both sides keep.
func Overall(items []State) (State, string) {
	n := map[State]int{}
	for _, s := range items {
		n[s]++
	}
	over := n[Done] + n[Refused]
	switch {
	case n[Supplement] > 0:
		return Supplement, "有事项要补正"
	case len(items) > 0 && over == len(items) && n[Refused] > 0:
		return Refused, fmt.Sprintf("办完，其中 %d 项未通过", n[Refused])
	case len(items) > 0 && over == len(items):
		return Done, "全部办结"
	}
	return Underway, fmt.Sprintf("办结 %d 项，共 %d 项", over, len(items))
}

// Errors.
var (
	ErrNoSuchTheme  = errs.E(errs.NotFound, "joined.no_such_theme", "没有这个主题，或者它的事项编码对不上，请刷新后再看", nil)
	ErrNoSuchBundle = errs.E(errs.NotFound, "joined.no_such_bundle", "没有这个一件事套件，请核对编号", nil)
	ErrNoSuchSystem = errs.E(errs.NotFound, "joined.no_such_system", "没有接这个系统，请刷新后再看", nil)
	ErrOtherItem    = errs.E(errs.Invalid, "joined.other_item", "这个办件不是这一项事项的，请核对编号", nil)
	ErrTaken        = errs.E(errs.Conflict, "joined.taken", "这个办件已经挂在一个套件上，或者这一项已经挂了办件", nil)
	ErrUnsigned     = errs.E(errs.Unauthorised, "joined.signature", "请求签名不对：请核对密钥、时间和签名方法", nil)
)
