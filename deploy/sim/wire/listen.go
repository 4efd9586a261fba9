package wire

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"syscall"
)

// Ports that a device picks where its address leaves the port open. They lie below the range from which the machine takes the ports of
// outgoing connections: a line that was cut comes back at the same port, which nobody may have taken meanwhile.
const (
	lowest  = 10000
	highest = 32000
	tries   = 100
)

// Listen is net.Listen for a device at a TCP address.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen address: %w", err)
	}
	var c net.ListenConfig
	if port != "0" {
		l, err := c.Listen(context.Background(), "tcp", addr)
		if err != nil {
			return nil, fmt.Errorf("listen: %w", err)
		}
		return l, nil
	}
	for range tries {
		var l net.Listener
		at := net.JoinHostPort(host, fmt.Sprint(lowest+rand.IntN(highest-lowest))) // #nosec G404 -- no secret
		if l, err = c.Listen(context.Background(), "tcp", at); err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, fmt.Errorf("listen: %w", err)
}
