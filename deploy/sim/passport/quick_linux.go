package passport

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// quick acknowledges at once what comes over a connection. Debian's vpcd sends the length and the message apart, and its kernel holds
// the message back until the length is acknowledged: 40 ms for every command otherwise.
type quick struct {
	net.Conn
	raw syscall.RawConn
}

func quickly(conn net.Conn) net.Conn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return conn
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return conn
	}
	return &quick{conn, raw}
}

// Read arms it each time: the kernel forgets.
func (q *quick) Read(p []byte) (int, error) {
	n, err := q.Conn.Read(p)
	_ = q.raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_QUICKACK, 1) })
	return n, err
}
