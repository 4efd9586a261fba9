package app

import (
	"time"

	"tongban/central/kernel/calendar"
	"tongban/central/modules/window"
	"tongban/central/modules/window/internal/store"
)

// Kinds of papers (文书种类).
const (
	KindReceipt    = "receipt"    // 收件凭证
	KindAcceptance = "acceptance" // 受理通知书
	KindNotice     = "notice"     // 一次性告知书
	KindRefusal    = "refusal"    // 不予受理通知书
	KindProof      = "proof"      // the result, such as 个人参保证明
	KindClosing    = "closing"    // 办结通知, where the result is not a printed proof
	KindDelivery   = "delivery"   // 送达回证
	KindVisit      = "visit"      // 接待回执
	KindTolerance  = "tolerance"  // 容缺受理通知书（含承诺书）
	KindRenotice   = "renotice"   // 一次性告知书, given again
	KindSupplement = "supplement" // 补正材料收件凭证
	KindSupply     = "supply"     // 补交材料收件凭证
	KindDenial     = "denial"     // 不予行政许可决定书
	KindPause      = "pause"      // 特别程序告知书
	KindResume     = "resume"     // 恢复计时告知书
	KindExtension  = "extension"  // 延长办理期限告知书
	KindWithdrawal = "withdrawal" // 撤件回执
	KindLapse      = "lapse"      // 终止办理告知书

	KindCardNote   = store.KindCardNote   // 督办单
	KindCardYellow = store.KindCardYellow // 黄牌
	KindCardRed    = store.KindCardRed    // 红牌
)

// Papers draws official papers as PDF. The same facts give the same bytes.
type Papers interface {
	Draw(PaperFacts) ([]byte, error)
}

// PaperFacts is everything a paper says; which of it a kind needs is the drawer's business.
type PaperFacts struct {
	Kind      string
	No        string // 绵涪审民〔2026〕151号
	CaseNo    string
	Code      string // verify code, 7KQ4-M2PX
	VerifyURL string
	Office    string
	Draft     bool // 样张: no number yet

	Applicant string // in full: the paper is handed to this person
	IDMasked  string
	Item      string
	Applied   calendar.Date
	AppliedAt time.Time     // in Shanghai
	On        calendar.Date // date of the paper
	At        time.Time     // in Shanghai

	Strip           calendar.Strip
	PromiseBudget   calendar.Budget
	StatutoryBudget calendar.Budget
	NoClock         bool // issued on the spot
	Received        []ReceivedPaper
	Exempt          []ExemptPaper
	Deferred        []string
	Came            []string // papers that came with this act
	Filled          string   // how the form was filled in, 终端填写 or 窗口填写
	Fee, How        string
	PhoneMasked     string

	Gaps      []window.Gap
	GapsUntil calendar.Date // applicant's date
	AnswerBy  calendar.Date // the office's

	AcceptedOn               calendar.Date
	Procedure                string // of a suspension, in words
	Days                     int    // told, or added
	From, To, Told           calendar.Date
	WasPromise, WasStatutory calendar.Date // before the act
	Approver                 string
	Joint                    bool // 45 days, several bodies

	ReasonCode  string // not_needed, not_ours, not_eligible
	Reason      string
	Conditions  []string
	RightOffice string
	Law         []LawQuote

	Proof      []window.Fact // lines of a printed proof or a closing paper
	Purpose    string        // what a proof is for
	ValidUntil calendar.Date
	Government string // that reviews

	Delivery  *window.Delivery // of a proof of delivery
	Delivered []window.Fact    // papers that were handed out

	Matters []MatterLine // of the receipt of a visit
	Ticket  string

	Card *window.Card // of a paper of supervision

	Clerk, Desk, Helpline string
}

// MatterLine is one matter of a visit: which, its case, where it stands, by when it is answered.
type MatterLine struct{ Item, CaseNo, State, Until string }

// ReceivedPaper is one material that was taken in.
type ReceivedPaper struct {
	Name  string
	Pages int
	Seen  string // 是 where the clerk looked at the original
}

// ExemptPaper is one material that was not asked for, and why.
type ExemptPaper struct{ Name, Because string }

// LawQuote is one article with its words.
type LawQuote struct{ Name, Article, Text string }
