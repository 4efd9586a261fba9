package window

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/vault"
	"tongban/fleet/wire"
)

// Facts is what other modules may know of a case (办件事实). No personal data beyond the masked name.
type Facts struct {
	No          string
	Item        string // code
	ItemVersion int
	ItemName    string
	State       State
	Version     int // of the case; an act names it

	Channel    string // terminal, window, or the code of an online channel
	Terminal   string
	Window     string // counter window, such as B12
	Ticket     string
	Place      string // hall and label in words
	Region     string // twelve digits
	Department string // that decides it
	Handler    string // account
	Clerk      string // account that took it in at the counter, "" else
	Applicant  string // masked

	SubmittedAt time.Time
	ReceivedAt  time.Time
	ClosedAt    time.Time // zero while it runs
	AcceptedOn  string    // YYYY-MM-DD, "" before
	Due         string    // promised
	Statutory   string
	NoticeDue   string // until when the office must answer, or the applicant bring what is missing
	Notices     int    // one-time notices given
	Tolerated   bool   // 容缺受理 at some time
	Deferred    int    // papers still to come of a tolerated case
	DeferredDue string // until when, "" when none is to come
	Exempt      int    // papers not asked for, because a licence or an earlier paper stood for them
	Clock       ClockFacts
}

// ClockFacts is the clock of a case as of today, or of the day on which it ended (时限).
type ClockFacts struct {
	Level           string // green, blue, yellow, red, illegal; "" when nothing runs
	Budget          int    // days promised, extensions included
	StatutoryBudget int    // days of the law, extensions included
	Used            int
	Suspended       int // days not counted so far
	Left            int // today included when it counts
	Overdue         int
	StatutoryOver   int
	Standing        bool   // 停表: today does not count
	PausedUntil     string // last day that the applicant was told of; later the clock runs again, whatever the state is
	Text            string
}

// Draft is one hand-in that is not a case yet, as others may know it (草稿).
type Draft struct {
	ID             string
	Item, ItemName string
	Region         string
	Handler        string // account
	Since          time.Time
}

// Note is one line of a case's timeline (经过).
type Note struct {
	Kind  string // person, machine, message
	Title string
	Text  string
	By    string // name as people read it; the caller when empty
}

// Document is a paper that an act made (文书).
type Document struct {
	ID, No, Kind, Title string
	Code                string // by which it verifies
}

// Gap is one thing the applicant has to bring or put right (补正事项).
type Gap struct {
	What string `json:"what" minLength:"2" maxLength:"80" doc:"缺什么、哪里不对"`
	How  string `json:"how" minLength:"2" maxLength:"200" doc:"怎么补"`
	Ref  string `json:"ref,omitempty" maxLength:"60" doc:"材料或要点的编码，申请表是 form"`
	Name string `json:"-"` // of what Ref means, "" when it means nothing
}

// Fact is one line of what a proof states (证明内容).
type Fact struct {
	Label string `json:"label" maxLength:"20"`
	Value string `json:"value" maxLength:"80"`
}

// Decision is what is done with a case, with the words that the act needs.
type Decision struct {
	Act     Act
	Version int // of the case as the caller saw it

	Note        string // for the history
	Gaps        []Gap  // notice, renotice, tolerate: what is missing
	Days        int    // notice: working days for the applicant; tolerate: until the papers are due; pause: how long it will take; extend: how many more
	ReasonCode  string // refuse: not_needed, not_ours, not_eligible; pause: hearing, tender, auction, inspection, testing, quarantine, appraisal, expert_review
	Reason      string
	RightOffice string   // refuse, not_ours
	Facts       []Fact   // grant: what was read in the office's own system, for an item whose result is a printed proof
	Approver    string   // renotice, extend: account of the head who agreed
	Materials   []string // supplement, supply: codes of the papers that came
}

// Running is one case that has not ended, as others may see it (在办件).
type Running struct {
	No       string
	Version  int // of the item
	State    State
	Received time.Time
	Due      string
}

// Waits is one case that waits for the caller (待办). No personal data beyond the masked name.
type Waits struct {
	No, Item, Applicant string
	StateText, Todo     string // what is to be done, in words
	Level               string // green, yellow, red; "" when nothing runs
	Due, DueText        string
	At                  time.Time // when it was received
}

// Also writes what another module keeps of an act, in the act's transaction. What it is given says no more than the event.
type Also func(ctx context.Context, tx db.Tx, moved Moved, doc Document) error

// Service is what other modules may ask.
type Service interface {
	// Progress returns a person's cases, newest first, as the person may see them; none is an empty slice.
	Progress(ctx context.Context, q wire.ProgressQuery) ([]wire.Progress, error)

	// Running returns the cases of an item that have not ended, newest first, at most most of them, and how many there are by
	// the version they were filed with. No personal data.
	Running(ctx context.Context, item string, most int) (cases []Running, byVersion map[int]int, err error)

	// RunningByItem counts the cases that have not ended, by item.
	RunningByItem(ctx context.Context) (map[string]int, error)

	// Waiting returns the cases that wait for the caller, the nearest date first, at most most, and how many there are. It is
	// empty for who may not read cases.
	Waiting(ctx context.Context, most int) (list []Waits, total int, err error)

	// Recognise names the paper whose bytes these are, "" when this centre never issued them.
	Recognise(ctx context.Context, pdf []byte) (string, error)

	// Facts returns what other modules may know of a case, or ErrNoSuchCase. It asks nobody's scope: the caller shows it to
	// nobody who may not read the case.
	Facts(ctx context.Context, no string) (Facts, error)

	// Unended lists cases that have not ended by number, those after the given one, at most most (up to 500), for sweeps.
	Unended(ctx context.Context, after string, most int) ([]Facts, error)

	// Every lists all cases like Unended, for rebuilding what is derived from them.
	Every(ctx context.Context, after string, most int) ([]Facts, error)

	// Drafts lists hand-ins at a counter that were begun before an instant and are not cases yet (暂存), at most most. No
	// personal data.
	Drafts(ctx context.Context, before time.Time, most int) ([]Draft, error)

	// Application opens what the applicant handed in, for an outside body that takes part in the case; the purpose is kept in
	// the audit with the system that asked.
	Application(ctx context.Context, no, purpose string) (wire.Submission, error)

	// Phone returns the applicant's number for a short message, "" when there is none.
	Phone(ctx context.Context, no string) (vault.Phone, error)

	// Note adds a line to the one timeline of a case (进度时间线), in the transaction of what it tells of. No personal data.
	Note(ctx context.Context, tx db.Tx, no string, n Note) error

	// Act moves a case by the caller's right: state, clock, paper, history, audit and event, and what also writes, commit
	// together. also may be nil.
	Act(ctx context.Context, no string, d Decision, also Also) (Facts, Document, error)
}
