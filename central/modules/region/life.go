package region

// State is where a matter stands that was received here for another region (跨域件状态).
type State string

// States.
const (
	Registered State = "registered" // 待送出: received here, not yet known to the home authority
	Sent       State = "sent"       // 已送达: the home authority's system has it
	Underway   State = "underway"   // 纸件在途
	Arrived    State = "arrived"    // 办理地收到纸件
	Correcting State = "correcting" // 待补正: the home authority asked for what is missing
	Accepted   State = "accepted"   // 办理地已受理: the legal clock runs there
	Decided    State = "decided"    // 办理地已作决定
	Declined   State = "declined"   // 办理地不予受理
	Returning  State = "returning"  // 结果在途
	Returned   State = "returned"   // 结果到窗口
	Handed     State = "handed"     // 已交申请人
	Withdrawn  State = "withdrawn"  // 申请人撤回
)

// States are all of them, in their order.
var States = []State{Registered, Sent, Underway, Arrived, Correcting, Accepted, Decided, Declined, Returning, Returned, Handed, Withdrawn}

// Text is the state in words.
func (s State) Text() string {
	return map[State]string{
		Registered: "待送出", Sent: "已送达办理地", Underway: "纸件在途", Arrived: "办理地收到纸件", Correcting: "待补正", Accepted: "办理地已受理", Decided: "办理地已决定",
		Declined: "办理地不予受理", Returning: "结果在途", Returned: "结果到窗口", Handed: "已交申请人", Withdrawn: "已撤回",
	}[s]
}

// Open reports whether something is still owed.
func (s State) Open() bool { return s != Handed && s != Withdrawn }

// Act is what moves one (动作).
type Act string

// Acts of ours, of the post and of the home authority.
const (
	ActSend       Act = "send"       // its system signed for the application
	ActPost       Act = "post"       // 交寄: the papers were given to the post
	ActLose       Act = "lose"       // the parcel was lost or came back
	ActSupplement Act = "supplement" // 补正: what was missing is sent again
	ActWithdraw   Act = "withdraw"   // 撤回
	ActHand       Act = "hand"       // 交申请人

	ActArrive   Act = "arrive"   // 纸件到达
	ActCorrect  Act = "correct"  // 要求补正
	ActAccept   Act = "accept"   // 受理
	ActDecline  Act = "decline"  // 不予受理
	ActDecide   Act = "decide"   // 作出决定
	ActDispatch Act = "dispatch" // the result was given to the post over there
	ActLand     Act = "land"     // the result is here, on paper or as a file
)

// Acts are all of them.
var Acts = []Act{ActSend, ActPost, ActLose, ActSupplement, ActWithdraw, ActHand, ActArrive, ActCorrect, ActAccept, ActDecline, ActDecide, ActDispatch, ActLand}

// papers says for which matters a step is.
type papers int

const (
	anyPapers  papers = iota
	onPaper           // originals go by post
	electronic        // nothing goes by post
)

type step struct {
	from State
	act  Act
	to   State
	only papers
}

// life is the whole life. The home authority's clock begins with its own acceptance and never with an act of ours: where originals
// are asked for, they have to be there first (纸件到达规则).
var life = []step{
	{from: Registered, act: ActSend, to: Sent},
	{from: Registered, act: ActWithdraw, to: Withdrawn},

	{from: Sent, act: ActPost, to: Underway, only: onPaper},
	{from: Sent, act: ActArrive, to: Arrived, only: onPaper}, // brought by hand
	{from: Sent, act: ActAccept, to: Accepted, only: electronic},
	{from: Sent, act: ActCorrect, to: Correcting},
	{from: Sent, act: ActDecline, to: Declined},
	{from: Sent, act: ActWithdraw, to: Withdrawn},

	{from: Underway, act: ActArrive, to: Arrived},
	{from: Underway, act: ActLose, to: Sent},
	{from: Underway, act: ActAccept, to: Accepted}, // who accepts has the papers: the post only tells it later
	{from: Underway, act: ActCorrect, to: Correcting},
	{from: Underway, act: ActDecline, to: Declined},
	{from: Underway, act: ActWithdraw, to: Withdrawn},

	{from: Arrived, act: ActAccept, to: Accepted},
	{from: Arrived, act: ActCorrect, to: Correcting},
	{from: Arrived, act: ActDecline, to: Declined},
	{from: Arrived, act: ActWithdraw, to: Withdrawn},

	{from: Correcting, act: ActSupplement, to: Registered},
	{from: Correcting, act: ActAccept, to: Accepted}, // the home authority may do without
	{from: Correcting, act: ActDecline, to: Declined},
	{from: Correcting, act: ActWithdraw, to: Withdrawn},

	{from: Accepted, act: ActDecide, to: Decided},
	{from: Accepted, act: ActWithdraw, to: Withdrawn},

	{from: Decided, act: ActDispatch, to: Returning},
	{from: Decided, act: ActLand, to: Returned},
	{from: Declined, act: ActDispatch, to: Returning},
	{from: Declined, act: ActLand, to: Returned},
	{from: Returning, act: ActLand, to: Returned},
	{from: Returned, act: ActHand, to: Handed},
}

// Next returns the state after act, or ErrNotNow. paper says whether originals go by post.
func Next(s State, act Act, paper bool) (State, error) {
	for _, row := range life {
		if row.from == s && row.act == act && (row.only == anyPapers || (row.only == onPaper) == paper) {
			return row.to, nil
		}
	}
	return s, ErrNotNow
}

// Party is who owes the next step (该谁办).
type Party string

// Parties.
const (
	Here      Party = "here"      // 本窗口
	Home      Party = "home"      // 办理地
	Carrier   Party = "post"      // 邮政
	Applicant Party = "applicant" // 申请人
	Nobody    Party = ""
)

// Owes says who has to do the next step.
func Owes(s State, paper bool) Party {
	switch s {
	case Registered, Returned:
		return Here
	case Sent:
		if paper {
			return Here
		}
		return Home
	case Underway, Returning:
		return Carrier
	case Arrived, Accepted, Decided, Declined:
		return Home
	case Correcting:
		return Applicant
	}
	return Nobody
}
