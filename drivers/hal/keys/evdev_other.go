//go:build !linux

package keys

import (
	"context"

	"tongban/drivers/hal/usb"
)

// Machine is the machine's own keyboards; this build cannot grab any.
func Machine() Host { return machine{} }

type machine struct{}

func (machine) Grab(context.Context, usb.Wanted) (Device, error) { return nil, usb.ErrNoBus }
