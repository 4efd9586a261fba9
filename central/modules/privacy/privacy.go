// Package privacy is the management of personal data (个人信息保护): what is held and why, the requests by which people use
// their rights, retention and holds, the state of the keys. The work itself is the kernel's; here is who may ask for it.
package privacy

import "tongban/central/kernel/errs"

// Permissions beside the kernel's own (privacy:label, privacy:keys, privacy:retention).
const (
	PermRead    = "privacy:read"    // see what is held, the rules, the keys' state
	PermRequest = "privacy:request" // take in and handle requests
	PermExport  = "privacy:export"  // hand a person what is held of them, in the clear
)

// Kind is which right a request uses (权利请求种类), PIPL arts. 44–47.
type Kind string

// The kinds.
const (
	Access   Kind = "access"   // 查阅
	Copy     Kind = "copy"     // 复制
	Correct  Kind = "correct"  // 更正
	Delete   Kind = "delete"   // 删除
	Withdraw Kind = "withdraw" // 撤回同意
)

var kindTitles = map[Kind]string{Access: "查阅", Copy: "复制", Correct: "更正", Delete: "删除", Withdraw: "撤回同意"}

// Title is the kind as people read it; "" for an unknown kind.
func (k Kind) Title() string { return kindTitles[k] }

// ErrNoRequest means that there is no such request.
var ErrNoRequest = errs.E(errs.NotFound, "privacy.no_request", "没有这条请求，请刷新后再看", nil)

// ErrNotNow means that the life of a request does not allow the act now.
var ErrNotNow = errs.E(errs.Conflict, "privacy.not_now", "这一步现在不能办：请求的状态已经变了，请看最新情况", nil)
