package app

// What the console shows. Every list is never nil, so that a page need not ask.

// Row is one case in a list: masked.
type Row struct {
	No         string `json:"no"`
	Item       string `json:"item"`
	ItemCode   string `json:"item_code"`
	Applicant  string `json:"applicant"`
	IDMasked   string `json:"id_masked"`
	Channel    string `json:"channel"`
	Terminal   string `json:"terminal"`
	Place      string `json:"place"`
	State      string `json:"state"`
	StateText  string `json:"state_text"`
	ReceivedAt string `json:"received_at"`
	Due        string `json:"due"`
	DueText    string `json:"due_text"`
	Level      string `json:"level"`
	Strip      []Cell `json:"strip"`
	Todo       string `json:"todo"`
	Materials  int    `json:"materials_count"`
	Unread     bool   `json:"unread"`
}

// AwaitedPaper is one paper that may come later (容缺).
type AwaitedPaper struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Due  string `json:"due"`
	Came string `json:"came"` // when, "" while it is awaited
}

// AgentRow is who acts for the applicant (代办人).
type AgentRow struct {
	Name     string `json:"name"`
	IDMasked string `json:"id_masked"`
	Phone    string `json:"phone_masked"`
}

// Cell is one day of the clock strip.
type Cell struct {
	Date  string `json:"date"`
	Label string `json:"label"`
	State string `json:"state" enum:"used,today,left,suspended,beyond,over"`
}

// Counts are the numbers beside the tabs.
type Counts struct {
	Todo     int `json:"todo"`
	Unseen   int `json:"unseen"`
	Accepted int `json:"accepted"`
	Notice   int `json:"notice"`
	Closed   int `json:"closed"` // today
	Today    int `json:"today"`
}

// Inbox is one page of the list with the sentence that answers the clerk's question.
type Inbox struct {
	Answer string `json:"answer"`
	Counts Counts `json:"counts"`
	Rows   []Row  `json:"rows"`
	Total  int    `json:"total"`
	More   bool   `json:"more"` // there are more than were counted
	Page   int    `json:"page"`
	Size   int    `json:"size"`
	Seq    int64  `json:"seq"` // the last event this page already holds
}

// Case is one case in full, for the one who works on it.
type Case struct {
	Row
	Version    int            `json:"version"`
	Person     Person         `json:"person"`
	Form       []FormGroup    `json:"form"`
	Answers    []Answered     `json:"answers"`
	Papers     []Paper        `json:"papers"`
	Signatures []SignatureRow `json:"signatures"`
	Points     []Point        `json:"points"`
	Clock      ClockView      `json:"clock"`
	Ledger     []LedgerRow    `json:"ledger"`
	Documents  []DocumentRow  `json:"documents"`
	History    []HistoryRow   `json:"history"`
	Verdict    Verdict        `json:"verdict"`
	Acts       []string       `json:"acts"`
	ItemFacts  ItemFacts      `json:"item_facts"`
	Source     Source         `json:"source"`
	Holder     string         `json:"holder"` // who has it now, "" when it has ended
	Rating     int            `json:"rating"`
	Mode       string         `json:"mode" enum:"plain,tolerant"`
	Notices    int            `json:"notices"`  // one-time notices given
	Deferred   int            `json:"deferred"` // papers that may come later and have not
	Awaited    []AwaitedPaper `json:"awaited"`
	Agent      *AgentRow      `json:"agent,omitempty"`
}

// Person is the applicant: numbers masked for everybody, name and address for those who may not look at values in full.
type Person struct {
	Name        string `json:"name"`
	NameMasked  string `json:"name_masked"`
	IDMasked    string `json:"id_masked"`
	PhoneMasked string `json:"phone_masked"`
	Address     string `json:"address"`
	Sex         string `json:"sex"`
	Nation      string `json:"nation"`
	Birth       string `json:"birth"`
	CardType    string `json:"card_type"`
}

// FormGroup is one part of the filled form.
type FormGroup struct {
	Title  string      `json:"title"`
	Fields []FormField `json:"fields"`
}

// FormField is one entry with where it came from.
type FormField struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Source string `json:"source"`

	Columns []string   `json:"columns,omitempty"` // of repeated lines: their heads; Value then counts the lines
	Lines   [][]string `json:"lines,omitempty"`
}

// Answered is one question of the situation with its answer.
type Answered struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// Paper is one material with its pages.
type Paper struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Need     string `json:"need"`
	Note     string `json:"note"`
	Deferred bool   `json:"deferred"`
	Trust    string `json:"trust"`  // A–D
	Source   string `json:"source"` // "", scan, licence, earlier, later, exempt
	From     string `json:"source_note"`
	Defer    int    `json:"defer_days"` // may be brought within so many working days, 0 = no
	Pages    []Page `json:"pages"`
}

// Page is one picture.
type Page struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// SignatureRow is one signature.
type SignatureRow struct {
	Role      string `json:"role"`
	Label     string `json:"label"`
	Name      string `json:"name"`
	Statement string `json:"statement"`
	URL       string `json:"url"`
	At        string `json:"at"`
}

// Point is one review point with the machine's advice and the clerk's tick.
type Point struct {
	ID     string  `json:"id"`
	No     int     `json:"no"`
	Text   string  `json:"text"`
	Law    string  `json:"law"`
	On     string  `json:"on"`
	Ref    string  `json:"ref"`
	Ticked bool    `json:"ticked"`
	Note   string  `json:"note"`
	By     string  `json:"by"`
	At     string  `json:"at"`
	Advice *Advice `json:"advice,omitempty"`
}

// Advice is what the machine found. It never decides.
type Advice struct {
	OK         bool   `json:"ok"`
	Text       string `json:"text"`
	Confidence int    `json:"confidence"`        // percent
	Certain    bool   `json:"certain,omitempty"` // the machine checked every word of the point itself
	unmet      bool   // a condition of the law that no paper repairs
}

// ClockView is the legal clock.
type ClockView struct {
	Running         bool   `json:"running"`
	Standing        bool   `json:"standing"`     // today does not count
	PausedUntil     string `json:"paused_until"` // last day that the applicant was told of
	Used            int    `json:"used"`
	Suspended       int    `json:"suspended"`
	Text            string `json:"text"`
	Level           string `json:"level"`
	PromiseText     string `json:"promise_text"`
	PromiseDue      string `json:"promise_due"`
	StatutoryText   string `json:"statutory_text"`
	StatutoryDue    string `json:"statutory_due"`
	NoticeDue       string `json:"notice_due"`
	IfToday         string `json:"if_today"` // not accepted yet: the dates if it were today
	Strip           []Cell `json:"strip"`
	StartStrip      []Cell `json:"start_strip"` // not accepted yet: the days if it were accepted today
	CalendarVersion string `json:"calendar_version"`
	Provisional     bool   `json:"provisional"`
}

// LedgerRow is one line of the clock's ledger.
type LedgerRow struct {
	From  string `json:"from"`
	To    string `json:"to"`
	State string `json:"state"`
	Days  int    `json:"days"`
	Total int    `json:"total"`
	Basis string `json:"basis"`
}

// DocumentRow is one produced paper.
type DocumentRow struct {
	ID         string `json:"id"`
	No         string `json:"no"`
	Kind       string `json:"kind"`
	Title      string `json:"title"`
	CreatedAt  string `json:"created_at"`
	URL        string `json:"url"`
	VerifyCode string `json:"verify_code"`
	State      string `json:"state"`
}

// HistoryRow is one line of what happened.
type HistoryRow struct {
	At    string `json:"at"`
	Title string `json:"title"`
	Note  string `json:"note"`
	Actor string `json:"actor"`
	Kind  string `json:"kind"`
}

// Verdict answers: would this be refused as it is?
type Verdict struct {
	OK     bool   `json:"ok"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Open   int    `json:"open"` // points nobody looked at
}

// ItemFacts is what the clerk needs to know of the item.
type ItemFacts struct {
	Name       string   `json:"name"`
	Code       string   `json:"code"`
	Version    int      `json:"version"`
	Office     string   `json:"office"`
	Handling   string   `json:"handling"`
	Fee        string   `json:"fee"`
	Result     string   `json:"result"`
	How        string   `json:"how"`
	Law        []string `json:"law"`
	Conditions []string `json:"conditions"`
	Proof      []string `json:"proof"` // lines that the clerk fills in before the result is printed
}

// Source is where the case came from.
type Source struct {
	Terminal    string `json:"terminal"`
	Place       string `json:"place"`
	SubmittedAt string `json:"submitted_at"`
	ReceivedAt  string `json:"received_at"`
	EnvelopeID  string `json:"envelope_id"`
	Window      string `json:"window"`
	Ticket      string `json:"ticket"`
	Clerk       string `json:"clerk"`
}
