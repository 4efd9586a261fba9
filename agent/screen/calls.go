package screen

import (
	"tongban/fleet/wire"
	"tongban/fleet/wire/matter"
)

// Bodies of the calls. A call without a type here has an empty body {}.
//
//	POST /api/visit/start          → State        a touch on the attract screen; a card laid down starts one by itself
//	POST /api/visit/touch          → State        the citizen is there
//	POST /api/visit/prefs     Prefs → State
//	POST /api/visit/say       Say  → State        in place of what is being said; counts as no touch
//	POST /api/visit/sound    Sound → State
//	POST /api/visit/help           → State
//	POST /api/visit/end  EndVisit  → State        wipes
//	POST /api/identify/start StartIdentify → State begin waiting for a card
//	POST /api/identify/document Document → State  begin with a passport or permit; typed wrong: fields number, birth, expires
//	POST /api/identify/cancel      → State
//	POST /api/identify/confirm     → State        “是我”
//	POST /api/identify/reveal      → Revealed
//	GET  /api/state                → State
//	GET  /api/items                → Items        ?q= &category= &office= &frequent=1 &exact=1 (just what was typed)
//	GET  /api/items/<code>         → ItemDetail
//	GET  /api/bulletin             → Bulletin     news and convenience services by columns, as last told
//	POST /api/guide/print    Choose → State       the guide of a matter that is done elsewhere, on the receipt printer
//	POST /api/matter/choose  Choose → State
//	POST /api/matter/leave         → State        back to the list, the matter is dropped
//	POST /api/matter/consent       → State
//	POST /api/matter/answer  Answer → State
//	POST /api/matter/form    Entries → State      422 with fields when a value breaks its rule
//	POST /api/matter/capture Shoot → Capture
//	POST /api/matter/keep    Keep → State         “就用这张”
//	POST /api/matter/drop    Keep → State
//	POST /api/matter/defer   Defer → State
//	POST /api/matter/sign    Sign → State
//	POST /api/matter/unsign  Unsign → State
//	POST /api/matter/pen           → State        from now on what is written on the signature pad counts; once more: it is wiped
//	GET  /api/pen                  → Pen
//	POST /api/matter/submit        → State        State.Visit.Done is set; answers as soon as it is in the outbox
//	POST /api/slip/answer    SlipAnswer → State
//	POST /api/slip/print           → State        once more, when the last one is known not to have come out
//	POST /api/rate           Rate → State
//	GET  /api/progress?case_no=&check_code=  → Progress ; without parameters: of the person identified
//	GET  /api/camera/preview       → Preview ; GET /api/camera/frame?rev= → image/jpeg
//	GET  /api/pages/<id>.jpg, GET /api/signatures/<role>.png
//	GET  /api/qr?text=             → image/png, only for links below the centre's public base

// EndVisit says why.
type EndVisit struct {
	Reason string `json:"reason"` // finished, left, timeout
}

// Say is a sentence of the screen, to be said aloud (播报). Numbers and what belongs to the person are left out by the agent. An empty text is
// silence.
type Say struct {
	Text string `json:"text"`
}

// StartIdentify says whose card is waited for; empty means the applicant's, or with a matter in hand that of the next
// signer who is read in on their own card.
type StartIdentify struct {
	For string `json:"for,omitempty"` // applicant, or a signer's role
}

// Revealed is the full number, for 3 s.
type Revealed struct {
	ID string `json:"id"`
}

// Choose takes up a matter.
type Choose struct {
	Item string `json:"item"`
}

// Answer answers one question; changing an earlier one keeps the answers of branches that remain.
type Answer struct {
	Question string `json:"question"`
	Option   string `json:"option"`
}

// Entries are the values of one group.
type Entries struct {
	Group  string         `json:"group"`
	Values map[string]any `json:"values"`
}

// Shoot takes one page for a material.
type Shoot struct {
	Material string `json:"material"`
}

// Keep keeps or drops one captured page.
type Keep struct {
	Material string `json:"material"`
	Page     string `json:"page"`
}

// Defer promises to bring a material later, or takes that back.
type Defer struct {
	Material string `json:"material"`
	On       bool   `json:"on"`
}

// Sign hands over strokes: points as x, y, milliseconds, pressure 0–1, in pixels of a box of Width × Height.
type Sign struct {
	Role    string         `json:"role"`
	Width   int            `json:"width"`
	Height  int            `json:"height"`
	Strokes [][][4]float64 `json:"strokes"`
	Pad     bool           `json:"pad,omitempty"` // what was written on the signature pad, in place of strokes
}

// Unsign wipes one signature.
type Unsign struct {
	Role string `json:"role"`
}

// SlipAnswer is the citizen's word on whether the slip came out.
type SlipAnswer struct {
	CameOut bool `json:"came_out"`
}

// Rate is five levels, 5 is best.
type Rate struct {
	Level int `json:"level"`
}

// ItemDetail is what to know before starting (事项说明), the same as Matter.Item with what this terminal can do. Of a matter
// that is done elsewhere it is the whole guide.
type ItemDetail struct {
	ItemRow
	TimeText   string       `json:"time_text"` // 5个工作日，收下材料次日起算
	Statutory  string       `json:"statutory"` // 20个工作日, "" where the law sets none
	Fee        string       `json:"fee"`
	Visits     string       `json:"visits"` // 不用再跑
	Bring      []BringRow   `json:"bring"`
	Summary    string       `json:"summary"`
	Conditions []string     `json:"conditions"`
	Law        []matter.Law `json:"law"`
	Sample     bool         `json:"sample"`          // the office has not confirmed everything yet
	Where      string       `json:"where,omitempty"` // not here: where
	QR         string       `json:"qr,omitempty"`    // not here: the guide's page for a phone
}

// BringRow is one paper to bring, ticked when it is already there.
type BringRow struct {
	Name string `json:"name"`
	Have bool   `json:"have"`
	Note string `json:"note"`
}

// Progress is the centre's answer; Stale means that the network is out and this is what was last known.
type Progress struct {
	Cases []wire.Progress `json:"cases"`
	Stale bool            `json:"stale"`
}
