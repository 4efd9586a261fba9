package wire

import (
	"log/slog"
	"time"
)

// Submission is one application as the citizen confirmed it (申请提交). It exists in clear only in memory: from Seal to
// Accept it is inside the box.
type Submission struct {
	CaseNo      string            `json:"case_no"`    // made on the terminal, see CaseNo
	CheckCode   string            `json:"check_code"` // six characters on the slip, lets the holder ask without a card
	LookupKey   string            `json:"lookup_key"` // random key in the slip's QR
	Item        string            `json:"item"`
	ItemVersion int               `json:"item_version"`
	Applicant   Person            `json:"applicant"`
	Consents    []Consent         `json:"consents"`
	Answers     map[string]string `json:"answers"` // question id → option value
	Form        map[string]any    `json:"form"`    // field name → value, checked against the item's schema
	Materials   []Material        `json:"materials"`
	Signatures  []Signature       `json:"signatures"`
	SubmittedAt time.Time         `json:"submitted_at"` // the time that counts (收件时间)
}

// LogValue hides the person.
func (s Submission) LogValue() slog.Value { return slog.StringValue("[申请 " + s.CaseNo + "]") }

func (s Submission) String() string { return "[申请 " + s.CaseNo + "]" }

// Person is who was identified at the terminal (申请人).
type Person struct {
	Type         string    `json:"type"` // card type, see drivers.CardResident and its sisters
	Name         string    `json:"name"`
	IDNumber     string    `json:"id_number"`
	Sex          string    `json:"sex,omitempty"`
	Nation       string    `json:"nation,omitempty"` // two digits, GB/T 3304
	Birth        string    `json:"birth,omitempty"`
	Address      string    `json:"address,omitempty"`
	IdentifiedBy string    `json:"identified_by"` // "idcard"; "chip" of a passport or permit that proved genuine, "passport" of one whose printed lines were read
	IdentifiedAt time.Time `json:"identified_at"`
}

// LogValue hides the person.
func (p Person) LogValue() slog.Value { return slog.StringValue("[申请人]") }

func (p Person) String() string { return "[申请人]" }

// Consent is one agreement the citizen gave by pressing the button that says so (同意记录).
type Consent struct {
	Kind    string    `json:"kind"` // "notice"
	Version string    `json:"version"`
	At      time.Time `json:"at"`
}

// Material is what was handed in for one required paper (材料).
type Material struct {
	Code     string `json:"code"`
	Deferred bool   `json:"deferred,omitempty"` // to be brought later, where the item allows it (容缺)
	Pages    []File `json:"pages,omitempty"`
}

// Signature is one signer's strokes as a picture (签名).
type Signature struct {
	Role      string    `json:"role"`
	Name      string    `json:"name"`
	IDNumber  string    `json:"id_number,omitempty"` // of a second signer, who was read in on their own
	Statement string    `json:"statement"`           // the sentence that was signed
	Image     File      `json:"image"`
	At        time.Time `json:"at"`
}

// File names an encrypted file that travels by HTTPS before its envelope (附件). Digest and Size are of the ciphertext,
// so that no store on the way can read or change it; Key opens it.
type File struct {
	Digest string `json:"digest"` // "sha256:…" of the ciphertext
	Size   int64  `json:"size"`   // of the ciphertext
	MIME   string `json:"mime"`
	Key    []byte `json:"key"` // AES-256-GCM key; nonce is the first 12 bytes of the ciphertext
}

// Rating is the citizen's view of one service (好差评). No name: terminal, item and case only.
type Rating struct {
	CaseNo string    `json:"case_no,omitempty"`
	Item   string    `json:"item"`
	Level  int       `json:"level"` // 5 非常满意 … 1 非常不满意
	At     time.Time `json:"at"`
}

// Help is a call for a person (呼叫工作人员).
type Help struct {
	Screen string    `json:"screen"`
	At     time.Time `json:"at"`
}
