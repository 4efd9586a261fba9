// Package hal opens the byte channels under the drivers (硬件抽象层: 串口, 网口, USB, 智能卡服务, 厂家接口库, 录制带). It is the one door to the serial
// library; drivers only ever see drivers.Port.
package hal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"syscall"

	"tongban/drivers"
	"tongban/drivers/hal/hid"
	"tongban/drivers/hal/keys"
	"tongban/drivers/hal/pcsc"
	"tongban/drivers/hal/program"
	"tongban/drivers/hal/sane"
	"tongban/drivers/hal/tape"
	"tongban/drivers/hal/usb"
	"tongban/drivers/hal/v4l2"
)

// Open opens a port that heals itself: when the cable was pulled, the call under way fails with
// CodeNoDevice/ReasonUnplugged, and each later call tries to open the same address again, at most ten times a second.
// The first opening must succeed; a port that somebody else holds is CodeDeviceNotReady.
func Open(ctx context.Context, address string) (drivers.Port, error) {
	return Sockets{USB: usb.Host(), HID: hid.Machine(), Keys: keys.Machine(), Video: v4l2.Machine(), Sane: sane.Machine()}.Open(ctx, address)
}

// Sockets is where devices are plugged in that have no path and no network address (插口); tests put emulators in.
type Sockets struct {
	USB usb.Bus
	HID hid.Host

	Keys keys.Host

	Video v4l2.Host
	Sane  sane.Host
}

// Open is the package's Open on these sockets.
func (s Sockets) Open(ctx context.Context, address string) (drivers.Port, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	dial := func(ctx context.Context) (drivers.Port, error) { return s.dial(ctx, a) }
	if a.Scheme == SchemeProgram { // one source, which remembers how often its program ended
		dial = program.New(a.Target).Open
	}
	inner, err := dial(ctx)
	if err != nil {
		return nil, err
	}
	if slices.Contains([]string{SchemeTape, SchemeHTTP, SchemeSound, SchemeScreen, SchemeSane}, a.Scheme) { // nothing to be opened again
		return inner, nil
	}
	return newHealing(a.String(), inner, dial, wall), nil
}

// dial opens an address once.
func (s Sockets) dial(ctx context.Context, a Address) (drivers.Port, error) {
	switch a.Scheme {
	case SchemeUSB, SchemeWeb:
		return usb.Open(ctx, s.USB, a.wanted(), a.String())
	case SchemeKeys:
		return keys.Open(ctx, s.Keys, a.wanted(), a.String())
	case SchemeHID, SchemeUsage:
		if a.Reports {
			return hid.OpenReports(ctx, s.HID, a.wanted(), a.String())
		}
		return hid.Open(ctx, s.HID, a.wanted(), a.String())
	case SchemeVideo:
		return v4l2.Open(ctx, s.Video, a.cameras(), a.String())
	case SchemeSane:
		return sane.Open(s.Sane, a.Target)
	case SchemeTCP:
		return dialTCP(ctx, a)
	case SchemePCSC:
		return pcsc.Open(ctx, a.Socket, a.String()) //nolint:contextcheck // Discard connects anew, long after the opening
	case SchemeHTTP:
		return nowhere(a.Target), nil
	case SchemeSound, SchemeScreen:
		return nowhere(a.String()), nil
	case SchemeTape:
		return openTape(a.Target) //nolint:contextcheck // a tape outlives the opening
	}
	return openSerial(a)
}

func openTape(path string) (drivers.Port, error) {
	f, err := os.Open(path) //nolint:gosec // an address is configuration, not input
	if err != nil {
		return nil, openFault(err)
	}
	defer func() { _ = f.Close() }()
	t, err := tape.Parse(f)
	if err != nil {
		return nil, &drivers.Error{Code: drivers.CodeInvalidData, Detail: err.Error(), Cause: err}
	}
	return tape.Play(t)
}

// openFault says in the words of the platform why a port cannot be opened.
func openFault(err error) error {
	e := &drivers.Error{Code: drivers.CodeInternalError, Detail: "open port: " + err.Error(), Cause: err}
	switch {
	case errors.Is(err, fs.ErrPermission):
		e.Detail = "no right to open the port: put the service account into the group dialout"
	case errors.Is(err, errHeld), errors.Is(err, syscall.EBUSY):
		e.Code, e.Detail = drivers.CodeDeviceNotReady, "another program holds the port"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.EIO), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV):
		e.Code, e.Reason, e.Detail = drivers.CodeNoDevice, drivers.ReasonUnplugged, "nothing is plugged in there"
	}
	return e
}

// lost is what every call says once the line is gone.
func lost(err error) error {
	return &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the line is gone", Cause: err}
}

var (
	errHeld   = errors.New("port is held by another program")
	errClosed = errors.New("port is closed")
	errAgain  = errors.New("port is opened anew")
)
