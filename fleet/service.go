package fleet

import (
	"time"

	"tongban/central/kernel/errs"
	"tongban/fleet/wire"
)

// PermService allows giving out service codes (发放维护码): whoever holds one takes a terminal out of service and tests its devices.
const PermService = "fleet:terminal.service"

// EventDiagnosed is emitted when a technician's result arrived; Data: Diagnosed.
const EventDiagnosed = "fleet.diagnosed"

// Diagnosed is the data of EventDiagnosed.
type Diagnosed struct {
	Terminal string       `json:"terminal"`
	Faults   int          `json:"faults"`
	Worst    wire.Trouble `json:"worst"`
}

// ErrWrongResult means that a result code was not made by this terminal.
var ErrWrongResult = errs.E(errs.Invalid, "fleet.wrong_result", "诊断码不对：核对终端编号，再请现场逐个字母念一遍", nil)

// ServiceCode is what a fleet administrator hands to a technician (维护码).
type ServiceCode struct {
	Terminal string
	Code     string
	Until    time.Time
}

// Diagnosis is one kept result.
type Diagnosis struct {
	ID       string // of its envelope
	Terminal string
	Reason   string // for which its service code was given out, "" where nobody here knows the code
	MadeBy   string // who gave it out
	Received time.Time
	wire.Diagnosis
}

// Result is what a result code said that was read out (电话报码).
type Result struct {
	wire.Outcome
	Reason  string
	Arrived bool // the whole result is here too
}
