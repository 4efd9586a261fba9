// Package ccid drives readers of passports and travel permits with a chip that are smart card readers of the USB class
// (护照芯片阅读器，USB CCID), on machines that run no smart card service. It serves readers that take whole commands for the chip (short or
// extended APDU level), which contactless ones do; what is said to the chip is ICAO 9303.
package ccid

import (
	"context"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/passport/reading"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "passport/ccid"

// Driver is the entry for drivers/all. It has no redactor: until a chip is open its answers name nobody, but the key of the
// zone could be tried against a recording, so that only sample documents may be recorded.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindPassport, Open: func(ctx context.Context, p drivers.Port, params drivers.Params) (drivers.Device, error) {
		r, err := Open(ctx, p, params)
		if err != nil {
			return nil, err
		}
		return r, nil
	}}
}

// Open takes over the port and asks whether a reader answers there. Its one setting of its own:
//
//	message: 271   the longest message that the reader takes, 64 to 65544: dwMaxCCIDMessageLength of its descriptor
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*reading.Reader, error) {
	s := &slot{port: port, clk: wall, longest: 271}
	cfg, err := reading.Decode(params, func(k string, v any) (bool, error) {
		if k != "message" {
			return false, nil
		}
		n, err := reading.Number(v, 64, 65544)
		s.longest = n
		return true, err
	})
	if err != nil {
		_ = port.Close()
		return nil, err
	}
	s.answer = cfg.Answer
	return reading.Open(ctx, Name, s, cfg)
}

// clock is the driver's only source of time; tests put their own in.
type clock struct{ now func() time.Time }

var wall = clock{now: time.Now} //nolint:forbidigo // the clock itself

// Waits. A fault must be told within 3 s of its cause.
const (
	readSlice = 50 * time.Millisecond   // one Read of the port: how soon a cancelled command ends
	lookLimit = 400 * time.Millisecond  // one look at the slot
	mostLater = 2300 * time.Millisecond // a command and all the time that the chip asks for
	endLimit  = 300 * time.Millisecond  // power off; below the 500 ms that Close may take
)

// fault says in the words of the platform what a reader tells of.
func fault(m message) error {
	raw := fmt.Sprintf("%02X %02X", m.own[0], m.fault())
	e := &drivers.Error{Code: drivers.CodeUserError, Reason: drivers.ReasonCardUnreadable, Detail: "the chip does not answer", Raw: raw}
	switch {
	case m.absent():
		return reading.ErrTakenAway
	case m.fault() == errorBusy:
		e.Code, e.Reason, e.Detail = drivers.CodeDeviceNotReady, "", "the reader still works on the last command"
	case m.fault() == errorHardware, m.fault() == errorNoSlot:
		e.Code, e.Reason, e.Detail = drivers.CodeHardwareError, drivers.ReasonProtocol, "the reader reports a fault of its own"
	case m.fault() == errorBadATR:
		e.Reason, e.Detail = drivers.ReasonCardUnknown, "not a chip of a travel document"
	case m.fault() != errorMute:
		e.Detail = "the reader cannot talk to the chip"
	}
	return e
}
