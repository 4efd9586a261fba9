// Package pcsc drives readers of passports and travel permits with a chip that stand behind the smart card service of the
// machine (护照芯片阅读器，PC/SC). The service knows the reader; what is said to the chip is ICAO 9303.
package pcsc

import (
	"context"
	"fmt"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/pcsc"
	"tongban/drivers/passport/reading"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "passport/pcsc"

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

// Open takes over the port and asks whether the reader is plugged in. Its one setting of its own:
//
//	reader: ACR122U   a part of the reader's name, used where the address names none
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*reading.Reader, error) {
	s := &slot{port: port, client: pcsc.NewClient(port), clk: wall, want: pcsc.ReaderOf(port.String())}
	cfg, err := reading.Decode(params, func(k string, v any) (bool, error) {
		name, ok := v.(string)
		switch {
		case k != "reader":
			return false, nil
		case !ok || name == "":
			return true, fmt.Errorf("%v is not a name", v)
		case s.want == "":
			s.want = name
		}
		return true, nil
	})
	if err != nil {
		_ = port.Close()
		return nil, err
	}
	s.answer = cfg.Answer
	return reading.Open(ctx, Name, s, cfg)
}

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After} //nolint:forbidigo // the clock itself

// Waits. A fault must be told within 3 s of its cause; a command may take up to 2.5 s of them.
const (
	stateLimit = 900 * time.Millisecond // one look at the readers while waiting for a document
	heldLimit  = time.Second            // another program may finish what it does
	goneLimit  = 700 * time.Millisecond // the service looks at its readers every 400 ms
	endLimit   = 400 * time.Millisecond // giving the slot back; below the 500 ms that Close may take
	again      = 50 * time.Millisecond
)
