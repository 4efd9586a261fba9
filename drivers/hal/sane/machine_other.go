//go:build !unix

package sane

// Machine is the machine's own scanners; this build reaches none.
func Machine() Host { return machine{} }

type machine struct{}

// Hold implements Host.
func (machine) Hold(string) (func(), error) { return nil, ErrNoSane }

// Start implements Host.
func (machine) Start(string, Order) (Run, error) { return nil, ErrNoSane }
