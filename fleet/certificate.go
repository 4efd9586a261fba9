package fleet

import (
	"time"

	"tongban/central/kernel/errs"
)

// PermRevoke allows shutting a terminal out and asking it for a new certificate (吊销终端证书).
const PermRevoke = "fleet:terminal.revoke"

// Revoked is the state of a terminal that was shut out (已吊销); only a new enrolment ends it.
const Revoked State = "revoked"

// EventRevoked is emitted when a terminal was shut out; Data: RevokedTerminal.
const EventRevoked = "fleet.revoked"

// RevokedTerminal is the data of EventRevoked.
type RevokedTerminal struct {
	Terminal string `json:"terminal"`
}

// ErrNotDue means that the certificate is far from its end and nobody asked for another.
var ErrNotDue = errs.E(errs.Conflict, "fleet.not_due", "证书还没有到更换的时候", nil)

// ErrNotEnrolled means that there is nothing to revoke or renew.
var ErrNotEnrolled = errs.E(errs.Conflict, "fleet.not_enrolled", "这台终端现在没有有效的证书", nil)

// Certificate is one certificate of a terminal (终端证书).
type Certificate struct {
	Serial      string // hex
	Terminal    string
	Epoch       int
	From, Until time.Time
	State       string // next, active, replaced, revoked
	EndedAt     time.Time
	EndedBy     string
	Reason      string
}
