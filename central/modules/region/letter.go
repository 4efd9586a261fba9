package region

// Letter is where a message to another region stands (报文状态).
type Letter string

// States of a letter. Whether one on the line arrived is asked before it is sent again; only a signed receipt confirms.
const (
	Queued    Letter = "queued"    // 排队
	OnLine    Letter = "sent"      // 已发出
	Confirmed Letter = "confirmed" // 对方已签收
	Rejected  Letter = "rejected"  // 被退回: a person decides
)

// Text is the state in words.
func (l Letter) Text() string {
	return map[Letter]string{Queued: "排队", OnLine: "已发出，等回执", Confirmed: "对方已签收", Rejected: "被退回"}[l]
}

// Passage is what happens to a letter.
type Passage string

// Passages.
const (
	Depart  Passage = "depart"  // put on the line
	Confirm Passage = "confirm" // a signed receipt came
	Reject  Passage = "reject"  // the other side said no
	Missing Passage = "missing" // asked: it never arrived
	Unsure  Passage = "unsure"  // no answer, or one that does not fit
	Hold    Passage = "hold"    // it never left the house
	Resend  Passage = "resend"  // a person
)

var passages = map[Letter]map[Passage]Letter{
	Queued:   {Depart: OnLine},
	OnLine:   {Confirm: Confirmed, Reject: Rejected, Missing: Queued, Unsure: OnLine, Hold: Queued},
	Rejected: {Resend: Queued},
}

// Next returns where a passage leads; false when it is not allowed.
func (l Letter) Next(p Passage) (Letter, bool) {
	to, ok := passages[l][p]
	return to, ok
}
