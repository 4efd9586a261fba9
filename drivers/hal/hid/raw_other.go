//go:build !linux

package hid

import (
	"context"

	"tongban/drivers/hal/usb"
)

// Machine is the machine's own HID devices; this build cannot open any.
func Machine() Host { return machine{} }

type machine struct{}

func (machine) Open(context.Context, usb.Wanted) (Device, error) { return nil, usb.ErrNoBus }
