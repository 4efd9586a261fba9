package window

import "tongban/central/kernel/errs"

// step is one row of a case's life.
type step struct {
	from State
	act  Act
	to   State
	only handling
	when condition
}

// handling says for which items a step is.
type handling int

const (
	every    handling = iota
	onSpot            // issued on the spot (即办件)
	withDays          // with a limit in days (承诺件)
)

// condition says what else must be so, and refusals what to tell a person when it is not.
type condition int

const (
	always     condition = iota
	untold               // no one-time notice was given yet
	told                 // one was
	whole                // every paper is there
	missing              // a paper that may come later has not come
	late                 // the applicant's days are over
	overdue              // the days of the papers that may come later are over
	unextended           // its days were never extended
)

// refusals of the conditions.
var refusals = map[condition]error{
	untold:     ErrToldOnce,
	told:       ErrNotNow,
	whole:      ErrPapersMissing,
	missing:    errs.E(errs.Conflict, "window.nothing_missing", "这个办件没有等着补交的材料", nil),
	late:       ErrNotLate,
	overdue:    ErrNotLate,
	unextended: errs.E(errs.Conflict, "window.extended_once", "已经延期过一次，法律只许延一次", nil),
}

// Refusals of acts whose turn it is not.
var (
	// ErrToldOnce means that the applicant was told before: everything missing is told at once (行政许可法 art. 32).
	ErrToldOnce = errs.E(errs.Conflict, "window.told_once", "已经一次性告知过，再要别的材料须由负责人批准（再次告知）", nil)
	// ErrPapersMissing means that a paper which may come later has not come (容缺).
	ErrPapersMissing = errs.E(errs.Conflict, "window.papers_missing", "还有容缺的材料没有补交，补齐后才能办这一步", nil)
	// ErrNotLate means that the applicant still has days left.
	ErrNotLate = errs.E(errs.Conflict, "window.not_late", "申请人的期限还没有过，不能终止", nil)
)

// Now is what decides which steps of its life a case may take.
type Now struct {
	State     State
	Immediate bool // issued on the spot
	Notices   int  // one-time notices given
	Missing   int  // papers that may come later and have not (容缺)
	Late      bool // the applicant's days are over: of a notice, or of the papers that may come later
	Extended  bool
}

func (n Now) meets(c condition) bool {
	switch c {
	case untold:
		return n.Notices == 0
	case told:
		return n.Notices > 0
	case whole:
		return n.Missing == 0
	case missing:
		return n.Missing > 0
	case late:
		return n.Late
	case overdue:
		return n.Missing > 0 && n.Late
	case unextended:
		return !n.Extended
	default:
		return true
	}
}

func (s step) fits(immediate bool) bool {
	return s.only == every || (s.only == onSpot) == immediate
}

// life is the whole life of a case (办件生命周期). A second one-time notice is a step of its own, because the law wants
// everything told at once (行政许可法 art. 32): it needs an approver. What is issued on the spot is not accepted first: it has
// no days to count, and an acceptance notice without a date would be an empty promise.
var life = []step{
	{from: Received, act: ActAccept, to: Accepted, only: withDays, when: whole},
	{from: Received, act: ActTolerate, to: Accepted, only: withDays},
	{from: Received, act: ActNotice, to: Noticed, when: untold},
	{from: Received, act: ActRenotice, to: Noticed, when: told},
	{from: Received, act: ActRefuse, to: Refused},
	{from: Received, act: ActGrant, to: Granted, only: onSpot, when: whole},
	{from: Received, act: ActSupply, to: Received, when: missing},
	{from: Received, act: ActWithdraw, to: Withdrawn},

	{from: Noticed, act: ActSupplement, to: Received},
	{from: Noticed, act: ActAccept, to: Accepted, only: withDays, when: whole},
	{from: Noticed, act: ActRefuse, to: Refused},
	{from: Noticed, act: ActGrant, to: Granted, only: onSpot, when: whole},
	{from: Noticed, act: ActWithdraw, to: Withdrawn},
	{from: Noticed, act: ActLapse, to: Lapsed, when: late},

	{from: Accepted, act: ActGrant, to: Granted, when: whole},
	{from: Accepted, act: ActDeny, to: Denied},
	{from: Accepted, act: ActPause, to: Suspended},
	{from: Accepted, act: ActExtend, to: Accepted, when: unextended},
	{from: Accepted, act: ActSupply, to: Accepted, when: missing},
	{from: Accepted, act: ActWithdraw, to: Withdrawn},
	{from: Accepted, act: ActLapse, to: Lapsed, when: overdue},

	{from: Suspended, act: ActResume, to: Accepted},
	{from: Suspended, act: ActWithdraw, to: Withdrawn},
}

// Next returns the state after act, or why not: ErrNotNow, or what has to be so first.
func Next(now Now, act Act) (State, error) {
	for _, s := range life {
		if s.from != now.State || s.act != act || !s.fits(now.Immediate) {
			continue
		}
		if !now.meets(s.when) {
			return "", refusals[s.when]
		}
		return s.to, nil
	}
	return "", ErrNotNow
}

// Acts lists what may be done with a case now, in the order of the table.
func Acts(now Now) []Act {
	acts := []Act{}
	for _, s := range life {
		if s.from == now.State && s.fits(now.Immediate) && now.meets(s.when) {
			acts = append(acts, s.act)
		}
	}
	return acts
}

// Open reports whether somebody still has to do something with the case.
func (s State) Open() bool {
	return s == Received || s == Noticed || s == Accepted || s == Suspended
}

// topics are the events that tell of acts.
var topics = map[Act]string{
	ActAccept: TopicAccepted, ActTolerate: TopicAccepted, ActNotice: TopicNoticed, ActRenotice: TopicNoticed,
	ActSupplement: TopicSupplied, ActSupply: TopicSupplied, ActRefuse: TopicRefused, ActGrant: TopicGranted, ActDeny: TopicDenied,
	ActPause: TopicSuspended, ActResume: TopicResumed, ActExtend: TopicExtended, ActWithdraw: TopicWithdrawn, ActLapse: TopicLapsed,
}

// Topic is the event that tells of the act.
func (a Act) Topic() string { return topics[a] }

// words are the one word for a state on every screen.
var words = map[State]string{
	Received: "收件", Noticed: "补正中", Accepted: "已受理", Suspended: "停表", Refused: "不予受理", Granted: "办结", Denied: "不予许可",
	Withdrawn: "已撤件", Lapsed: "已终止",
}

// Text is the one word for s on every screen.
func (s State) Text() string {
	if w, ok := words[s]; ok {
		return w
	}
	return string(s)
}

// deeds are the words for what was done.
var deeds = map[Act]string{
	ActAccept: "受理", ActTolerate: "容缺受理", ActNotice: "一次性告知", ActRenotice: "再次告知", ActSupplement: "补正收件", ActSupply: "容缺补交",
	ActRefuse: "不予受理", ActGrant: "办结", ActDeny: "不予许可", ActPause: "停表：特别程序", ActResume: "恢复计时", ActExtend: "延期",
	ActWithdraw: "撤件", ActLapse: "终止",
}

// Text is the word for the act on a timeline.
func (a Act) Text() string { return deeds[a] }

// Procedures are those whose time the law does not count, by code (行政许可法 art. 45, and nothing wider).
var Procedures = map[string]string{
	"hearing": "听证", "tender": "招标", "auction": "拍卖", "inspection": "检验", "testing": "检测", "quarantine": "检疫", "appraisal": "鉴定",
	"expert_review": "专家评审",
}
