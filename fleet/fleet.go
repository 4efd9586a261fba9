// Package fleet knows the terminals in the halls (自助终端管理): which there are, that a message is truly theirs, and how to
// reach them. This package is the contract; package fleet/module makes the thing itself.
package fleet

import (
	"context"
	"time"

	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/fleet/wire"
)

// PermRead allows looking at terminals and their state (查看终端).
const PermRead = "fleet:terminal.read"

// Events.
const (
	EventEnrolled = "fleet.enrolled" // 终端登记, Data: Enrolled
	EventStatus   = "fleet.status"   // 终端状态变化, Data: StatusChanged
)

// ErrNoSuchTerminal means that no terminal has this code.
var ErrNoSuchTerminal = errs.E(errs.NotFound, "fleet.no_such_terminal", "没有这个编号的终端，请核对后再试", nil)

// State of a terminal (终端登记状态).
type State string

// States.
const (
	Waiting State = "waiting" // 待登记: planned, its one-time code was never used
	Active  State = "active"  // 已登记
)

// Terminal is one machine in a hall (终端).
type Terminal struct {
	Code       string // K-01, also the common name of its certificate and its MQTT client id
	Number     int    // 1–899, in case numbers
	Epoch      int    // counts enrolments; 0 before the first
	Model      string // kiosk-21
	Place      string // 涪城区政务服务中心
	Label      string // 3号机
	Region     string // 行政区划代码, six digits
	State      State
	Hardware   string // what the machine said of itself at enrolment
	CertSerial string // of the one certificate that is accepted, hex
	CertUntil  time.Time
	EnrolledAt time.Time

	Online   bool      // by its own status and last will
	LastSeen time.Time // of the last message the gate took
	Status   wire.Status
}

// Service is what other modules may ask. It is safe for concurrent use.
type Service interface {
	// Get returns one terminal, or ErrNoSuchTerminal.
	Get(ctx context.Context, code string) (Terminal, error)

	// List returns all terminals by code.
	List(ctx context.Context) ([]Terminal, error)

	// Notify tells a terminal that a case moved, after tx has committed. It never waits for the network: a job publishes,
	// and tries again while the broker is away. A terminal that is off learns it by asking for progress.
	Notify(ctx context.Context, tx db.Tx, code string, n wire.CaseNotice) error
}

// Acceptor takes the bodies of one kind (受理入口). A module implements it, central/cmd hands it to fleet/module.
type Acceptor interface {
	// Accept keeps what the envelope says, in tx. The gate has proven that the envelope is from's and has not been taken
	// before; ctx acts as that terminal. body is the opened box: it must not be logged.
	//
	// It returns the number of the case that was made, "" where none is. An error undoes all that was written in tx:
	// of kind errs.Unavailable it makes the terminal try again later, of any other kind the envelope is refused and
	// parked there for a technician. Accept may run again for the same envelope, when the database asked to repeat or
	// when it shared tx with another one that failed, so it touches nothing but tx.
	Accept(ctx context.Context, tx db.Tx, env wire.Envelope, from Terminal, body []byte) (caseNo string, err error)
}

// AcceptorFunc is an Acceptor made of a function.
type AcceptorFunc func(ctx context.Context, tx db.Tx, env wire.Envelope, from Terminal, body []byte) (string, error)

// Accept implements Acceptor.
func (f AcceptorFunc) Accept(ctx context.Context, tx db.Tx, env wire.Envelope, from Terminal, body []byte) (string, error) {
	return f(ctx, tx, env, from, body)
}

// Enrolled is the data of EventEnrolled.
type Enrolled struct {
	Terminal string `json:"terminal"`
	Epoch    int    `json:"epoch"`
}

// StatusChanged is the data of EventStatus: emitted when a terminal comes, goes, or one of its devices changes.
type StatusChanged struct {
	Terminal string              `json:"terminal"`
	Online   bool                `json:"online"`
	Devices  []wire.DeviceStatus `json:"devices,omitempty"`
}
