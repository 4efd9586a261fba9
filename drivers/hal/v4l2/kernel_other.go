//go:build !linux || !(amd64 || arm64)

package v4l2

import "context"

// Machine is the machine's own cameras; this build reaches none.
func Machine() Host { return machine{} }

type machine struct{}

// List implements Host.
func (machine) List() ([]Info, error) { return nil, nil }

// Open implements Host.
func (machine) Open(context.Context, string) (Camera, error) { return nil, ErrNoVideo }
