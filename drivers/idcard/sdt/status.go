package sdt

import (
	"fmt"

	"tongban/drivers"
)

// SW3 codes (状态字) that the driver acts upon itself.
const (
	swOK        = 0x90
	swNoContent = 0x91
	swFound     = 0x9F
	swNoCard    = 0x80
	swChecksum  = 0x10
	swLength    = 0x11
)

// verdict is what a status byte means for whoever stands before the terminal.
type verdict struct {
	code   drivers.Code
	reason drivers.Reason
	card   bool // the card's fault: worth a second round, and perhaps it is only gone
	detail string
}

// verdicts has a row for every status byte of the protocol that stands for trouble.
var verdicts = map[byte]verdict{
	swNoContent: {drivers.CodeUserError, drivers.ReasonCardUnreadable, true, "card has no such content"},
	swChecksum:  {drivers.CodeLineError, drivers.ReasonLineNoise, false, "reader got a garbled request"},
	swLength:    {drivers.CodeLineError, drivers.ReasonLineNoise, false, "reader got a request of wrong length"},
	0x21:        {drivers.CodeInternalError, drivers.ReasonProtocol, false, "reader does not know this command"},
	0x23:        {drivers.CodeInternalError, drivers.ReasonProtocol, false, "reader is not authorised for this command"},
	0x24:        {drivers.CodeUserError, drivers.ReasonCardUnreadable, true, "error that the module cannot name"},
	0x31:        {drivers.CodeUnsupported, drivers.ReasonCardUnreadable, true, "card rejects the security module"},
	0x32:        {drivers.CodeUnsupported, drivers.ReasonCardUnreadable, true, "security module rejects the card"},
	0x33:        {drivers.CodeUnsupported, drivers.ReasonCardUnreadable, true, "content of the card does not verify"},
	0x40:        {drivers.CodeUnsupported, drivers.ReasonCardUnknown, false, "not a card that this reader serves"},
	0x41:        {drivers.CodeUserError, drivers.ReasonCardUnreadable, true, "reading failed"},
	0x47:        {drivers.CodeUserError, drivers.ReasonCardUnreadable, true, "card gave no random number"},
	0x60:        {drivers.CodeHardwareError, drivers.ReasonSAMFault, false, "security module failed its self-test"},
	0x66:        {drivers.CodeHardwareError, drivers.ReasonSAMFault, false, "security module is not authorised"},
	swNoCard:    {drivers.CodeUserError, drivers.ReasonCardTakenAway, true, "card is gone"},
	0x81:        {drivers.CodeUserError, drivers.ReasonCardUnreadable, true, "selecting failed; perhaps two cards at once"},
	swFound:     {drivers.CodeLineError, drivers.ReasonProtocol, false, "answer to another question"},
	swOK:        {drivers.CodeLineError, drivers.ReasonProtocol, false, "answer of a wrong shape"},
}

// fault turns an answer into an error.
func fault(c *command, f frame) *drivers.Error {
	v, known := verdicts[f.sw[2]]
	if !known {
		v = verdict{drivers.CodeLineError, drivers.ReasonProtocol, false, "status that the protocol does not know"}
	}
	return &drivers.Error{Code: v.code, Reason: v.reason, Detail: c.name + ": " + v.detail, Raw: fmt.Sprintf("% X", f.sw)}
}
