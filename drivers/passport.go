package drivers

import (
	"context"
	"log/slog"
)

// KindPassport is the reader of passports and travel permits with a chip (护照与通行证阅读器).
const KindPassport Kind = "passport"

// Reasons of passport readers.
const (
	ReasonAccessDenied Reason = "accessDenied" // the chip does not take the zone or the number: read it or type it again
	ReasonNoAccess     Reason = "noAccess"     // the zone or the number given is none
)

// Verdict is what is known of a chip's genuineness (真伪结论). An unreadable chip has none: it is an error.
type Verdict string

// Verdicts.
const (
	VerdictGenuine       Verdict = "genuine"       // signed by a state that we trust, and no copy as far as the chip lets us see
	VerdictTampered      Verdict = "tampered"      // contents or signature are not what the state has written
	VerdictUnknownIssuer Verdict = "unknownIssuer" // consistent, but nobody we trust has signed it, or in a way we cannot check
	VerdictCloned        Verdict = "clonedSuspect" // right contents on a chip that does not have the state's key
)

// PassportAccess is what opens the chip, one of three: the machine readable zone with its line ends, what of it the keys are made of
// and a person can type from the page, or the card access number (机读区、证件号码和两个日期、卡访问号). Personal data.
type PassportAccess struct {
	MRZ string
	CAN string

	Number         string // letters and digits, as printed
	Birth, Expires string // YYYY-MM-DD
}

func (PassportAccess) String() string { return "[证件口令]" }

// GoString hides it from %#v also.
func (a PassportAccess) GoString() string { return a.String() }

// LogValue hides it in structured logs.
func (a PassportAccess) LogValue() slog.Value { return slog.StringValue(a.String()) }

// Proof is the outcome of one protocol of the chip (单项核验): passed, failed, absent where the chip does not offer it, notRun
// where an earlier failure made it pointless, unsupported where we cannot do it.
type Proof string

// Outcomes.
const (
	ProofPassed      Proof = "passed"
	ProofFailed      Proof = "failed"
	ProofAbsent      Proof = "absent"
	ProofNotRun      Proof = "notRun"
	ProofUnsupported Proof = "unsupported"
)

// Passport is what a chip said (护照信息). Personal data: it hides itself in logs and in fmt.
type Passport struct {
	Type           string `json:"type"`   // document code: P, PO, ID, CS
	Issuer         string `json:"issuer"` // three letters
	Number         string `json:"number"`
	Surname        string `json:"surname,omitempty"`
	GivenNames     string `json:"given_names,omitempty"`
	NameCN         string `json:"name_cn,omitempty"`
	Nationality    string `json:"nationality,omitempty"`
	Birth          string `json:"birth,omitempty"` // YYYY-MM-DD
	Sex            string `json:"sex,omitempty"`   // male, female, unknown
	Expires        string `json:"expires,omitempty"`
	PersonalNumber string `json:"personal_number,omitempty"`
	Photo          []byte `json:"photo_base64,omitempty"`
	PhotoFormat    string `json:"photo_format,omitempty"` // jpeg, jp2

	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"`    // for the operator, nothing personal
	Access  string  `json:"access"`           // BAC or PACE
	PA      Proof   `json:"pa"`               // passive authentication 被动认证
	CA      Proof   `json:"ca"`               // chip authentication 芯片认证
	Zone    Proof   `json:"zone"`             // zone given against the zone in the chip; absent when opened with a number
	Anchor  string  `json:"anchor,omitempty"` // certificate of the state that vouches

	ElapsedMS int64 `json:"elapsed_ms,omitempty"` // document found to record checked
	DataMS    int64 `json:"data_ms,omitempty"`    // of these, reading data groups 1 and 2
}

func (p Passport) String() string { return "[证件 " + p.Type + " " + string(p.Verdict) + "]" }

// GoString hides the person from %#v also.
func (p Passport) GoString() string { return p.String() }

// LogValue hides the person in structured logs.
func (p Passport) LogValue() slog.Value { return slog.StringValue(p.String()) }

// PassportEvent is one step of a read as the screen shows it (读证进度).
type PassportEvent struct {
	Step    PassportStep
	Percent int // of the data groups, at PassportReading only
}

// PassportStep names it.
type PassportStep string

// Steps.
const (
	PassportFound    PassportStep = "found"    // on the reader: do not take it away
	PassportOpening  PassportStep = "opening"  // proving the zone or the number
	PassportReading  PassportStep = "reading"  // data under way
	PassportChecking PassportStep = "checking" // genuineness
)

// PassportReader reads passports and travel permits with a chip by ICAO 9303 (护照与通行证阅读器).
type PassportReader interface {
	Device
	// Find reports whether a document lies on the reader now; at most 400 ms.
	Find(ctx context.Context) (bool, error)
	// Read waits for a document until ctx ends, opens it with access, reads and checks it. A document that never came is
	// CodeTimeOut/ReasonNoCard, one taken away early CodeUserError/ReasonCardTakenAway, one that does not open
	// CodeUserError/ReasonAccessDenied. A document that is not genuine is no error: the verdict says so. Every failure is
	// reported within 3 s of its cause. on may be nil; it is called from the reading goroutine and must not block.
	Read(ctx context.Context, access PassportAccess, on func(PassportEvent)) (Passport, error)
	// WaitRemoved returns when the document is gone or ctx ends.
	WaitRemoved(ctx context.Context) error
}

// Zone is a machine readable zone that a reader has read off a document (机读区). Personal data: it hides itself in logs and in fmt.
type Zone struct {
	Text        string `json:"mrz"`    // its lines, as PassportAccess takes them to open the chip
	Format      string `json:"format"` // TD1, TD2, TD3, CN-permit
	Type        string `json:"type"`   // document code: P, PO, ID, CS
	Issuer      string `json:"issuer"` // three letters
	Number      string `json:"number"`
	Surname     string `json:"surname,omitempty"`
	GivenNames  string `json:"given_names,omitempty"`
	NameCN      string `json:"name_cn,omitempty"`
	Nationality string `json:"nationality,omitempty"`
	Birth       string `json:"birth,omitempty"` // YYYY-MM-DD
	Sex         string `json:"sex,omitempty"`   // male, female, unknown
	Expires     string `json:"expires,omitempty"`
	ElapsedMS   int64  `json:"elapsed_ms,omitempty"` // first byte to record
}

func (z Zone) String() string { return "[机读区 " + z.Format + "]" }

// GoString hides the person from %#v also.
func (z Zone) GoString() string { return z.String() }

// LogValue hides the person in structured logs.
func (z Zone) LogValue() slog.Value { return slog.StringValue(z.String()) }

// ZoneReader reads machine readable zones that are drawn or laid before it (机读区阅读器).
type ZoneReader interface {
	Device
	// Read waits for one zone until ctx ends. One that was read before the call is not taken: it may be the last citizen's.
	// None is CodeTimeOut/ReasonNoCard, one that came broken CodeLineError/ReasonLineNoise, one whose check digits are wrong
	// CodeUserError/ReasonCardUnreadable: the document has to be drawn through again.
	Read(ctx context.Context) (Zone, error)
}
