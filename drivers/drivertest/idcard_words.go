package drivertest

import (
	"fmt"
	"testing"
	"time"

	"tongban/drivers"
)

// statusWord is a status byte of the security module and what it must become, by the protocol's own table.
type statusWord struct {
	sw3    int
	code   drivers.Code
	reason drivers.Reason
}

// idcardWords holds while the card lies still and the module answers every read with this word.
var idcardWords = []statusWord{
	{0x10, drivers.CodeLineError, drivers.ReasonLineNoise},
	{0x11, drivers.CodeLineError, drivers.ReasonLineNoise},
	{0x21, drivers.CodeInternalError, drivers.ReasonProtocol},
	{0x23, drivers.CodeInternalError, drivers.ReasonProtocol},
	{0x24, drivers.CodeUserError, drivers.ReasonCardUnreadable},
	{0x31, drivers.CodeUnsupported, drivers.ReasonCardUnreadable},
	{0x32, drivers.CodeUnsupported, drivers.ReasonCardUnreadable},
	{0x33, drivers.CodeUnsupported, drivers.ReasonCardUnreadable},
	{0x40, drivers.CodeUnsupported, drivers.ReasonCardUnknown},
	{0x41, drivers.CodeUserError, drivers.ReasonCardUnreadable},
	{0x47, drivers.CodeUserError, drivers.ReasonCardUnreadable},
	{0x60, drivers.CodeHardwareError, drivers.ReasonSAMFault},
	{0x66, drivers.CodeHardwareError, drivers.ReasonSAMFault},
	{0x80, drivers.CodeUserError, drivers.ReasonCardTakenAway},
	{0x81, drivers.CodeUserError, drivers.ReasonCardUnreadable},
	{0x91, drivers.CodeUserError, drivers.ReasonCardUnreadable},
}

// idcardStatusWords presses every status word at both steps at which a card can fail.
func idcardStatusWords(t *testing.T, d *idcardDesk) {
	for _, at := range []string{"select", "read"} {
		for _, w := range idcardWords {
			t.Run(fmt.Sprintf("%s/%02X", at, w.sw3), func(t *testing.T) {
				d.t = t
				d.put()
				d.Press("sw3", w.sw3, at)
				d.fails(w.code, w.reason)
				d.Release("sw3")
				d.recovers()
			})
			t.Run(fmt.Sprintf("%s/%02X once", at, w.sw3), func(t *testing.T) {
				d.t = t
				d.put()
				d.Once("sw3", w.sw3, at)
				start := time.Now()
				got, err := d.read(nil)
				if took := time.Since(start); took > IDCardLimit {
					t.Errorf("took %v", took)
				}
				switch f := drivers.Fault(err); {
				case f == nil:
					d.compare(got, d.holder.Want)
				case f.Code != w.code || f.Reason != w.reason:
					t.Errorf("read: %v, want a record or %s/%s", err, w.code, w.reason)
				}
				d.Release("sw3")
				d.recovers()
			})
		}
	}
}
