package supervision

// State is where a card stands (督办状态).
type State string

// States: 发 → 知 → 复 → 审 → 结.
const (
	Issued    State = "issued"    // 发: nobody who is responsible has looked yet
	Notified  State = "notified"  // 知: somebody responsible has read it
	Replied   State = "replied"   // 复: the answer waits to be judged
	Returned  State = "returned"  // 退回重写
	Accepted  State = "accepted"  // 审: the answer stands; it closes when the case has ended
	Closed    State = "closed"    // 结
	Cancelled State = "cancelled" // 已撤销: stays listed
)

// States lists them in their order.
func States() []State {
	return []State{Issued, Notified, Replied, Returned, Accepted, Closed, Cancelled}
}

// Title is the state in Chinese.
func (s State) Title() string {
	return map[State]string{
		Issued: "已发，还没人看", Notified: "待答复", Replied: "待审答复", Returned: "退回重写", Accepted: "答复成立，等办结", Closed: "已关闭", Cancelled: "已撤销",
	}[s]
}

// Open reports whether somebody still has to do something.
func (s State) Open() bool { return s != Closed && s != Cancelled }

// Act is what is done with a card (督办动作).
type Act string

// Acts.
const (
	ActRead   Act = "read"   // 已知晓
	ActReply  Act = "reply"  // 答复
	ActAccept Act = "accept" // 认可答复
	ActReturn Act = "return" // 退回重写
	ActCancel Act = "cancel" // 撤销
	ActClose  Act = "close"  // 关闭
	ActRemind Act = "remind" // 催办: the card stays where it is
	ActEnd    Act = "end"    // the case has ended, by the program
	ActRise   Act = "rise"   // a graver card of the same clock was issued, by the program
)

// Acts lists them.
func Acts() []Act {
	return []Act{ActRead, ActReply, ActAccept, ActReturn, ActCancel, ActClose, ActRemind, ActEnd, ActRise}
}

// step is one row of the life of a card. mild says that only a card whose level asks for less than a red one goes this way.
type step struct {
	from State
	act  Act
	to   State
	mild bool
}

var life = []step{
	{Issued, ActRead, Notified, false},

	{Issued, ActReply, Replied, false},
	{Notified, ActReply, Replied, false},
	{Returned, ActReply, Replied, false},

	{Replied, ActAccept, Accepted, false},
	{Replied, ActReturn, Returned, false},
	{Accepted, ActClose, Closed, false},

	{Issued, ActRemind, Issued, false},
	{Notified, ActRemind, Notified, false},
	{Returned, ActRemind, Returned, false},

	{Issued, ActCancel, Cancelled, false},
	{Notified, ActCancel, Cancelled, false},
	{Replied, ActCancel, Cancelled, false},
	{Returned, ActCancel, Cancelled, false},
	{Accepted, ActCancel, Cancelled, false},

	// The case has ended: what only warned has done its work; a red card wants its answer all the same.
	{Issued, ActEnd, Closed, true},
	{Notified, ActEnd, Closed, true},
	{Replied, ActEnd, Closed, true},
	{Returned, ActEnd, Closed, true},
	{Accepted, ActEnd, Closed, false},

	// The clock has gone on: the graver card carries what is still to be answered.
	{Issued, ActRise, Closed, true},
	{Notified, ActRise, Closed, true},
	{Replied, ActRise, Closed, true},
	{Returned, ActRise, Closed, true},
	{Accepted, ActRise, Closed, true},
}

// Next is the state after an act, or ErrNotNow.
func Next(from State, act Act, level Level) (State, error) {
	for _, s := range life {
		if s.from == from && s.act == act && (!s.mild || level.Grade() < Red.Grade()) {
			return s.to, nil
		}
	}
	return from, ErrNotNow
}
