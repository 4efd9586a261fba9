package drivers

import (
	"context"
	"errors"
	"fmt"
)

// Code is an XFS4IoT completion code (完成码); the only words in which a driver fails.
type Code string

// Completion codes.
const (
	CodeDeviceNotReady Code = "deviceNotReady" // busy, or a person must act first
	CodeHardwareError  Code = "hardwareError"  // a technician is needed
	CodeInternalError  Code = "internalError"  // our fault
	CodeTimeOut        Code = "timeOut"        // silence
	CodeCanceled       Code = "canceled"
	CodeInvalidData    Code = "invalidData"     // the request is wrong
	CodeUserError      Code = "userError"       // the citizen must do something again: Reason says what
	CodeUnsupported    Code = "unsupportedData" // a medium that this device cannot serve
	CodeNoDevice       Code = "noDevice"        // nothing on the port
	CodeLineError      Code = "communicationError"
)

// Reason refines a code so that the screen can say what to do (原因). Stable: screens and tests match on it.
type Reason string

// Reasons.
const (
	ReasonNoCard         Reason = "noCard"         // nothing on the reader: not an error of anybody
	ReasonCardTakenAway  Reason = "cardTakenAway"  // taken away too early
	ReasonCardUnreadable Reason = "cardUnreadable" // bent, worn, or its chip refuses
	ReasonCardUnknown    Reason = "cardUnknown"    // not a card that this reader serves
	ReasonSAMFault       Reason = "samFault"       // security module broken or not authorised
	ReasonLineNoise      Reason = "lineNoise"      // bytes garbled on the way, also after a second try
	ReasonSilent         Reason = "silent"         // no answer at all
	ReasonUnplugged      Reason = "unplugged"
	ReasonPaperOut       Reason = "paperOut"
	ReasonPaperJam       Reason = "paperJam"
	ReasonCoverOpen      Reason = "coverOpen"
	ReasonTonerOut       Reason = "tonerOut"
	ReasonCutter         Reason = "cutterError"
	ReasonPrintUnknown   Reason = "printUnknown"  // the printer cannot say whether it came out: ask the citizen
	ReasonNotPrinted     Reason = "notPrinted"    // the printer says that it did not come out
	ReasonNoCode         Reason = "noCode"        // no barcode came: not an error of anybody
	ReasonNoFinger       Reason = "noFinger"      // nobody laid a finger down: not an error of anybody
	ReasonFingerUnclear  Reason = "fingerUnclear" // too dry, too wet, or only its edge: lay it down again
	ReasonNoImage        Reason = "noImage"
	ReasonNoDocument     Reason = "noDocument" // the feeder is empty: not an error of anybody
	ReasonProtocol       Reason = "protocol"   // the device answered something that its protocol does not know
)

// Error is how every driver fails. Detail is for the operator and never holds personal data.
type Error struct {
	Code   Code   `json:"completionCode"`
	Reason Reason `json:"reason"`
	Detail string `json:"errorDescription"`
	Raw    string `json:"raw,omitempty"` // status bytes as hex, for the technician
	Cause  error  `json:"-"`
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s/%s: %s", e.Code, e.Reason, e.Detail)
	if e.Raw != "" {
		s += " [" + e.Raw + "]"
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }

// Fault finds the driver error in err; a foreign error becomes CodeInternalError, a cancelled context CodeCanceled.
func Fault(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return &Error{Code: CodeCanceled, Detail: "cancelled", Cause: err}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &Error{Code: CodeTimeOut, Reason: ReasonSilent, Detail: "deadline", Cause: err}
	}
	return &Error{Code: CodeInternalError, Detail: err.Error(), Cause: err}
}
