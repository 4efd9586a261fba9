package render

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"tongban/drivers"
)

func dial(t *testing.T, addr string) drivers.Port {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return tcpPort{c}
}

type tcpPort struct{ net.Conn }

func (p tcpPort) Read(b []byte, timeout time.Duration) (int, error) {
	_ = p.SetReadDeadline(time.Now().Add(timeout))
	n, err := p.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	return n, err
}
func (p tcpPort) Discard() error { return nil }
func (p tcpPort) String() string { return p.RemoteAddr().String() }
