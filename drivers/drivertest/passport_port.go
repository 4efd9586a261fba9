package drivertest

import (
	"time"

	"tongban/drivers"
)

// Crumbs gives what has arrived in pieces of at most seven bytes, as a busy network may.
func Crumbs(p drivers.Port) drivers.Port { return crumbsPort{p} }

type crumbsPort struct{ drivers.Port }

func (c crumbsPort) Read(p []byte, timeout time.Duration) (int, error) {
	return c.Port.Read(p[:min(len(p), 7)], timeout)
}
