//go:build !linux || !cgo

package usb

import "context"

// Host is the machine's own bus as far as this build knows it: it lists what is plugged in and can claim nothing.
func Host() Bus { return machine{} }

type machine struct{}

func (machine) List(context.Context) ([]Info, error) { return Machine.List() }

func (machine) Claim(context.Context, Info, Interface) (Pipes, error) { return nil, ErrNoBus }
