// Package livescan drives fingerprint collectors (指纹采集器) whose line only their maker's library knows, such as those after GA/T 1011. The
// library runs in a program of its own (drivers/hal/program), which is asked for calls of the shape LIVESCAN_… and FP_…; the contract for whoever
// writes that program is deploy/docs/adapters/fingerprint-library.md.
package livescan

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tongban/drivers"
	"tongban/drivers/hal/turn"
)

// Name is the driver's name in profiles and in the list of drivers.
const Name = "fingerprint/livescan"

// Version of the language between driver and program.
const Version = 1

// hello is the first question; the others are the library's own calls.
const hello = "hello"

// Driver is the entry for drivers/all. Its line is not recorded with real fingers: it has no redactor.
func Driver() drivers.Driver {
	return drivers.Driver{Name: Name, Kind: drivers.KindFinger, Open: func(ctx context.Context, p drivers.Port, params drivers.Params) (drivers.Device, error) {
		return Open(ctx, p, params)
	}}
}

const (
	limitAnswer = 2300 * time.Millisecond // longer than the port waits for a program that hangs
	limitHello  = 5500 * time.Millisecond // the same for a program that has just begun
	limitQuiet  = 600 * time.Millisecond  // within an answer
	look        = 50 * time.Millisecond
	pollEvery   = 60 * time.Millisecond
	settle      = 700 * time.Millisecond // for a finger to come to lie well
)

// clock is the driver's only source of time; tests put their own in.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

var wall = clock{now: time.Now, after: time.After}

// Library is one opened sensor behind its maker's library.
type Library struct {
	port drivers.Port
	clk  clock
	cfg  config
	turn *turn.Turn
	info drivers.Info

	// by whoever has the turn
	number        int
	rest          []byte // read and not yet understood
	known         bool   // the program has begun and opened the sensor
	width, height int
}

var (
	_ drivers.FingerprintReader  = (*Library)(nil)
	_ drivers.FingerprintMatcher = (*Library)(nil)
)

// Open takes over the port, greets the program and lets it open the sensor.
//
//	channel: 0    the sensor of a device that has several
//	quality: 40   pictures below are refused (0 to 100, our measure)
func Open(ctx context.Context, port drivers.Port, params drivers.Params) (*Library, error) {
	cfg, err := decode(params)
	if err != nil {
		_ = port.Close()
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	l := &Library{port: port, clk: wall, cfg: cfg, turn: turn.New()}
	if err := l.greet(ctx); err != nil {
		_ = l.Close()
		return nil, err
	}
	return l, nil
}

// greet asks the program who it is and opens the sensor, where that was not done or is forgotten.
func (l *Library) greet(ctx context.Context) error {
	if l.known {
		return nil
	}
	a, err := l.call(ctx, hello, nil, Version)
	if err != nil {
		return err
	}
	if a.values[0] != Version {
		return &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: fmt.Sprintf("the program speaks version %d, not %d", a.values[0], Version)}
	}
	words := strings.Split(string(a.content)+"\n\n", "\n")
	l.info = drivers.Info{Kind: drivers.KindFinger, Driver: Name, Model: word(words[0]), Serial: word(words[1]), Firmware: word(words[2])}
	if _, err := l.call(ctx, "LIVESCAN_Init", nil); err != nil {
		return err
	}
	a, err = l.call(ctx, "LIVESCAN_GetChannelCount", nil)
	if err != nil {
		return err
	}
	if a.values[0] <= l.cfg.channel {
		return &drivers.Error{Code: drivers.CodeInvalidData, Detail: fmt.Sprintf("the library has %d sensors, not number %d", a.values[0], l.cfg.channel)}
	}
	a, err = l.call(ctx, "LIVESCAN_GetMaxImageSize", nil, l.cfg.channel)
	if err != nil {
		return err
	}
	if len(a.values) != 3 || a.values[1] < 96 || a.values[2] < 96 || a.values[1] > 1024 || a.values[2] > 1024 {
		return &drivers.Error{Code: drivers.CodeUnsupported, Reason: drivers.ReasonProtocol, Detail: "pictures of this size are not served"}
	}
	l.width, l.height, l.known = a.values[1], a.values[2], true
	return nil
}

// word keeps a name of the program short and printable.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return s[:min(len(s), 64)]
}

// Info implements drivers.Device.
func (l *Library) Info() drivers.Info { return l.info }

// Close implements drivers.Device.
func (l *Library) Close() error {
	if !l.turn.Close() {
		return nil
	}
	if err := l.port.Close(); err != nil {
		return fmt.Errorf("close library: %w", err)
	}
	return nil
}

// Status implements drivers.Device.
func (l *Library) Status(ctx context.Context) (drivers.Status, error) {
	ctx, release, err := l.turn.Claim(ctx)
	if err != nil {
		return turn.Refused(err, l.clk.now())
	}
	defer release()
	if err = l.greet(ctx); err == nil {
		_, err = l.call(ctx, "LIVESCAN_GetChannelCount", nil)
	}
	if err != nil {
		return turn.Failed(err, l.clk.now())
	}
	return drivers.Status{State: drivers.StateOnline, At: l.clk.now()}, nil
}

// Reset implements drivers.Device: the sensor is closed and opened anew.
func (l *Library) Reset(ctx context.Context) error {
	ctx, release, err := l.turn.Claim(ctx)
	if err != nil {
		return err
	}
	defer release()
	if l.known {
		if _, err := l.call(ctx, "LIVESCAN_Close", nil); err != nil && l.known {
			return err
		}
	}
	l.known = false
	return l.greet(ctx)
}
