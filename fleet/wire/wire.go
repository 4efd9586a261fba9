// Package wire is the contract between a terminal and the centre (终端与中心的通信约定): topics, sealed envelopes, receipts,
// case numbers, and what a submission holds. Standard library only, so that both sides and every tool can import it.
//
// The envelope id is made once, at Seal, and is the idempotency key at every later hop:
// Screen → Bind → Seal → Outbox → Link → Gate → Accept → Emit → Desk.
package wire

import "time"

// Version of the envelope format.
const Version = 1

// MaxEnvelope is the largest envelope in bytes; files travel by HTTPS and are named here by digest.
const MaxEnvelope = 256 << 10

// Lane is a queue with an order of its own (队列通道).
type Lane string

// Lanes. Case is strictly ordered per terminal, one envelope in flight; Report is pipelined and may overtake.
const (
	LaneCase   Lane = "case"   // 办件: submissions
	LaneReport Lane = "report" // 上报: ratings, calls for help, device states
)

// Kind says what the sealed body is.
type Kind string

// Kinds of bodies.
const (
	KindSubmission Kind = "submission" // Submission
	KindRating     Kind = "rating"     // Rating
	KindHelp       Kind = "help"       // Help
)

// Topics, by terminal code. Segments stay within [A-Za-z0-9_-].
func TopicUp(terminal string, lane Lane) string { return "d/" + terminal + "/up/" + string(lane) }

// TopicStatus carries Status, retained, and the last will.
func TopicStatus(terminal string) string { return "d/" + terminal + "/up/status" }

// TopicReceipt carries Receipt to the terminal.
func TopicReceipt(terminal string) string { return "d/" + terminal + "/down/receipt" }

// TopicNotice carries CaseNotice to the terminal.
func TopicNotice(terminal string) string { return "d/" + terminal + "/down/notice" }

// SubjectUp is the native subject under which the centre reads all uplink topics.
const SubjectUp = "d.*.up.>"

// ReceiptStatus is the centre's answer to one envelope.
type ReceiptStatus string

// Answers. The terminal deletes a row only on Accepted or Duplicate; Refused parks it for a technician; Retry keeps it.
const (
	Accepted  ReceiptStatus = "accepted"
	Duplicate ReceiptStatus = "duplicate"
	Refused   ReceiptStatus = "refused"
	Retry     ReceiptStatus = "retry"
)

// Receipt is the application receipt (应用回执): it is sent after the centre's database commit, and only it lets the
// terminal forget. A broker's PUBACK is not that.
type Receipt struct {
	ID     string        `json:"id"` // of the envelope
	Status ReceiptStatus `json:"status"`
	Code   string        `json:"code,omitempty"`    // why not, such as "gateway.bad_signature"
	Reason string        `json:"reason,omitempty"`  // for the technician; never personal data
	CaseNo string        `json:"case_no,omitempty"` // of an accepted submission
	At     time.Time     `json:"at"`
}

// Reasons for which the gate refuses, the Code of a Receipt.
const (
	CodeBadSignature    = "gateway.bad_signature"
	CodeUnknownTerminal = "gateway.unknown_terminal"
	CodeRevoked         = "gateway.revoked"
	CodeStaleEpoch      = "gateway.stale_epoch"
	CodeTooLarge        = "gateway.too_large"
	CodeMalformed       = "gateway.malformed"
	CodeUnreadable      = "gateway.unreadable"   // the box does not open
	CodeUnknownKind     = "gateway.unknown_kind" // nobody here takes it
	CodeReusedID        = "gateway.reused_id"    // the id belongs to another envelope
	CodeMissingFile     = "window.missing_file"  // retry: the files are not here yet
	CodeInvalid         = "window.invalid"       // breaks the form's rule
	CodeUnknownItem     = "window.unknown_item"
	CodeCaseTaken       = "window.case_no_taken" // the number belongs to another envelope
)

// CaseNotice tells the terminal that a case moved (办件动态). No personal data: number and state only.
type CaseNotice struct {
	CaseNo string    `json:"case_no"`
	State  string    `json:"state"` // received, accepted, notice, refused, granted
	Due    string    `json:"due,omitempty"`
	At     time.Time `json:"at"`
}

// Status is the terminal's own report (终端状态), retained; Online false is the last will.
type Status struct {
	Terminal string         `json:"terminal"`
	Online   bool           `json:"online"`
	Version  string         `json:"version,omitempty"`
	Devices  []DeviceStatus `json:"devices,omitempty"`
	Queue    map[Lane]int   `json:"queue,omitempty"` // rows waiting
	DiskFree int64          `json:"disk_free,omitempty"`
	At       time.Time      `json:"at"`
}

// DeviceStatus is one device in a Status.
type DeviceStatus struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	State string `json:"state"`
	Code  string `json:"code,omitempty"`
}
