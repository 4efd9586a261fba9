package hal

import (
	"errors"
	"time"
)

// nowhere is the port of a device that is asked over HTTP, or that is a part of the machine: its driver takes the address from
// String and goes its own way.
type nowhere string

var errNoBytes = errors.New("this port carries no bytes, only an address")

func (n nowhere) Read([]byte, time.Duration) (int, error) { return 0, errNoBytes }
func (n nowhere) Write([]byte) (int, error)               { return 0, errNoBytes }
func (n nowhere) Discard() error                          { return nil }
func (n nowhere) Close() error                            { return nil }
func (n nowhere) String() string                          { return string(n) }
