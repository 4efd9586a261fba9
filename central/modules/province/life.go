package province

// State is where a message stands (报文状态).
type State string

// States.
const (
	Queued    State = "queued"    // 排队: not sent, or known not to have arrived
	Sent      State = "sent"      // 已发出: on the line; whether it arrived is asked before it is sent again
	Confirmed State = "confirmed" // 已确认: the province signed a receipt
	Refused   State = "refused"   // 被退回: the province said no, a person decides
	Dead      State = "dead"      // 要人处理: tried for too long
	Dropped   State = "dropped"   // 已作废: a person said that it needs not go
)

// Move is what happens to a message.
type Move string

// Moves.
const (
	MoveDispatch Move = "dispatch" // put on the line
	MoveConfirm  Move = "confirm"  // receipt came, at once or when asked
	MoveRefuse   Move = "refuse"
	MoveAbsent   Move = "absent"  // asked: it never arrived
	MoveUnsure   Move = "unsure"  // no answer, or one that does not fit: ask again later
	MoveHold     Move = "hold"    // it never left the house (breaker, switch, rate)
	MoveGiveUp   Move = "give_up" // tried for too long
	MoveResend   Move = "resend"  // a person
	MoveDrop     Move = "drop"    // a person
)

// Step is one allowed move.
type Step struct {
	From State
	Move Move
	To   State
}

// Life is the whole life of a message; what is not here does not happen.
var Life = []Step{
	{Queued, MoveDispatch, Sent},
	{Queued, MoveGiveUp, Dead},
	{Queued, MoveDrop, Dropped},
	{Sent, MoveConfirm, Confirmed},
	{Sent, MoveRefuse, Refused},
	{Sent, MoveAbsent, Queued},
	{Sent, MoveHold, Queued},
	{Sent, MoveUnsure, Sent},
	{Sent, MoveGiveUp, Dead},
	{Refused, MoveResend, Queued},
	{Refused, MoveDrop, Dropped},
	{Dead, MoveResend, Queued},
	{Dead, MoveDrop, Dropped},
}

// Next returns where a move leads; false when it is not allowed.
func (s State) Next(m Move) (State, bool) {
	for _, step := range Life {
		if step.From == s && step.Move == m {
			return step.To, true
		}
	}
	return s, false
}

// Settled reports whether nothing more happens by itself and later messages of the case may go.
func (s State) Settled() bool { return s == Confirmed || s == Dropped }

// Text is the state in words.
func (s State) Text() string {
	return map[State]string{Queued: "排队", Sent: "已发出", Confirmed: "省里已确认", Refused: "被退回", Dead: "要人处理", Dropped: "已作废"}[s]
}
