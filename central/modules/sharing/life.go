package sharing

// State is where a sharing code stands (共享码状态).
type State string

// States.
const (
	Offered  State = "offered"  // 待扫码
	Opened   State = "opened"   // 已扫码，待验证本人
	Proved   State = "proved"   // 已验证，待选择
	Agreed   State = "agreed"   // 已授权
	Refused  State = "refused"  // 本人不同意
	Revoked  State = "revoked"  // 已撤回授权
	Blocked  State = "blocked"  // 验证失败
	Replaced State = "replaced" // 窗口出了新的
	Used     State = "used"     // 已收件
)

// Act is what is done with a sharing code.
type Act string

// Acts.
const (
	ActOpen    Act = "open"    // 扫码
	ActProve   Act = "prove"   // 验证本人
	ActBlock   Act = "block"   // 输错太多次
	ActAgree   Act = "agree"   // 授权
	ActRefuse  Act = "refuse"  // 不同意
	ActRevoke  Act = "revoke"  // 撤回
	ActReplace Act = "replace" // 换新
	ActUse     Act = "use"     // 收件
)

type step struct {
	from State
	act  Act
	to   State
}

// life has no way to an agreement that passes by the proof of the person, and no way back after the hand-in.
var life = []step{
	{Offered, ActOpen, Opened}, {Offered, ActReplace, Replaced},
	{Opened, ActProve, Proved}, {Opened, ActBlock, Blocked}, {Opened, ActRefuse, Refused}, {Opened, ActReplace, Replaced},
	{Proved, ActAgree, Agreed}, {Proved, ActRefuse, Refused}, {Proved, ActReplace, Replaced},
	{Agreed, ActAgree, Agreed}, {Agreed, ActRevoke, Revoked}, {Agreed, ActUse, Used},
	{Revoked, ActAgree, Agreed},
}

// Next returns the state after act, or ErrNotNow.
func Next(from State, act Act) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act {
			return s.to, nil
		}
	}
	return from, ErrNotNow
}

// Passing reports whether a state waits for the phone: such a code runs out.
func (s State) Passing() bool { return s == Offered || s == Opened || s == Proved }

var texts = map[State]string{
	Offered: "等他扫码", Opened: "已扫码，在验证本人", Proved: "已验证本人，在选", Agreed: "本人已授权", Refused: "本人不同意共享", Revoked: "本人撤回了授权",
	Blocked: "验证没有通过", Replaced: "已换新码", Used: "已随件收下",
}

// Text is the state in words.
func (s State) Text() string { return texts[s] }
