//go:build unix && !darwin

package pcsc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"

	"tongban/drivers"
)

// port is the service's socket. The protocol has no marks by which an answer could be told from a late one, so that Discard
// leaves the connection and makes a new one.
type port struct {
	address, path string
	clk           clock

	mu     sync.Mutex
	conn   net.Conn
	closed bool
}

// Open connects to the service.
func Open(ctx context.Context, socket, address string) (drivers.Port, error) {
	p := &port{address: address, path: socketPath(socket), clk: wall}
	var err error
	if p.conn, err = p.dial(ctx); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *port) dial(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{Timeout: dialLimit}
	conn, err := d.DialContext(ctx, "unix", p.path)
	switch {
	case err == nil:
		return conn, nil
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, &drivers.Error{Code: drivers.CodeCanceled, Detail: "cancelled", Cause: err}
	case errors.Is(err, fs.ErrPermission):
		return nil, &drivers.Error{Code: drivers.CodeInternalError, Detail: "no right to use the smart card service", Cause: err}
	}
	return nil, &drivers.Error{Code: drivers.CodeNoDevice, Reason: drivers.ReasonUnplugged, Detail: "the smart card service (pcscd) does not run here", Cause: err}
}

var errClosed = errors.New("port is closed")

func (p *port) line() (net.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.conn == nil {
		return nil, lost(errClosed)
	}
	return p.conn, nil
}

// Read implements drivers.Port.
func (p *port) Read(b []byte, timeout time.Duration) (int, error) {
	conn, err := p.line()
	if err != nil {
		return 0, err
	}
	// A deadline that has already passed would not even look at what has arrived.
	if err := conn.SetReadDeadline(p.clk.now().Add(max(timeout, time.Millisecond))); err != nil {
		return 0, lost(err)
	}
	n, err := conn.Read(b)
	if n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		return n, nil
	}
	return 0, lost(err)
}

// Write implements drivers.Port.
func (p *port) Write(b []byte) (int, error) {
	conn, err := p.line()
	if err != nil {
		return 0, err
	}
	if err := conn.SetWriteDeadline(p.clk.now().Add(writeLimit)); err != nil {
		return 0, lost(err)
	}
	n, err := conn.Write(b)
	if err != nil {
		return n, lost(err)
	}
	return n, nil
}

// Discard implements drivers.Port.
func (p *port) Discard() error {
	conn, err := p.line()
	if err != nil {
		return err
	}
	_ = conn.Close()
	fresh, err := p.dial(context.Background())
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil:
		p.conn = nil
		return err
	case p.closed:
		_ = fresh.Close()
		return lost(errClosed)
	}
	p.conn = fresh
	return nil
}

// Close implements drivers.Port; it also ends a Read and a Write under way.
func (p *port) Close() error {
	p.mu.Lock()
	conn := p.conn
	was := p.closed
	p.closed = true
	p.mu.Unlock()
	if was || conn == nil {
		return nil
	}
	if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close connection: %w", err)
	}
	return nil
}

func (p *port) String() string { return p.address }
