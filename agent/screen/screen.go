// Package screen is the contract between the touch screen and the agent (屏幕接口): what the page may ask and the one
// document it draws. The agent holds the visit; the page holds only what is being typed, so a page that dies loses
// nothing and a visit that ends leaves nothing behind.
//
// Calls are POST /api/<name> with a JSON body and answer with the new State or the type named here; errors are Problem.
// Every call that changes something carries the header Idempotency-Key and X-Visit (the visit's id; a stale one is
// refused with screen.visit_over). GET /api/events is a stream of server-sent events named "state", each a whole State.
// TypeScript types are printed from this package into kioskui/src/gen/screen.ts by make gen.
package screen

import "tongban/fleet/wire/matter"

// Problem is every error (出错说明). Message says to the person what to do.
type Problem struct {
	Code    string       `json:"code"`
	Message string       `json:"message"`
	Fields  []FieldError `json:"fields,omitempty"`
}

// FieldError is one wrong entry; the same rule is applied again by the centre.
type FieldError struct {
	Field   string `json:"field"`
	Message string `json:"message"` // 手机号是11位，还差2位
}

// State is the whole truth that the page draws.
type State struct {
	Rev       int64     `json:"rev"` // rises with every change
	Now       string    `json:"now"` // RFC 3339, Asia/Shanghai
	Terminal  Terminal  `json:"terminal"`
	Link      Link      `json:"link"`
	Abilities []Ability `json:"abilities"`
	Pen       bool      `json:"pen"`               // there is a signature pad to write on, besides the screen
	Glass     bool      `json:"glass"`             // papers are laid on the glass of a scanner, which has no live picture
	Voice     *Voice    `json:"voice,omitempty"`   // the terminal speaks; nil: it was built without a speaker
	Blocked   *Block    `json:"blocked,omitempty"` // why nobody can be served now
	Visit     *Visit    `json:"visit,omitempty"`   // nil = attract
	Service   *Service  `json:"service,omitempty"` // a field technician has the terminal
}

// Terminal names the machine.
type Terminal struct {
	Code        string            `json:"code"` // K-01
	Label       string            `json:"label"`
	Place       string            `json:"place"`
	Model       string            `json:"model"`
	Orientation string            `json:"orientation"`      // portrait, landscape
	Scale       float64           `json:"scale"`            // root font scale from the panel's dpi
	Positions   map[string]string `json:"positions"`        // device kind → 屏幕右下方
	Printer     bool              `json:"printer"`          // has a receipt printer at all
	Travel      bool              `json:"travel,omitempty"` // has a reader of passports and travel permits at all
	Helpline    string            `json:"helpline"`
}

// Link is the network as it matters to the citizen.
type Link struct {
	Online  bool   `json:"online"`
	Since   string `json:"since"` // HH:MM
	Waiting int    `json:"waiting"`
}

// Ability is one thing this terminal can do now (本机现在能做).
type Ability struct {
	Kind  string `json:"kind"` // idcard, scanner, receipt
	Label string `json:"label"`
	State string `json:"state"` // ok, low, down
	Note  string `json:"note,omitempty"`
}

// Block says why no visit can start.
type Block struct {
	Code    string `json:"code"` // disk_full, not_enrolled, out_of_service
	Title   string `json:"title"`
	Message string `json:"message"`
}

// Visit is one citizen's visit (一次办事).
type Visit struct {
	ID           string       `json:"id"`
	Person       *Person      `json:"person,omitempty"`
	IdleSeconds  int          `json:"idle_seconds"` // without a touch until the warning
	Warning      int          `json:"warning"`      // seconds left of the countdown, 0 = none
	HelpCalled   bool         `json:"help_called"`
	Identify     *Identify    `json:"identify,omitempty"`
	Matter       *Matter      `json:"matter,omitempty"`
	Done         *Done        `json:"done,omitempty"`
	CardLeft     bool         `json:"card_left"`               // a card still lies on the reader at the end
	DocumentLeft bool         `json:"document_left,omitempty"` // with card_left: it is a passport or permit, on the other reader
	Prefs        Prefs        `json:"prefs"`
	Sound        Sound        `json:"sound"`
	Finished     []FinishedIn `json:"finished"` // matters handed in during this visit
}

// FinishedIn is one matter of this visit that was handed in.
type FinishedIn struct {
	CaseNo string `json:"case_no"`
	Item   string `json:"item"`
}

// Prefs are reset when the visit ends.
type Prefs struct {
	Elderly  bool   `json:"elderly"`
	Contrast bool   `json:"contrast"`
	LowReach bool   `json:"low_reach"`
	Speech   bool   `json:"speech"`
	Language string `json:"language"` // zh-CN, en
}

// Sound is how loud the terminal speaks (音量、静音); reset when the visit ends.
type Sound struct {
	Volume int  `json:"volume"` // 1 to 5
	Muted  bool `json:"muted"`
}

// Voice is what says the steps aloud (语音提示).
type Voice struct {
	Ready bool   `json:"ready"` // what is said is heard, as far as the machine can tell
	Note  string `json:"note,omitempty"`
	Sound Sound  `json:"sound"` // with which a visit begins
}

// Person is who was identified, masked. The full number is shown for 3 s on demand by POST /api/identify/reveal.
type Person struct {
	Name      string `json:"name"`   // in full: only on 03d and 10; header shows Masked
	Masked    string `json:"masked"` // 陈*芳
	ID        string `json:"id"`     // masked
	Sex       string `json:"sex"`
	Birth     string `json:"birth"`
	Nation    string `json:"nation"` // 汉族
	Address   string `json:"address"`
	ValidTo   string `json:"valid_to"`
	Expired   bool   `json:"expired"`
	Confirmed bool   `json:"confirmed"`
	CardType  string `json:"card_type"` // see drivers.CardResident and its sisters; of travel documents passport, hkmo, taiwan, other
}

// Identify is the state of the reader for this visit (读证).
type Identify struct {
	Phase    string `json:"phase"` // waiting, reading, early, unreadable, unknown, noise, silent, down, read; of a document also ask
	Title    string `json:"title"`
	Message  string `json:"message"`
	Tries    int    `json:"tries"`
	For      string `json:"for"`                // applicant, or the signer's role
	Document bool   `json:"document,omitempty"` // a passport or travel permit is read instead of a card
	Percent  int    `json:"percent,omitempty"`  // of the chip that is being read
}

// Document is what a citizen types from the page of a passport or permit, since the chip opens with nothing else (证件上印的三项). All
// empty: begin. Dates are YYYY-MM-DD.
type Document struct {
	Number  string `json:"number"`
	Birth   string `json:"birth"`
	Expires string `json:"expires"`
}

// Matter is the matter in hand (正在办的事).
type Matter struct {
	Item      matter.Item       `json:"item"`
	Consented bool              `json:"consented"`
	Answers   map[string]string `json:"answers"`
	Ask       *matter.Question  `json:"ask,omitempty"` // the next question that still changes the outcome
	AskNo     int               `json:"ask_no"`
	AskOf     int               `json:"ask_of"`  // at most so many
	Settled   bool              `json:"settled"` // no question left
	Stop      string            `json:"stop,omitempty"`
	Groups    []matter.Group    `json:"groups"` // that apply
	Values    map[string]any    `json:"values"`
	GroupDone map[string]bool   `json:"group_done"`
	Materials []MaterialState   `json:"materials"`
	Signers   []SignerState     `json:"signers"`
	Steps     []string          `json:"steps"`      // of notice, questions, form, materials, sign, check: those that exist
	Answer    string            `json:"answer"`     // 最晚12月1日（周二）给您答复
	AnswerDay string            `json:"answer_day"` // YYYY-MM-DD
	Missing   []string          `json:"missing"`    // what still keeps it from being handed in, in words
}

// MaterialState is one paper of this matter.
type MaterialState struct {
	matter.Material
	Need     string `json:"need"` // required, exempt, deferrable
	Note     string `json:"note,omitempty"`
	Deferred bool   `json:"deferred"`
	Pages    []Page `json:"pages"`
}

// Page is one captured page; its picture is GET /api/pages/<id>.jpg.
type Page struct {
	ID     string `json:"id"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Preview is the live picture (取景): GET /api/camera/preview answers it, the frame itself is GET /api/camera/frame?rev=N.
type Preview struct {
	Rev     int64       `json:"rev"`
	Verdict string      `json:"verdict"` // drivers.PageVerdict, or "down"
	Message string      `json:"message"` // 找到页面了，很清楚
	Corners [4][2]int   `json:"corners"`
	Width   int         `json:"width"`
	Height  int         `json:"height"`
	Checks  []PageCheck `json:"checks"`
}

// PageCheck is one plain check beside the picture.
type PageCheck struct {
	Label string `json:"label"`
	OK    bool   `json:"ok"`
}

// Capture is the answer to POST /api/matter/capture: a page when it is good, else the reason.
type Capture struct {
	OK      bool        `json:"ok"`
	Verdict string      `json:"verdict"`
	Title   string      `json:"title"`
	Message string      `json:"message"`
	Page    *Page       `json:"page,omitempty"`
	Checks  []PageCheck `json:"checks"`
}

// SignerState is one person who signs.
type SignerState struct {
	Role      string `json:"role"`
	Label     string `json:"label"`
	Name      string `json:"name"` // masked
	Statement string `json:"statement"`
	OwnCard   bool   `json:"own_card"`
	Read      bool   `json:"read"` // their card was read
	Signed    bool   `json:"signed"`
	At        string `json:"at,omitempty"`
	Image     string `json:"image,omitempty"` // path of the picture
}

// Pen is what is written on the signature pad now (签名板笔迹): points as in Sign, in a box of Width × Height.
type Pen struct {
	There   bool           `json:"there"` // false: write on the screen
	Width   int            `json:"width"`
	Height  int            `json:"height"`
	Strokes [][][4]float64 `json:"strokes"`
}

// Done is what the citizen holds after handing in (交件结果).
type Done struct {
	CaseNo    string   `json:"case_no"`
	CheckCode string   `json:"check_code"`
	Item      string   `json:"item"`
	ItemCode  string   `json:"item_code"`
	State     string   `json:"state"` // stored 已收下, received 窗口已收到
	At        string   `json:"at"`
	Answer    string   `json:"answer"`
	AskBy     string   `json:"ask_by"` // stored: ask if no message came by then
	QR        string   `json:"qr"`     // link in the QR
	Slip      Slip     `json:"slip"`
	Take      []string `json:"take"` // 身份证、户口簿、小票
	Rated     int      `json:"rated"`
}

// Slip is the state of the printed slip.
type Slip struct {
	State string `json:"state"` // none (no printer), printing, printed, failed, unknown
	Title string `json:"title"`
	Note  string `json:"note"`
}

// ItemRow is one search result (结果行).
type ItemRow struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Short    string `json:"short"`
	Category string `json:"category"`
	Office   string `json:"office"`
	Icon     string `json:"icon"`
	Minutes  int    `json:"minutes"`
	Here     string `json:"here"`          // full, part, no
	Why      string `json:"why,omitempty"` // of no: paused 暂停办理, channel 不在自助机上办, device 设备用不了, card 证件不合
	HereText string `json:"here_text"`
	Mark     [2]int `json:"mark"` // found word in Name, runes from–to
}

// Items is the answer to GET /api/items?q=&category=&office=&frequent=1. Rows are the best 60 at most, Found counts them all.
type Items struct {
	Query      string          `json:"query"`
	Searched   string          `json:"searched"` // what was searched instead, when the spelling was forgiven
	Hint       string          `json:"hint"`
	Rows       []ItemRow       `json:"rows"`
	Found      int             `json:"found"`
	Nearest    bool            `json:"nearest"` // nothing found: these are the nearest
	Categories []CategoryCount `json:"categories"`
	Offices    []OfficeCount   `json:"offices"` // that the list would hold without office, most matters first
	Total      int             `json:"total"`
}

// OfficeCount is one body that decides with its matters in a list.
type OfficeCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// CategoryCount is one tile.
type CategoryCount struct {
	matter.Category
	Count int `json:"count"`
}
