// Package window is the integrated window (综合窗口): it takes in what terminals hand over, shows it to the clerk with its
// papers and review points, and lets the clerk accept, give the one-time notice, refuse or grant. Every such act produces
// a numbered document that anybody can verify.
package window

import (
	"context"
	"time"

	"tongban/central/kernel/errs"
	"tongban/fleet/wire"
)

// State is where a case stands (办件状态).
type State string

// States.
const (
	Received State = "received" // 收件: handed over, nobody has decided whether it is complete
	Noticed  State = "notice"   // 已一次性告知: waits for the applicant
	Accepted State = "accepted" // 已受理: the legal clock runs
	Refused  State = "refused"  // 不予受理
	Granted  State = "granted"  // 办结
)

// Act is what a clerk does with a case (办理动作).
type Act string

// Acts.
const (
	ActAccept Act = "accept" // 受理
	ActNotice Act = "notice" // 一次性告知
	ActRefuse Act = "refuse" // 不予受理
	ActGrant  Act = "grant"  // 办结
)

// Permissions.
const (
	PermRead   = "window:case.read"
	PermAccept = "window:case.accept"
	PermNotice = "window:case.notice"
	PermRefuse = "window:case.refuse"
	PermGrant  = "window:case.grant"
	PermUnmask = "window:case.unmask"
)

// Topics of the events; the key is the case number, the data is Moved.
const (
	TopicReceived = "window.received"
	TopicNoticed  = "window.noticed"
	TopicAccepted = "window.accepted"
	TopicRefused  = "window.refused"
	TopicGranted  = "window.granted"
)

// Moved is what every event of a case says. No personal data.
type Moved struct {
	No       string    `json:"no"`
	Item     string    `json:"item"` // code
	ItemName string    `json:"item_name"`
	State    State     `json:"state"`
	Terminal string    `json:"terminal,omitempty"`
	At       time.Time `json:"at"`

	Region     string `json:"region,omitempty"`     // where it was handed in, twelve digits
	Department string `json:"department,omitempty"` // that decides it
	Handler    string `json:"handler,omitempty"`    // account that works on it
}

// ErrNoSuchCase means that the number was never given out, or is not for this caller.
var ErrNoSuchCase = errs.E(errs.NotFound, "window.no_such_case", "没有这个办件编号，请核对后再查", nil)

// ErrNotNow means that the life of a case does not allow the act in its present state.
var ErrNotNow = errs.E(errs.Conflict, "window.not_now", "这一步现在不能办：办件的状态已经变了，请看最新情况", nil)

// ErrChanged means that somebody else has moved the case since it was loaded.
var ErrChanged = errs.E(errs.Conflict, "window.changed", "别的窗口刚动过这个办件，已为您换成最新的，请再看一眼", nil)

// Running is one case that has not ended, as others may see it (在办件).
type Running struct {
	No       string
	Version  int // of the item
	State    State
	Received time.Time
	Due      string
}

// Service is what other modules may ask.
type Service interface {
	// Progress returns a person's cases, newest first, as the person may see them; none is an empty slice.
	Progress(ctx context.Context, q wire.ProgressQuery) ([]wire.Progress, error)

	// Running returns the cases of an item that have not ended, newest first, at most most of them, and how many there are by
	// the version they were filed with. No personal data.
	Running(ctx context.Context, item string, most int) (cases []Running, byVersion map[int]int, err error)

	// RunningByItem counts the cases that have not ended, by item.
	RunningByItem(ctx context.Context) (map[string]int, error)

	// Recognise names the paper whose bytes these are, "" when this centre never issued them.
	Recognise(ctx context.Context, pdf []byte) (string, error)
}
