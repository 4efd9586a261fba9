package hal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"time"

	"tongban/drivers"
)

// tcpPort is a raw socket to a network device.
type tcpPort struct {
	conn    net.Conn
	address string
	clk     clock
}

func dialTCP(ctx context.Context, a Address) (drivers.Port, error) {
	d := net.Dialer{Timeout: dialLimit, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 2 * time.Second, Interval: time.Second, Count: 3, // a device without power says no goodbye
	}}
	conn, err := d.DialContext(ctx, "tcp", a.Target)
	if err != nil {
		return nil, dialFault(ctx, err)
	}
	return &tcpPort{conn: conn, address: a.String(), clk: wall}, nil
}

func dialFault(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &drivers.Error{Code: drivers.CodeCanceled, Detail: "cancelled", Cause: err}
	}
	e := &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "nothing answers at this network address", Cause: err}
	if errors.Is(err, syscall.ECONNREFUSED) {
		e.Detail = "the device at this network address takes no connection"
	}
	return e
}

// Read implements drivers.Port.
func (t *tcpPort) Read(p []byte, timeout time.Duration) (int, error) {
	// A deadline that has already passed would not even look at what has arrived.
	if err := t.conn.SetReadDeadline(t.clk.now().Add(max(timeout, drainLimit))); err != nil {
		return 0, lost(err)
	}
	n, err := t.conn.Read(p)
	if n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return 0, lost(err)
}

// Write implements drivers.Port.
func (t *tcpPort) Write(p []byte) (int, error) {
	n, err := t.conn.Write(p)
	if err != nil {
		return n, lost(err)
	}
	return n, nil
}

// Discard implements drivers.Port. A device that never stops talking must not hold the caller.
func (t *tcpPort) Discard() error {
	buf := make([]byte, 512)
	for range 64 {
		n, err := t.Read(buf, drainLimit)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
	return nil
}

// Close implements drivers.Port.
func (t *tcpPort) Close() error {
	if err := t.conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close connection: %w", err)
	}
	return nil
}

func (t *tcpPort) String() string { return t.address }
