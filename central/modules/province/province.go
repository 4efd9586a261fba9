// Package province is the collaboration with the provincial platform (省平台协同): what leaves for the province by item rules, what
// flows back, the evidence of each message, the daily reconciliation, and the six provincial systems. A case that was
// accepted here stands whatever happens on the line: local success and provincial success are two things, both shown.
package province

import (
	"context"
	"time"

	"tongban/central/kernel/errs"
)

// Permissions.
const (
	PermRead    = "province:exchange.read"    // 查看协同、报文、对账
	PermOperate = "province:exchange.operate" // 重发、对账、同步、认领、改规则
	PermOpen    = "province:payload.open"     // 看报文全文
	PermLibrary = "province:library.use"      // 材料库、证照、签章
	PermFinding = "province:finding.read"     // 查看省里新版事项、基础数据
	PermSeen    = "province:finding.handle"   // 处理省里新版
)

// Topics of the events; the key is the case number, the data is Told.
const (
	TopicConfirmed = "province.confirmed"
	TopicRefused   = "province.refused"
	TopicDead      = "province.dead"
	TopicReturned  = "province.returned"
)

// Told is what every event says. No personal data.
type Told struct {
	No       string    `json:"no"`
	Item     string    `json:"item"`
	ItemName string    `json:"item_name"`
	Region   string    `json:"region,omitempty"`
	Kind     string    `json:"kind"` // of the message
	State    string    `json:"state"`
	ProvNo   string    `json:"prov_no,omitempty"`
	At       time.Time `json:"at"`
}

// Standing is how a case stands with the province (省平台状态), apart from how it stands here.
type Standing struct {
	No        string    `json:"no"`
	Sent      bool      `json:"sent" doc:"这个事项要推省"`
	State     State     `json:"state" doc:"最近一条报文"`
	StateText string    `json:"state_text"`
	ProvNo    string    `json:"prov_no"`
	Waiting   int       `json:"waiting" doc:"还没确认的报文"`
	Returned  string    `json:"returned" doc:"省里最近回流的状态"`
	At        time.Time `json:"at"`
}

// Material is one paper in the provincial library (电子材料).
type Material struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Source string `json:"source"`
	Issued string `json:"issued"`
	Mime   string `json:"mime"`
	Digest string `json:"digest" doc:"SM3"`
}

// Consent is the holder's agreement that a licence is read (持证人同意).
type Consent struct {
	Way     string `json:"way" enum:"spoken,signed,code" doc:"当面口头、签字、扫码"`
	Purpose string `json:"purpose" minLength:"4" maxLength:"100"`
}

// Licence is one e-licence (电子证照), its number masked.
type Licence struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Name   string `json:"name"`
	No     string `json:"no"`
	Office string `json:"office"`
	From   string `json:"from"`
	To     string `json:"to"`
	State  string `json:"state"`
}

// Seal is the provincial e-seal of one file (电子签章).
type Seal struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Digest    string    `json:"digest" doc:"文件的 SM3"`
	At        time.Time `json:"at"`
	Signature string    `json:"signature"`
}

// Service is what other modules may ask. Every call that reads of a person is on record.
type Service interface {
	// Standing says how a case stands with the province; the zero value but for No when nothing of it goes there.
	Standing(ctx context.Context, no string) (Standing, error)

	// Materials lists what the library holds of the applicant of a case.
	Materials(ctx context.Context, no, purpose string) ([]Material, error)

	// Fetch brings one of them, checked against its digest.
	Fetch(ctx context.Context, no, id, purpose string) (Material, []byte, error)

	// Keep puts a paper of the applicant into the library; twice the same is one.
	Keep(ctx context.Context, no, name, mime string, content []byte) (Material, error)

	// Licences reads the applicant's licences of a kind ("" = all) once the consent is recorded.
	Licences(ctx context.Context, no, kind string, c Consent) ([]Licence, error)

	// LicencesOf reads the licences of a person who is not the applicant of a case yet; about names what it is for, such as a
	// registration, and holder is their number.
	LicencesOf(ctx context.Context, about, holder, kind string, c Consent) ([]Licence, error)

	// Seal has the province seal a file and checks what came back; CheckSeal checks a seal against a file, offline.
	Seal(ctx context.Context, title string, file []byte) (Seal, error)
	CheckSeal(s Seal, file []byte) error
}

// The refusals.
var (
	ErrOffline  = errs.E(errs.Conflict, "province.not_connected", "还没有接省平台，请联系系统管理员", nil)
	ErrNone     = errs.E(errs.NotFound, "province.none", "没有这条记录，请刷新后再看", nil)
	ErrNotNow   = errs.E(errs.Conflict, "province.not_now", "这条记录的状态已经变了，请刷新后再办", nil)
	ErrAnswer   = errs.E(errs.Unavailable, "province.bad_answer", "省平台的应答不对，没有采用，请稍后再试", nil)
	ErrSeal     = errs.E(errs.Invalid, "province.bad_seal", "签章和文件对不上：文件被改过，或不是这份文件的签章", nil)
	ErrNoPerson = errs.E(errs.Invalid, "province.no_person", "这个办件没有申请人的证件号码，不能查", nil)
)
